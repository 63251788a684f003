// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.transport;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** One thread's native memory for the arguments of one call: allocating them each time costs more than most calls. */
final class Scratch {
    private static final int PATH_BYTES = 4096;
    private static final int NAME_BYTES = 256;
    private static final int STRUCT_BYTES = 256;
    private static final ThreadLocal<Scratch> CURRENT = ThreadLocal.withInitial(Scratch::new);

    /** The empty string, for calls that take a descriptor alone. */
    static final MemorySegment EMPTY = Arena.global().allocate(1);

    private final MemorySegment path;
    private final MemorySegment name;
    private final MemorySegment struct;

    private Scratch() {
        MemorySegment all = Arena.ofAuto().allocate(STRUCT_BYTES + PATH_BYTES + NAME_BYTES, 8);
        struct = all.asSlice(0, STRUCT_BYTES);
        path = all.asSlice(STRUCT_BYTES, PATH_BYTES);
        name = all.asSlice(STRUCT_BYTES + PATH_BYTES, NAME_BYTES);
    }

    static Scratch current() {
        return CURRENT.get();
    }

    /** The string in native memory, until the next one is asked for. */
    MemorySegment path(byte[] bytes) throws ErrnoException {
        return string(path, bytes);
    }

    /** What {@link #path} would fill, for a call to fill. */
    MemorySegment pathArea() {
        return path;
    }

    /** One component, beside what {@link #path} holds. */
    MemorySegment name(byte[] bytes) throws ErrnoException {
        return string(name, bytes);
    }

    /** The magic link of an open file. */
    MemorySegment magicLink(Descriptor file) throws ErrnoException {
        return path(("/proc/self/fd/" + file.number()).getBytes(StandardCharsets.US_ASCII));
    }

    /** A structure of zeros. */
    MemorySegment struct(int bytes) {
        return struct.asSlice(0, bytes).fill((byte) 0);
    }

    /** {@code struct open_how}. */
    MemorySegment how(long flags, long mode, long resolve) {
        MemorySegment how = struct.asSlice(0, 24);
        how.set(JAVA_LONG, 0, flags);
        how.set(JAVA_LONG, 8, mode);
        how.set(JAVA_LONG, 16, resolve);
        return how;
    }

    private static MemorySegment string(MemorySegment into, byte[] bytes) throws ErrnoException {
        if (bytes.length >= into.byteSize()) {
            throw new ErrnoException("a path or name of " + bytes.length + " bytes", ErrnoException.ENAMETOOLONG);
        }
        for (byte b : bytes) {
            if (b == 0) {
                throw new IllegalArgumentException("a NUL in a path or name");
            }
        }
        MemorySegment.copy(bytes, 0, into, JAVA_BYTE, 0, bytes.length);
        into.set(JAVA_BYTE, bytes.length, (byte) 0);
        return into;
    }

    /** The bytes of one component of a path. */
    static byte[] component(byte[] name) {
        boolean dots = name.length <= 2;
        for (byte b : name) {
            if (b == '/') {
                throw new IllegalArgumentException("a slash in the name of one file");
            }
            dots &= b == '.';
        }
        if (dots) {
            throw new IllegalArgumentException("not the name of a file");
        }
        return name;
    }

    static byte[] component(String name) {
        return component(name.getBytes(StandardCharsets.UTF_8));
    }
}
