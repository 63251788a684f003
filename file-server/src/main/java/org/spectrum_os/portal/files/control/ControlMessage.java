// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.control;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/**
 * One packet of the control socket. The backend sends requests, the file server answers each with the same {@code id}, and reports
 * events of its own accord.
 */
sealed interface ControlMessage {
    /** Bytes of JSON in one packet. */
    int MOST_BYTES = 16 * 1024;

    /** What the backend asks; ids are positive and not used twice. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Lend.class, name = "lend"),
        @JsonSubTypes.Type(value = Revoke.class, name = "revoke"),
        @JsonSubTypes.Type(value = Serve.class, name = "serve")
    })
    sealed interface Request extends ControlMessage {
        long id();

        /** Descriptors that must come in the same packet. */
        default int descriptors() {
            return switch (this) {
                case Lend lend -> 1;
                case Serve serve -> 1;
                case Revoke revoke -> 0;
            };
        }
    }

    /** What the file server says. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Done.class, name = "done"),
        @JsonSubTypes.Type(value = Failed.class, name = "failed"),
        @JsonSubTypes.Type(value = GuestGone.class, name = "guest-gone"),
        @JsonSubTypes.Type(value = Used.class, name = "used")
    })
    sealed interface FromServer extends ControlMessage {}

    /** With one descriptor: a regular file opened for reading only. */
    record Lend(long id, String instance, String lease, String name) implements Request {}

    record Revoke(long id, String lease) implements Request {}

    /** With one descriptor: the guest's connection. */
    record Serve(long id, String instance) implements Request {}

    record Done(long id) implements FromServer {}

    record Failed(long id, String message) implements FromServer {}

    /**
     * A connection ended.
     *
     * @param connections how many the instance still has
     */
    record GuestGone(String instance, int connections) implements FromServer {}

    /** The lease's file was opened for the first time. */
    record Used(String lease) implements FromServer {}
}
