// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.transport;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How files become descriptors: by a path the user chose, or by one name beneath a folder that is open already; never through a
 * symbolic link. Thread-safe; the caller owns what it gets.
 */
public final class FileNode {
    private static final int STATX_BASIC = 0x7ff;
    private static final int STATX_BYTES = 256;
    private static final int S_IFMT = 0xf000;
    private static final int S_IFREG = 0x8000;
    private static final int S_IFDIR = 0x4000;
    private static final int S_IFCHR = 0x2000;
    private static final int S_IFLNK = 0xa000;
    /** {@code STATX_ATTR_MOUNT_ROOT}. */
    private static final long MOUNT_ROOT = 0x2000;

    private static final long RESOLVE_NO_XDEV = 1;
    private static final long RESOLVE_NO_MAGICLINKS = 2;
    private static final long RESOLVE_NO_SYMLINKS = 4;
    private static final long RESOLVE_BENEATH = 8;
    private static final long BENEATH = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;
    private static final byte[] DOT = {'.'};

    private FileNode() {}

    /**
     * What {@code statx} says of a file.
     *
     * @param device     of the file system, as {@code st_dev}: major in the upper 32 bits, minor in the lower
     * @param inode      the file's number there
     * @param mode       type and permissions
     * @param links      names of the file
     * @param owner      user id
     * @param group      group id
     * @param size       bytes
     * @param blocks     of 512 bytes
     * @param modified   last change of the content, with nanoseconds
     * @param changed    last change of the inode
     * @param accessed   last read
     * @param isMount    whether a file system is mounted here
     */
    public record Status(
            long device,
            long inode,
            int mode,
            int links,
            int owner,
            int group,
            long size,
            long blocks,
            Instant modified,
            Instant changed,
            Instant accessed,
            boolean isMount) {
        public boolean isRegularFile() {
            return (mode & S_IFMT) == S_IFREG;
        }

        public boolean isDirectory() {
            return (mode & S_IFMT) == S_IFDIR;
        }

        public boolean isSymbolicLink() {
            return (mode & S_IFMT) == S_IFLNK;
        }

        public boolean isCharacterDevice() {
            return (mode & S_IFMT) == S_IFCHR;
        }

        /** The lower twelve bits of the mode: permissions, and the set-id and sticky bits. */
        public int permissions() {
            return mode & 07777;
        }
    }

    /**
     * Opens {@code path} for reading, following no symbolic link in any of its components.
     *
     * @throws ErrnoException with {@link ErrnoException#ELOOP} if a link stands in the path
     */
    public static Descriptor openForReading(Path path) throws IOException {
        return open(path, OpenFlags.READ | OpenFlags.NON_BLOCKING, 0);
    }

    /** As {@link #openForReading}, for reading and writing. */
    public static Descriptor openForWriting(Path path) throws IOException {
        return open(path, OpenFlags.READ_WRITE | OpenFlags.NON_BLOCKING, 0);
    }

    /** A reference to a folder, for lookups beneath it; no symbolic link stands on the way. */
    public static Descriptor openFolder(Path path) throws IOException {
        return open(path, OpenFlags.REFERENCE | OpenFlags.DIRECTORY, 0);
    }

    /** A new file of mode 0600 that is in {@code folder}'s file system and has no name yet; open for reading and writing. */
    public static Descriptor unnamedFile(Path folder) throws IOException {
        return open(folder, OpenFlags.READ_WRITE | OpenFlags.UNNAMED, 0600);
    }

    /** As {@link #unnamedFile(Path)}, in a folder that is open, be it as a reference. */
    public static Descriptor unnamedFile(Descriptor folder) throws IOException {
        return at(folder, DOT, OpenFlags.READ_WRITE | OpenFlags.UNNAMED, 0600);
    }

    private static Descriptor open(Path path, int flags, int mode) throws IOException {
        if (!path.isAbsolute()) {
            throw new IllegalArgumentException("not an absolute path: " + path);
        }
        Scratch scratch = Scratch.current();
        MemorySegment how = scratch.how(complete(flags), mode, RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
        byte[] bytes = path.toString().getBytes(StandardCharsets.UTF_8);
        return new Descriptor(FileCalls.openat2(FileCalls.AT_FDCWD, scratch.path(bytes), how));
    }

    /**
     * Opens one name in a folder: no link is followed, no other file system entered.
     *
     * @param flags of {@link OpenFlags}; with {@code REFERENCE | NO_FOLLOW} a symbolic link is opened itself
     */
    public static Descriptor openBeneath(Descriptor folder, String name, int flags) throws IOException {
        return at(folder, Scratch.component(name), flags, 0);
    }

    /** As {@link #openBeneath(Descriptor, String, int)}, for a name of any bytes. */
    public static Descriptor openBeneath(Descriptor folder, byte[] name, int flags) throws IOException {
        return at(folder, Scratch.component(name), flags, 0);
    }

    /** As {@link #openBeneath(Descriptor, byte[], int)}, but null if there is no such name: that is often no mishap. */
    public static @Nullable Descriptor tryOpenBeneath(Descriptor folder, byte[] name, int flags) throws IOException {
        Scratch scratch = Scratch.current();
        int fd = FileCalls.tryOpenat2(
                folder.number(), scratch.path(Scratch.component(name)), scratch.how(complete(flags), 0, BENEATH));
        return fd < 0 ? null : new Descriptor(fd);
    }

    /** Makes a file of mode 0666 less the umask, open for reading and writing; EEXIST if the name is taken. */
    public static Descriptor createFile(Descriptor folder, String name) throws IOException {
        return at(folder, Scratch.component(name), OpenFlags.READ_WRITE | OpenFlags.CREATE_NEW, 0666);
    }

    /**
     * Makes a file; EEXIST if the name is taken.
     *
     * @param flags of {@link OpenFlags}, added to {@link OpenFlags#CREATE_NEW}
     */
    public static Descriptor createFile(Descriptor folder, byte[] name, int flags, int mode) throws IOException {
        return at(folder, Scratch.component(name), flags | OpenFlags.CREATE_NEW, mode);
    }

    private static Descriptor at(Descriptor folder, byte[] name, int flags, int mode) throws IOException {
        Scratch scratch = Scratch.current();
        MemorySegment how = scratch.how(
                complete(flags), mode, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV);
        return new Descriptor(FileCalls.openat2(folder.number(), scratch.path(name), how));
    }

    /** The kernel wants a reference to be asked for with nothing beside it that it would ignore. */
    private static int complete(int flags) {
        boolean reference = (flags & OpenFlags.REFERENCE) != 0;
        return flags | OpenFlags.CLOSE_ON_EXEC | (reference ? 0 : OpenFlags.NO_TERMINAL);
    }

    /**
     * Opens the same file once more, as an open file of its own. Must be used on regular files and directories only: a link or device
     * would be followed or driven.
     *
     * @param flags of {@link OpenFlags}
     */
    public static Descriptor reopen(Descriptor file, int flags) throws IOException {
        Scratch scratch = Scratch.current();
        MemorySegment how = scratch.how(complete(flags), 0, 0);
        return new Descriptor(FileCalls.openat2(FileCalls.AT_FDCWD, scratch.magicLink(file), how));
    }

    /** The state of an open file now. */
    public static Status status(Descriptor file) throws IOException {
        MemorySegment statx = Scratch.current().struct(STATX_BYTES);
        FileCalls.statx(file.number(), Scratch.EMPTY, FileCalls.AT_EMPTY_PATH, STATX_BASIC, statx);
        return status(statx);
    }

    /**
     * The number of the device that a character device's node stands for.
     *
     * @return major and minor as {@link Status#device} has them; empty if it is no such node
     */
    public static OptionalLong characterDevice(Descriptor file) throws IOException {
        MemorySegment statx = Scratch.current().struct(STATX_BYTES);
        FileCalls.statx(file.number(), Scratch.EMPTY, FileCalls.AT_EMPTY_PATH, STATX_BASIC, statx);
        return (status(statx).mode() & S_IFMT) == S_IFCHR
                ? OptionalLong.of(
                        ((long) statx.get(JAVA_INT, 128) << 32) | Integer.toUnsignedLong(statx.get(JAVA_INT, 132)))
                : OptionalLong.empty();
    }

    /** The state of what stands under one name in a folder, not following a link. */
    public static Status status(Descriptor folder, byte[] name) throws IOException {
        Scratch scratch = Scratch.current();
        MemorySegment statx = scratch.struct(STATX_BYTES);
        FileCalls.statx(
                folder.number(),
                scratch.path(Scratch.component(name)),
                FileCalls.AT_SYMLINK_NOFOLLOW | FileCalls.AT_NO_AUTOMOUNT,
                STATX_BASIC,
                statx);
        return status(statx);
    }

    private static Status status(MemorySegment statx) {
        return new Status(
                ((long) statx.get(JAVA_INT, 136) << 32) | Integer.toUnsignedLong(statx.get(JAVA_INT, 140)),
                statx.get(JAVA_LONG, 32),
                Short.toUnsignedInt(statx.get(JAVA_SHORT, 28)),
                statx.get(JAVA_INT, 16),
                statx.get(JAVA_INT, 20),
                statx.get(JAVA_INT, 24),
                statx.get(JAVA_LONG, 40),
                statx.get(JAVA_LONG, 48),
                time(statx, 112),
                time(statx, 96),
                time(statx, 64),
                (statx.get(JAVA_LONG, 8) & MOUNT_ROOT) != 0);
    }

    /** A {@code statx_timestamp}: seconds (64 bits), nanoseconds (32 bits). */
    private static Instant time(MemorySegment statx, long offset) {
        return Instant.ofEpochSecond(statx.get(JAVA_LONG, offset), statx.get(JAVA_INT, offset + 8));
    }

    /** Whether the descriptor allows reading and nothing more: neither opened for writing nor a mere reference. */
    public static boolean isReadOnly(Descriptor file) throws IOException {
        return access(file) == OpenFlags.READ;
    }

    /** Whether the descriptor allows reading and writing. */
    public static boolean isReadWrite(Descriptor file) throws IOException {
        return access(file) == OpenFlags.READ_WRITE;
    }

    /** Whether the descriptor is a mere reference. */
    public static boolean isReference(Descriptor file) throws IOException {
        return (access(file) & OpenFlags.REFERENCE) != 0;
    }

    private static int access(Descriptor file) throws IOException {
        return Libc.statusFlags(file.number()) & (OpenFlags.ACCESS_MODE | OpenFlags.REFERENCE);
    }

    /** How many descriptors this process may have ({@code RLIMIT_NOFILE}). */
    public static long mostDescriptors() throws IOException {
        MemorySegment limit = Scratch.current().struct(16);
        FileCalls.getrlimit(FileCalls.RLIMIT_NOFILE, limit);
        long soft = limit.get(JAVA_LONG, 0);
        return soft < 0 ? Long.MAX_VALUE : soft;
    }
}
