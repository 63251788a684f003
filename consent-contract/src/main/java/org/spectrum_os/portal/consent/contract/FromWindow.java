// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.contract;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.Nulls;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.protocol.ChosenOption;
import org.spectrum_os.portal.protocol.FileNames;
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
    @JsonSubTypes.Type(value = FromWindow.Agreed.class, name = "agreed"),
    @JsonSubTypes.Type(value = FromWindow.Picked.class, name = "picked"),
    @JsonSubTypes.Type(value = FromWindow.Denied.class, name = "denied"),
    @JsonSubTypes.Type(value = FromWindow.Blocked.class, name = "blocked")
})
public sealed interface FromWindow {

    /** The newest version of this contract; both sides must speak the same. */
    int VERSION = 4;

    /** The last word on one dialog. */
    sealed interface Answer extends FromWindow permits Yes, Denied, Blocked {
        /** The dialog this is about. */
        long id();
    }

    /** The user agrees. */
    sealed interface Yes extends Answer permits Chosen, Agreed, Picked {}

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
     * The user lends these devices.
     *
     * @param devices ids of the question's candidates, at least one, none twice
     * @param loan    for how long, {@link LoanTime.Stopped} or {@link LoanTime.Over}
     * @param unmount whether the file systems of those that are {@link DeviceQuestion.State.Mounted} are to be unmounted first
     */
    record Picked(long id, List<String> devices, LoanTime loan, boolean unmount) implements Yes {
        public Picked {
            ContractLimits.checkId(id);
            if (devices.isEmpty()) {
                throw new IllegalArgumentException("no device was chosen");
            }
            devices = ContractLimits.bounded(devices, DeviceQuestion.MOST, "devices");
            ContractLimits.checkDistinct(devices, Function.identity(), "devices");
            if (loan instanceof LoanTime.Revoked) {
                throw new IllegalArgumentException("no device is lent beyond the stop of the VM");
            }
        }
    }

    /**
     * The user lends this.
     *
     * @param files   1 to {@link Limits#FILES}, no two the same, in the order the window showed them
     * @param choices one option for each choice of the question
     * @param filter  index of the filter in force, or null if the question had none
     * @param terms   on which it is lent; null exactly if an application of the host asked
     */
    record Chosen(
            long id,
            List<PickedFile> files,
            List<PickedChoice> choices,
            @Nullable Integer filter,
            @JsonSetter(nulls = Nulls.SET) @Nullable Terms terms)
            implements Yes {
        public Chosen {
            ContractLimits.checkId(id);
            if (files.isEmpty()) {
                throw new IllegalArgumentException("nothing was chosen");
            }
            files = ContractLimits.bounded(files, Limits.FILES, "files");
            ContractLimits.checkDistinct(files, PickedFile::path, "files");
            choices = ContractLimits.bounded(choices, Limits.CHOICES, "choices");
            ContractLimits.checkDistinct(choices, PickedChoice::id, "choices");
            if (filter != null && (filter < 0 || filter >= Limits.FILTERS)) {
                throw new IllegalArgumentException("filter " + filter);
            }
        }

        /**
         * Whether a guest can be told of it: the message that lends the files fits a frame of its link, with room for lease names of
         * {@link ContractLimits#LEASE_NAME_CHARS}. The window does not offer more, and the backend does not lend more.
         */
        public boolean fitsTheLink() {
            if (files.stream().anyMatch(file -> file.name().isEmpty())) {
                return false; // the root folder has no name under which a guest could see it
            }
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

    /**
     * The user agrees to what was shown.
     *
     * @param again whether also to what was offered besides; only where something was
     */
    record Agreed(long id, boolean again) implements Yes {
        public Agreed {
            ContractLimits.checkId(id);
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
     * A file or folder as it was when the user chose it. Whoever opens it compares.
     *
     * @param path       absolute, with no symbolic link in it, at most {@link ContractLimits#PATH_BYTES}
     * @param kind       what it is
     * @param device     of its file system: major number in the upper 32 bits, minor in the lower; of its folder if it is new
     * @param inode      its number there, or its folder's if it is new
     * @param companions what is lent along with it: at most {@link ContractLimits#COMPANIONS}, of a file only
     */
    record PickedFile(String path, Kind kind, long device, long inode, List<Companion> companions) {
        /** What stands at a path. */
        public enum Kind {
            /** An ordinary file. */
            FILE,
            /** A folder. */
            FOLDER,
            /** Nothing yet. */
            NEW
        }

        public PickedFile {
            if (!path.startsWith("/")
                    || path.indexOf('\0') >= 0
                    || path.getBytes(StandardCharsets.UTF_8).length > ContractLimits.PATH_BYTES) {
                throw new IllegalArgumentException("a chosen file's path is not absolute, too long, or holds a NUL");
            }
            companions = ContractLimits.bounded(companions, ContractLimits.COMPANIONS, "companions");
            ContractLimits.checkDistinct(companions, Companion::name, "companions");
            if (kind != Kind.FILE && !companions.isEmpty()) {
                throw new IllegalArgumentException("companions of what is no file");
            }
            if (kind != Kind.FOLDER) {
                String name = FileNames.requireComponent(path.substring(path.lastIndexOf('/') + 1));
                if (companions.stream().anyMatch(companion -> companion.name().equals(name))) {
                    throw new IllegalArgumentException("a file is its own companion");
                }
            }
        }

        /** A file that is lent alone. */
        public static PickedFile file(String path, long device, long inode) {
            return new PickedFile(path, Kind.FILE, device, inode, List.of());
        }

        /** The last component of the path; empty for the root folder. */
        public String name() {
            return path.substring(path.lastIndexOf('/') + 1);
        }

        /** The path of the folder that it is in. */
        public String folder() {
            return path.substring(0, Math.max(1, path.lastIndexOf('/')));
        }
    }

    /**
     * What stands in the folder of a chosen file, has a name of the same stem, and is lent with it on the same terms.
     *
     * @param kind  a file or a folder
     */
    record Companion(String name, PickedFile.Kind kind, long device, long inode) {
        public Companion {
            FileNames.requireComponent(name);
            if (kind == PickedFile.Kind.NEW) {
                throw new IllegalArgumentException("a companion that does not exist");
            }
        }
    }

    /** The option chosen for one choice. */
    record PickedChoice(String id, String option) {
        public PickedChoice {
            ContractLimits.token(id, "a choice's id");
            ContractLimits.token(option, "an option's id");
        }
    }
}
