// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.transport;

import java.nio.file.Path;

/** Who is at the other end of a connection, as the kernel or the choice of socket says; never what the peer says of itself. */
public sealed interface Peer {
    /** A VM, by the context id the kernel gives. Unsigned 32 bits. */
    record Vsock(int cid) implements Peer {
        @Override
        public String toString() {
            return "CID " + Integer.toUnsignedString(cid);
        }
    }

    /** Whoever can connect to this socket: the VM monitor that owns it. */
    record UnixSocket(Path socket) implements Peer {
        @Override
        public String toString() {
            return "socket " + socket;
        }
    }

    /** Another process of this host, by SO_PEERCRED at the time it connected. */
    record HostProcess(int pid, int uid, int gid) implements Peer {
        @Override
        public String toString() {
            return "process " + pid + " of user " + uid;
        }
    }

    /** The other end of a socket pair this process made itself. */
    record Pair() implements Peer {}
}
