// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.transport;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The address structures, laid out by hand. */
final class SocketAddresses {
    static final int CID_ANY = -1;
    /** {@code sockaddr_vm}: family, 2 bytes, port, cid, 4 bytes. */
    static final int VSOCK_BYTES = 16;

    static final int NETLINK_BYTES = 12;
    /** {@code sockaddr_un}: family and 108 bytes of path, of which one is the closing NUL. */
    private static final int UNIX_PATH_BYTES = 107;

    private SocketAddresses() {}

    static MemorySegment vsock(Arena arena, int cid, int port) {
        MemorySegment address = arena.allocate(VSOCK_BYTES, 4);
        address.set(JAVA_SHORT, 0, (short) Libc.AF_VSOCK);
        address.set(JAVA_INT, 4, port);
        address.set(JAVA_INT, 8, cid);
        return address;
    }

    static int cidOf(MemorySegment address) {
        return address.get(JAVA_INT, 8);
    }

    /** {@code sockaddr_nl}: family, 2 bytes, the kernel's choice of a port, multicast groups as bits. */
    static MemorySegment netlink(Arena arena, int groups) {
        MemorySegment address = arena.allocate(NETLINK_BYTES, 4);
        address.set(JAVA_SHORT, 0, (short) Libc.AF_NETLINK);
        address.set(JAVA_INT, 8, groups);
        return address;
    }

    /** The sender's port; 0 is the kernel. */
    static int netlinkPort(MemorySegment address) {
        return address.get(JAVA_INT, 4);
    }

    /** To which groups it was sent; 0 if to one receiver. */
    static int netlinkGroups(MemorySegment address) {
        return address.get(JAVA_INT, 8);
    }

    static MemorySegment unix(Arena arena, Path path) throws IOException {
        byte[] bytes = path.toString().getBytes(StandardCharsets.UTF_8);
        if (bytes.length > UNIX_PATH_BYTES) {
            throw new IOException("the socket path " + path + " has " + bytes.length + " bytes, Linux allows "
                    + UNIX_PATH_BYTES + ": choose a shorter folder");
        }
        MemorySegment address = arena.allocate(2L + bytes.length + 1, 2);
        address.set(JAVA_SHORT, 0, (short) Libc.AF_UNIX);
        MemorySegment.copy(bytes, 0, address, JAVA_BYTE, 2, bytes.length);
        return address;
    }
}
