// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.transport;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * {@code msghdr} and {@code cmsghdr} with SCM_RIGHTS and SCM_CREDENTIALS, as 64-bit glibc lays them out: msghdr is name, namelen, iov, iovlen, control,
 * controllen, flags at 0, 8, 16, 24, 32, 40, 48; cmsghdr is len, level, type at 0, 8, 12, then data, aligned to 8.
 */
final class Ancillary {
    /** More descriptors than this are never passed in one message (the kernel's own bound is 253). */
    static final int MOST = 64;

    private static final long HEADER_BYTES = 56;
    private static final long CMSG_HEADER_BYTES = 16;
    /** {@code struct ucred}: process, user, group. */
    private static final long UCRED_BYTES = 12;

    private Ancillary() {}

    private static long aligned(long bytes) {
        return (bytes + 7) & ~7L;
    }

    private static MemorySegment header(Arena arena, MemorySegment bytes, MemorySegment control) {
        MemorySegment vector = arena.allocate(16, 8);
        vector.set(ADDRESS, 0, bytes);
        vector.set(JAVA_LONG, 8, bytes.byteSize());
        MemorySegment header = arena.allocate(HEADER_BYTES, 8);
        header.set(ADDRESS, 16, vector);
        header.set(JAVA_LONG, 24, 1);
        if (control.byteSize() > 0) {
            header.set(ADDRESS, 32, control);
            header.set(JAVA_LONG, 40, control.byteSize());
        }
        return header;
    }

    static MemorySegment toSend(Arena arena, MemorySegment bytes, List<Descriptor> descriptors) throws IOException {
        if (descriptors.size() > MOST) {
            throw new IOException(descriptors.size() + " descriptors in one message, at most " + MOST);
        }
        if (descriptors.isEmpty()) {
            return header(arena, bytes, MemorySegment.NULL);
        }
        long data = 4L * descriptors.size();
        MemorySegment control = arena.allocate(aligned(CMSG_HEADER_BYTES + data), 8);
        control.set(JAVA_LONG, 0, CMSG_HEADER_BYTES + data);
        control.set(JAVA_INT, 8, Libc.SOL_SOCKET);
        control.set(JAVA_INT, 12, Libc.SCM_RIGHTS);
        for (int i = 0; i < descriptors.size(); i++) {
            control.set(JAVA_INT, CMSG_HEADER_BYTES + 4L * i, descriptors.get(i).number());
        }
        return header(arena, bytes, control);
    }

    static MemorySegment toReceive(Arena arena, MemorySegment bytes, int maxDescriptors) {
        return header(arena, bytes, arena.allocate(aligned(CMSG_HEADER_BYTES + 4L * maxDescriptors), 8));
    }

    /** For a message with its sender's address and credentials. */
    static MemorySegment toReceiveFrom(Arena arena, MemorySegment bytes, MemorySegment address) {
        MemorySegment header = header(arena, bytes, arena.allocate(aligned(CMSG_HEADER_BYTES + UCRED_BYTES), 8));
        header.set(ADDRESS, 0, address);
        header.set(JAVA_INT, 8, (int) address.byteSize());
        return header;
    }

    /** The user id that the kernel says the sender has; empty if it said nothing. */
    static OptionalInt sender(MemorySegment header) {
        long length = header.get(JAVA_LONG, 40);
        if (length < CMSG_HEADER_BYTES + UCRED_BYTES) {
            return OptionalInt.empty();
        }
        MemorySegment control = header.get(ADDRESS, 32).reinterpret(length);
        return control.get(JAVA_INT, 8) == Libc.SOL_SOCKET && control.get(JAVA_INT, 12) == Libc.SCM_CREDENTIALS
                ? OptionalInt.of(control.get(JAVA_INT, CMSG_HEADER_BYTES + 4))
                : OptionalInt.empty();
    }

    static boolean truncated(MemorySegment header) {
        return (header.get(JAVA_INT, 48) & (Libc.MSG_TRUNC | Libc.MSG_CTRUNC)) != 0;
    }

    static List<Descriptor> received(MemorySegment header) {
        var descriptors = new ArrayList<Descriptor>();
        long length = header.get(JAVA_LONG, 40);
        MemorySegment control = header.get(ADDRESS, 32).reinterpret(length);
        long at = 0;
        while (at + CMSG_HEADER_BYTES <= length) {
            long size = control.get(JAVA_LONG, at);
            if (size < CMSG_HEADER_BYTES || at + size > length) {
                break;
            }
            if (control.get(JAVA_INT, at + 8) == Libc.SOL_SOCKET && control.get(JAVA_INT, at + 12) == Libc.SCM_RIGHTS) {
                for (long data = at + CMSG_HEADER_BYTES; data + 4 <= at + size; data += 4) {
                    descriptors.add(new Descriptor(control.get(JAVA_INT, data)));
                }
            }
            at += aligned(size);
        }
        return descriptors;
    }
}
