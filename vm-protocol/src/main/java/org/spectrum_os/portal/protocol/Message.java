// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.protocol;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One message of the link between an agent and the backend. The two directions are two sealed families, so neither side can be made
 * to understand the other side's words.
 *
 * <p>Request numbers are chosen by the agent, positive, and never used twice on one link. {@code docs/protocol.md} has the states.
 */
public sealed interface Message extends Framed {

    /** The newest version of this protocol; both sides must speak the same. */
    int VERSION = 2;

    /** What an agent may say. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Hello.class, name = "hello"),
        @JsonSubTypes.Type(value = OpenFile.class, name = "open-file"),
        @JsonSubTypes.Type(value = SaveFile.class, name = "save-file"),
        @JsonSubTypes.Type(value = SaveFiles.class, name = "save-files"),
        @JsonSubTypes.Type(value = Cancel.class, name = "cancel")
    })
    sealed interface FromGuest extends Message {}

    /** A request of the file chooser; answered once, by {@link Granted} or {@link Ended}. */
    sealed interface Ask extends FromGuest {
        long request();

        FileAsk ask();

        /** The message that carries {@code ask}. */
        static Ask of(long request, FileAsk ask) {
            return switch (ask) {
                case FileRequest open -> new OpenFile(request, open);
                case SaveRequest save -> new SaveFile(request, save);
                case SaveFilesRequest saves -> new SaveFiles(request, saves);
            };
        }
    }

    /** What the backend may say. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Welcome.class, name = "welcome"),
        @JsonSubTypes.Type(value = Refused.class, name = "refused"),
        @JsonSubTypes.Type(value = Granted.class, name = "granted"),
        @JsonSubTypes.Type(value = Ended.class, name = "ended")
    })
    sealed interface FromHost extends Message {}

    /**
     * The first message of every link.
     *
     * @param version the protocol version the agent speaks
     * @param agent   the agent's own name and version, for the log only
     */
    record Hello(int version, Untrusted<String> agent) implements FromGuest {}

    /** The application asks the user for files, or folders, to open. */
    record OpenFile(long request, FileRequest ask) implements Ask {
        public OpenFile {
            checkRequest(request);
        }
    }

    /** The application asks the user where to write one file. */
    record SaveFile(long request, SaveRequest ask) implements Ask {
        public SaveFile {
            checkRequest(request);
        }
    }

    /** The application asks the user for the folder to write several files into. */
    record SaveFiles(long request, SaveFilesRequest ask) implements Ask {
        public SaveFiles {
            checkRequest(request);
        }
    }

    /** The application withdrew a request, or left the bus. Naming a request that has already ended is no error. */
    record Cancel(long request) implements FromGuest {
        public Cancel {
            checkRequest(request);
        }
    }

    /**
     * The backend accepts the link.
     *
     * @param instance what the policy calls this VM; only for the agent's own log
     */
    record Welcome(int version, String instance) implements FromHost {}

    /** The backend will not talk on this link and closes it after this message. */
    record Refused(Reason reason, String explanation) implements FromHost {}

    /** Why a link was refused. */
    enum Reason {
        /** The hello named a version that this backend does not speak. */
        VERSION,
        /** Another link of the same instance is open. */
        ALREADY_LINKED,
        /** What arrived was not a message of this protocol, or broke its limits. */
        PROTOCOL
    }

    /**
     * The user lent files or folders.
     *
     * @param files   in the order chosen, for {@link SaveFiles} in the order of the names asked for; at least one, each visible below
     *                the guest's mount of lent files before this is sent
     * @param choices the state of each choice the request carried
     * @param filter  the index of the filter in force when the user chose, or null when the request had none
     * @param writable whether the guest may change the files; always so after a save
     */
    record Granted(
            long request,
            List<LentFile> files,
            List<ChosenOption> choices,
            @Nullable Integer filter,
            boolean writable) implements FromHost {
        public Granted {
            checkRequest(request);
            files = List.copyOf(files);
            choices = List.copyOf(choices);
        }
    }

    /** The request ended without a grant. */
    record Ended(long request, Outcome outcome) implements FromHost {
        public Ended {
            checkRequest(request);
        }
    }

    private static void checkRequest(long request) {
        if (request <= 0) {
            throw new IllegalArgumentException("request number " + request + " is not positive");
        }
    }
}
