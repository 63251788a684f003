// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.transport;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Advisory locks that belong to an open file description, and end with it. */
public final class FileLocks {
    private FileLocks() {}

    /** What a lock on a range of a file is. */
    public enum Kind {
        /** {@code F_RDLCK}. */
        SHARED(0),
        /** {@code F_WRLCK}. */
        EXCLUSIVE(1),
        /** {@code F_UNLCK}. */
        NONE(2);

        private final int number;

        Kind(int number) {
            this.number = number;
        }

        private static Kind of(int number) {
            return switch (number) {
                case 0 -> SHARED;
                case 1 -> EXCLUSIVE;
                default -> NONE;
            };
        }
    }

    /**
     * A range of a file with its lock.
     *
     * @param start first byte
     * @param length bytes; 0 reaches to the end of the file, however it grows
     */
    public record Range(Kind kind, long start, long length) {}

    /**
     * Locks or unlocks a range for the open file description, without waiting ({@code F_OFD_SETLK}).
     *
     * @return false if another holds a lock in the way
     */
    public static boolean tryLock(Descriptor file, Range range) throws IOException {
        try {
            FileCalls.lock(file.number(), FileCalls.F_OFD_SETLK, flock(range));
            return true;
        } catch (ErrnoException e) {
            if (e.errno() == Libc.EAGAIN || e.errno() == ErrnoException.EACCES) {
                return false;
            }
            throw e;
        }
    }

    /** The lock that would stand in the way of {@code range}, or {@code range} with {@link Kind#NONE}. */
    public static Range inTheWay(Descriptor file, Range range) throws IOException {
        MemorySegment flock = flock(range);
        FileCalls.lock(file.number(), FileCalls.F_OFD_GETLK, flock);
        Kind kind = Kind.of(flock.get(JAVA_SHORT, 0));
        return kind == Kind.NONE
                ? new Range(kind, range.start(), range.length())
                : new Range(kind, flock.get(JAVA_LONG, 8), flock.get(JAVA_LONG, 16));
    }

    /** {@code struct flock}: type, whence, start, length, process, which must be 0. */
    private static MemorySegment flock(Range range) {
        MemorySegment flock = Scratch.current().struct(32);
        flock.set(JAVA_SHORT, 0, (short) range.kind().number);
        flock.set(JAVA_LONG, 8, range.start());
        flock.set(JAVA_LONG, 16, range.length());
        flock.set(JAVA_INT, 24, 0);
        return flock;
    }
}
