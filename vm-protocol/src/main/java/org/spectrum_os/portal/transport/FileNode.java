// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.transport;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** File system calls on descriptors, and the one way a path chosen by the user becomes a descriptor. */
public final class FileNode {
    private static final int STATX_BASIC = 0x7ff;
    private static final int STATX_BYTES = 256;
    private static final int S_IFMT = 0xf000;
    private static final int S_IFREG = 0x8000;
    private static final int S_IFDIR = 0x4000;

    private static final long O_RDONLY = 0;
    private static final int O_ACCMODE = 3;
    /** Generic number; the architectures that differ are none of ours. */
    private static final int O_PATH = 0x200000;
    /** A FIFO must not hold the opener; it is refused afterwards for what it is. Generic number. */
    private static final long O_NONBLOCK = 0x800;

    private static final long O_NOCTTY = 0x100;
    private static final long O_CLOEXEC = 0x80000;
    private static final long RESOLVE_NO_MAGICLINKS = 2;
    private static final long RESOLVE_NO_SYMLINKS = 4;

    private FileNode() {}

    /**
     * What {@code statx} says of an open file.
     *
     * @param device     of the file system, as {@code st_dev}: major in the upper 32 bits, minor in the lower
     * @param inode      the file's number there
     * @param mode       type and permissions
     * @param size       bytes
     * @param blocks     of 512 bytes
     * @param modified   last change of the content, with nanoseconds
     * @param changed    last change of the inode
     * @param accessed   last read
     */
    public record Status(
            long device,
            long inode,
            int mode,
            long size,
            long blocks,
            java.time.Instant modified,
            java.time.Instant changed,
            java.time.Instant accessed) {
        public boolean isRegularFile() {
            return (mode & S_IFMT) == S_IFREG;
        }

        public boolean isDirectory() {
            return (mode & S_IFMT) == S_IFDIR;
        }
    }

    /**
     * Opens {@code path} for reading, following no symbolic link in any of its components.
     *
     * @throws ErrnoException with {@link ErrnoException#ELOOP} if a link stands in the path
     */
    public static Descriptor openForReading(Path path) throws IOException {
        if (!path.isAbsolute()) {
            throw new IllegalArgumentException("not an absolute path: " + path);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment how = arena.allocate(24, 8);
            how.set(JAVA_LONG, 0, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
            how.set(JAVA_LONG, 16, RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
            return new Descriptor(Libc.openat2(Libc.AT_FDCWD, arena.allocateFrom(path.toString()), how));
        }
    }

    /** The state of an open file now. */
    public static Status status(Descriptor file) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment statx = arena.allocate(STATX_BYTES, 8);
            Libc.statx(file.number(), arena.allocateFrom(""), Libc.AT_EMPTY_PATH, STATX_BASIC, statx);
            return new Status(
                    ((long) statx.get(JAVA_INT, 136) << 32) | Integer.toUnsignedLong(statx.get(JAVA_INT, 140)),
                    statx.get(JAVA_LONG, 32),
                    Short.toUnsignedInt(statx.get(JAVA_SHORT, 28)),
                    statx.get(JAVA_LONG, 40),
                    statx.get(JAVA_LONG, 48),
                    time(statx, 112),
                    time(statx, 96),
                    time(statx, 64));
        }
    }

    /** Whether the descriptor allows reading and nothing more: neither opened for writing nor a mere {@code O_PATH} reference. */
    public static boolean isReadOnly(Descriptor file) throws IOException {
        int flags = Libc.statusFlags(file.number());
        return (flags & O_ACCMODE) == O_RDONLY && (flags & O_PATH) == 0;
    }

    /** A {@code statx_timestamp}: seconds (64 bits), nanoseconds (32 bits). */
    private static java.time.Instant time(MemorySegment statx, long offset) {
        return java.time.Instant.ofEpochSecond(statx.get(JAVA_LONG, offset), statx.get(JAVA_INT, offset + 8));
    }

    /**
     * Reads up to {@code into.byteSize()} bytes at {@code offset}; fewer at the end of the file, 0 beyond it.
     *
     * @param into native memory
     */
    public static int read(Descriptor file, MemorySegment into, long offset) throws IOException {
        return Libc.pread(file.number(), into, offset);
    }
}
