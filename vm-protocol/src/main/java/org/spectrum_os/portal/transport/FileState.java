// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.transport;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What a file is besides its content: mode, owner, size, times, and the file system it is on. */
public final class FileState {
    private static final int UTIME_NOW = (1 << 30) - 1;
    private static final int UTIME_OMIT = (1 << 30) - 2;

    private static final byte[] ACL = "system.posix_acl_access".getBytes(StandardCharsets.US_ASCII);
    private static final int ENODATA = 61;
    private static final int EOPNOTSUPP = 95;

    private FileState() {}

    /** Changes the permissions of a file that is open (no reference). */
    public static void changeMode(Descriptor file, int mode) throws IOException {
        FileCalls.fchmod(file.number(), mode);
    }

    /** Changes the permissions of a regular file or directory that may be open as a reference only. */
    public static void changeModeOfReference(Descriptor file, int mode) throws IOException {
        FileCalls.chmod(Scratch.current().magicLink(file), mode);
    }

    /** Changes the group of a file that is open (no reference). */
    public static void changeGroup(Descriptor file, int group) throws IOException {
        FileCalls.fchown(file.number(), -1, group);
    }

    /** Whether a file in a folder has an access control list: then its group's permissions are the list's mask. */
    public static boolean hasAcl(Descriptor folder, String name) throws IOException {
        Scratch scratch = Scratch.current();
        byte[] path = ("/proc/self/fd/" + folder.number() + "/" + name).getBytes(StandardCharsets.UTF_8);
        try {
            FileCalls.lgetxattr(scratch.path(path), scratch.name(ACL));
            return true;
        } catch (ErrnoException e) {
            return requireNone(e);
        }
    }

    /** Takes the access control list away from a file that is open, be it that it was made with one. */
    public static void removeAcl(Descriptor file) throws IOException {
        try {
            FileCalls.fremovexattr(file.number(), Scratch.current().name(ACL));
        } catch (ErrnoException e) {
            var _ = requireNone(e);
        }
    }

    private static boolean requireNone(ErrnoException e) throws ErrnoException {
        if (e.errno() == ENODATA || e.errno() == EOPNOTSUPP) {
            return false;
        }
        throw e;
    }

    /** Changes the length of a regular file that may be open as a reference only. */
    public static void truncate(Descriptor file, long length) throws IOException {
        FileCalls.truncate(Scratch.current().magicLink(file), length);
    }

    /** Changes the length of a regular file that is open for writing. */
    public static void truncateOpen(Descriptor file, long length) throws IOException {
        FileCalls.ftruncate(file.number(), length);
    }

    /** From now on this process makes files with just the mode it asks for. */
    public static void clearUmask() {
        FileCalls.umask(0);
    }

    /** A time to be set. */
    public sealed interface Time {
        record Now() implements Time {}

        /** Seconds since 1970, and nanoseconds 0 to 999999999. */
        record At(long seconds, long nanoseconds) implements Time {}
    }

    /**
     * Sets the times of a file, directory or link, open as a reference or otherwise.
     *
     * @param accessed null leaves it as it is
     * @param modified null leaves it as it is
     */
    public static void setTimes(Descriptor file, @Nullable Time accessed, @Nullable Time modified) throws IOException {
        MemorySegment times = Scratch.current().struct(32);
        put(times, 0, accessed);
        put(times, 16, modified);
        FileCalls.utimensat(file.number(), Scratch.EMPTY, times, FileCalls.AT_EMPTY_PATH);
    }

    private static void put(MemorySegment times, long offset, @Nullable Time time) {
        switch (time) {
            case null -> times.set(JAVA_LONG, offset + 8, UTIME_OMIT);
            case Time.Now now -> times.set(JAVA_LONG, offset + 8, UTIME_NOW);
            case Time.At at -> {
                times.set(JAVA_LONG, offset, at.seconds());
                times.set(JAVA_LONG, offset + 8, at.nanoseconds());
            }
        }
    }

    /**
     * A file system's room, as {@code statfs} tells.
     *
     * @param blockBytes the unit of the three counts of blocks
     */
    public record Space(
            long blockBytes, long blocks, long free, long available, long files, long freeFiles, long nameBytes) {}

    /** The room on the file system of an open file or reference. */
    public static Space space(Descriptor file) throws IOException {
        MemorySegment statfs = Scratch.current().struct(120);
        FileCalls.fstatfs(file.number(), statfs);
        long fragment = statfs.get(JAVA_LONG, 72);
        return new Space(
                fragment == 0 ? statfs.get(JAVA_LONG, 8) : fragment,
                statfs.get(JAVA_LONG, 16),
                statfs.get(JAVA_LONG, 24),
                statfs.get(JAVA_LONG, 32),
                statfs.get(JAVA_LONG, 40),
                statfs.get(JAVA_LONG, 48),
                statfs.get(JAVA_LONG, 64));
    }
}
