// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.transport;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Which process is at the other end of a Unix socket, as the kernel noted it: {@code struct ucred}, which is pid, uid and gid. */
final class PeerCredentials {
    /** {@code SO_PEERCRED} of the generic interface (x86, arm); PowerPC has its own number. */
    private static final int SO_PEERCRED = System.getProperty("os.arch").startsWith("ppc") ? 21 : 17;

    private PeerCredentials() {}

    static Peer.HostProcess of(Descriptor socket) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ucred = arena.allocate(12, 4);
            MemorySegment length = arena.allocate(JAVA_INT);
            length.set(JAVA_INT, 0, 12);
            Libc.getsockopt(socket.number(), Libc.SOL_SOCKET, SO_PEERCRED, ucred, length);
            return new Peer.HostProcess(ucred.get(JAVA_INT, 0), ucred.get(JAVA_INT, 4), ucred.get(JAVA_INT, 8));
        }
    }
}
