// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.vm;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.spectrum_os.portal.files.lent.Access;
import org.spectrum_os.portal.files.lent.GuestUser;

/**
 * One frame between the host and a VM that serves files. The first on each connection says what the connection is ({@link Opening}). Ids
 * are positive and none is used twice.
 */
sealed interface VmMessage {
    int VERSION = 1;

    /** What the host says. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Control.class, name = "control"),
        @JsonSubTypes.Type(value = Guest.class, name = "guest"),
        @JsonSubTypes.Type(value = Lend.class, name = "lend"),
        @JsonSubTypes.Type(value = Revoke.class, name = "revoke"),
        @JsonSubTypes.Type(value = Ping.class, name = "ping")
    })
    sealed interface FromHost extends VmMessage {}

    /** What a connection is to be; answered with {@link Ready}, or by closing it. */
    sealed interface Opening extends FromHost {}

    /** What the host asks on the control connection. */
    sealed interface Request extends FromHost {
        long id();
    }

    /** What the VM says. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Ready.class, name = "ready"),
        @JsonSubTypes.Type(value = Done.class, name = "done"),
        @JsonSubTypes.Type(value = Failed.class, name = "failed"),
        @JsonSubTypes.Type(value = Used.class, name = "used")
    })
    sealed interface FromVm extends VmMessage {}

    /**
     * The control connection, of which there is one.
     *
     * @param secret known to whoever has this connection; guests' connections must say it too
     */
    record Control(int version, String secret) implements Opening {}

    /** A guest's connection: behind the answer it carries 9P. */
    record Guest(String secret, String instance, GuestUser user) implements Opening {}

    /**
     * Lends what is at a path.
     *
     * @param path beneath the shared folder: components with single slashes between them
     */
    record Lend(long id, String instance, String lease, Access access, String path) implements Request {}

    record Revoke(long id, String lease) implements Request {}

    /** Shows that the other end is alive; a control connection on which nothing comes for long ends. */
    record Ping(long id) implements Request {}

    record Ready(int version) implements FromVm {}

    record Done(long id) implements FromVm {}

    record Failed(long id, String message) implements FromVm {}

    /** Something in the lease was opened for the first time. */
    record Used(String lease) implements FromVm {}
}
