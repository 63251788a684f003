// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.contract;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.protocol.ChosenOption;
import org.spectrum_os.portal.protocol.LentFile;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.protocol.Message;
import org.spectrum_os.portal.protocol.MessageCodec;
import org.spectrum_os.portal.protocol.ProtocolException;

/** What the window process may say. Each dialog has exactly one answer ({@link Answer}), unless it was closed by the backend. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = FromWindow.Ready.class, name = "ready"),
    @JsonSubTypes.Type(value = FromWindow.Mapped.class, name = "mapped"),
    @JsonSubTypes.Type(value = FromWindow.Armed.class, name = "armed"),
    @JsonSubTypes.Type(value = FromWindow.Chosen.class, name = "chosen"),
    @JsonSubTypes.Type(value = FromWindow.Denied.class, name = "denied"),
    @JsonSubTypes.Type(value = FromWindow.Blocked.class, name = "blocked")
})
public sealed interface FromWindow {

    /** The newest version of this contract; both sides must speak the same. */
    int VERSION = 1;

    /** The last word on one dialog. */
    sealed interface Answer extends FromWindow permits Chosen, Denied, Blocked {
        /** The dialog this is about. */
        long id();
    }

    /** The first message: everything is loaded, a dialog will be on screen at once. */
    record Ready(int contract) implements FromWindow {}

    /** The dialog is on screen. */
    record Mapped(long id) implements FromWindow {
        public Mapped {
            ContractLimits.checkId(id);
        }
    }

    /** The dialog can be answered now. Said each time it becomes so: losing the focus disarms it. */
    record Armed(long id) implements FromWindow {
        public Armed {
            ContractLimits.checkId(id);
        }
    }

    /**
     * The user lends these files.
     *
     * @param files   1 to {@link Limits#FILES}, no two the same, in the order the window showed them
     * @param choices one option for each choice of the question
     * @param filter  index of the filter in force, or null if the question had none
     */
    record Chosen(
            long id,
            List<PickedFile> files,
            List<Picked> choices,
            @Nullable Integer filter) implements Answer {
        public Chosen {
            ContractLimits.checkId(id);
            if (files.isEmpty()) {
                throw new IllegalArgumentException("nothing was chosen");
            }
            files = ContractLimits.bounded(files, Limits.FILES, "files");
            ContractLimits.checkDistinct(files, PickedFile::path, "files");
            choices = ContractLimits.bounded(choices, Limits.CHOICES, "choices");
            ContractLimits.checkDistinct(choices, Picked::id, "choices");
            if (filter != null && (filter < 0 || filter >= Limits.FILTERS)) {
                throw new IllegalArgumentException("filter " + filter);
            }
        }

        /**
         * Whether a guest can be told of it: the message that lends the files fits a frame of its link, with room for lease names of
         * {@link ContractLimits#LEASE_NAME_CHARS}. The window does not offer more, and the backend does not lend more.
         */
        public boolean fitsTheLink() {
            var placeholder = "x".repeat(ContractLimits.LEASE_NAME_CHARS);
            try {
                return MessageCodec.encode(new Message.Granted(
                                        Long.MAX_VALUE,
                                        files.stream()
                                                .map(file -> new LentFile(placeholder, file.name()))
                                                .toList(),
                                        choices.stream()
                                                .map(choice -> new ChosenOption(choice.id(), choice.option()))
                                                .toList(),
                                        filter,
                                        false))
                                .length
                        > 0;
            } catch (ProtocolException e) {
                return false;
            }
        }
    }

    /** The user does not lend anything, or could not be asked. */
    record Denied(long id) implements Answer {
        public Denied {
            ContractLimits.checkId(id);
        }
    }

    /** The user does not lend anything, and does not want to be asked by this instance again. */
    record Blocked(long id) implements Answer {
        public Blocked {
            ContractLimits.checkId(id);
        }
    }

    /**
     * A file as it was when the user chose it. Whoever opens it compares.
     *
     * @param path   absolute, with no symbolic link in it, at most {@link ContractLimits#PATH_BYTES}
     * @param device of its file system: major number in the upper 32 bits, minor in the lower
     * @param inode  its number there
     */
    record PickedFile(String path, long device, long inode) {
        public PickedFile {
            if (!path.startsWith("/")
                    || path.indexOf('\0') >= 0
                    || path.getBytes(StandardCharsets.UTF_8).length > ContractLimits.PATH_BYTES) {
                throw new IllegalArgumentException("a chosen file's path is not absolute, too long, or holds a NUL");
            }
        }

        /** The last component of the path. */
        String name() {
            return path.substring(path.lastIndexOf('/') + 1);
        }
    }

    /** The option chosen for one choice. */
    record Picked(String id, String option) {
        public Picked {
            ContractLimits.token(id, "a choice's id");
            ContractLimits.token(option, "an option's id");
        }
    }
}
