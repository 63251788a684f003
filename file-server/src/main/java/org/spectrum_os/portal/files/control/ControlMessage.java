// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.control;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import org.spectrum_os.portal.files.lent.Access;
import org.spectrum_os.portal.files.lent.Entry;
import org.spectrum_os.portal.files.lent.GuestUser;

/**
 * One packet of the control socket. Each side asks the other, and is answered with the same {@code id}; ids are positive, each side
 * counts its own, and none is used twice. The file server also reports events of its own accord.
 */
sealed interface ControlMessage {
    /** Bytes of JSON in one packet. */
    int MOST_BYTES = 64 * 1024;
    /** Entries of one lease, and descriptors of one packet. */
    int MOST_ENTRIES = 64;

    /** Descriptors that must come in the same packet. */
    default int descriptors() {
        return 0;
    }

    /** What the backend says. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Lend.class, name = "lend"),
        @JsonSubTypes.Type(value = Revoke.class, name = "revoke"),
        @JsonSubTypes.Type(value = Serve.class, name = "serve"),
        @JsonSubTypes.Type(value = Staged.class, name = "staged"),
        @JsonSubTypes.Type(value = Installed.class, name = "installed"),
        @JsonSubTypes.Type(value = NotDone.class, name = "not-done")
    })
    sealed interface FromBackend extends ControlMessage {}

    /** What the backend asks. */
    sealed interface Request extends FromBackend {
        long id();
    }

    /** The backend's answer to what the file server asked. */
    sealed interface StagingAnswer extends FromBackend {
        long id();
    }

    /** What the file server says. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Done.class, name = "done"),
        @JsonSubTypes.Type(value = Failed.class, name = "failed"),
        @JsonSubTypes.Type(value = GuestGone.class, name = "guest-gone"),
        @JsonSubTypes.Type(value = Used.class, name = "used"),
        @JsonSubTypes.Type(value = Stage.class, name = "stage"),
        @JsonSubTypes.Type(value = Install.class, name = "install")
    })
    sealed interface FromServer extends ControlMessage {}

    /** With one descriptor per entry, in their order. */
    record Lend(long id, String instance, String lease, Access access, List<Entry> entries) implements Request {
        public Lend {
            if (entries.isEmpty() || entries.size() > MOST_ENTRIES) {
                throw new IllegalArgumentException(
                        entries.size() + " entries in a lease; 1 to " + MOST_ENTRIES + " are allowed");
            }
            entries = List.copyOf(entries);
        }

        @Override
        public int descriptors() {
            return entries.size();
        }
    }

    record Revoke(long id, String lease) implements Request {}

    /** With one descriptor: the guest's connection. */
    record Serve(long id, String instance, GuestUser user) implements Request {
        @Override
        public int descriptors() {
            return 1;
        }
    }

    /** With one descriptor: the unnamed file. */
    record Staged(long id) implements StagingAnswer {
        @Override
        public int descriptors() {
            return 1;
        }
    }

    record Installed(long id) implements StagingAnswer {}

    record NotDone(long id, int errno) implements StagingAnswer {}

    record Done(long id) implements FromServer {}

    record Failed(long id, String message) implements FromServer {}

    /**
     * A connection ended.
     *
     * @param connections how many the instance still has
     */
    record GuestGone(String instance, int connections) implements FromServer {}

    /** Something in the lease was opened for the first time. */
    record Used(String lease) implements FromServer {}

    /** Asks for an unnamed file beside the lease's files. */
    record Stage(long id, String lease) implements FromServer {}

    /** With one descriptor: the staged file that is to take the entry's place. */
    record Install(long id, String lease, String name) implements FromServer {
        @Override
        public int descriptors() {
            return 1;
        }
    }
}
