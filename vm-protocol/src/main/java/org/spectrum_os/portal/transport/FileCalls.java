// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.transport;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The file system calls of libc. Paths are native strings that end in NUL. */
final class FileCalls {
    static final int AT_FDCWD = -100;
    static final int AT_SYMLINK_NOFOLLOW = 0x100;
    static final int RENAME_EXCHANGE = 2;
    static final int AT_REMOVEDIR = 0x200;
    static final int AT_SYMLINK_FOLLOW = 0x400;
    static final int AT_NO_AUTOMOUNT = 0x800;
    static final int AT_EMPTY_PATH = 0x1000;
    static final int F_OFD_GETLK = 36;
    static final int F_OFD_SETLK = 37;
    static final int RLIMIT_NOFILE = 7;
    /** The number of {@code openat2}, one for every architecture; glibc has no wrapper before 2.42. */
    private static final long SYS_OPENAT2 = 437;

    private static final MethodHandle PREAD =
            Libc.handle("pread64", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle PWRITE =
            Libc.handle("pwrite64", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle STATX =
            Libc.handle("statx", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle SYSCALL = Libc.handle(
            "syscall",
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG),
            Linker.Option.firstVariadicArg(1));
    private static final MethodHandle FCNTL_LOCK = Libc.handle(
            "fcntl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle FSYNC = Libc.handle("fsync", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle FDATASYNC = Libc.handle("fdatasync", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle FCHMOD =
            Libc.handle("fchmod", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle CHMOD = Libc.handle("chmod", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle FCHOWN =
            Libc.handle("fchown", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle TRUNCATE =
            Libc.handle("truncate64", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle FTRUNCATE =
            Libc.handle("ftruncate64", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle UMASK = Libc.handle("umask", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle UTIMENSAT =
            Libc.handle("utimensat", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
    private static final MethodHandle FSTATFS =
            Libc.handle("fstatfs64", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle GETDENTS =
            Libc.handle("getdents64", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle LSEEK =
            Libc.handle("lseek64", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final MethodHandle MKDIRAT =
            Libc.handle("mkdirat", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SYMLINKAT =
            Libc.handle("symlinkat", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS));
    private static final MethodHandle READLINKAT =
            Libc.handle("readlinkat", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG));
    private static final MethodHandle LINKAT =
            Libc.handle("linkat", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle RENAMEAT2 =
            Libc.handle("renameat2", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle UNLINKAT =
            Libc.handle("unlinkat", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle LGETXATTR =
            Libc.handle("lgetxattr", FunctionDescriptor.of(JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG));
    private static final MethodHandle FREMOVEXATTR =
            Libc.handle("fremovexattr", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle GETRLIMIT =
            Libc.handle("getrlimit", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));

    private FileCalls() {}

    static int pread(int fd, MemorySegment into, long offset) throws IOException {
        return (int) Libc.check("pread", s -> (long) PREAD.invokeExact(s, fd, into, into.byteSize(), offset));
    }

    static int pwrite(int fd, MemorySegment from, long offset) throws IOException {
        return (int) Libc.check("pwrite", s -> (long) PWRITE.invokeExact(s, fd, from, from.byteSize(), offset));
    }

    static void statx(int fd, MemorySegment path, int flags, int mask, MemorySegment result) throws IOException {
        Libc.check("statx", s -> (int) STATX.invokeExact(s, fd, path, flags, mask, result));
    }

    static int openat2(int directory, MemorySegment path, MemorySegment how) throws IOException {
        int fd = tryOpenat2(directory, path, how);
        if (fd < 0) {
            throw new ErrnoException("openat2", ErrnoException.ENOENT);
        }
        return fd;
    }

    /**
     * Minus ENOENT if there is no such file. Again after EAGAIN: the kernel saw a rename nearby and would not vouch for what it
     * found.
     */
    static int tryOpenat2(int directory, MemorySegment path, MemorySegment how) throws IOException {
        for (int attempt = 1; ; attempt++) {
            long result = Libc.tryCall(
                    "openat2", s -> (long) SYSCALL.invokeExact(s, SYS_OPENAT2, directory, path, how, how.byteSize()));
            if (result >= 0 || result == -ErrnoException.ENOENT) {
                return (int) result;
            }
            boolean again = result == -Libc.EINTR || (result == -Libc.EAGAIN && attempt < 100);
            if (!again) {
                throw new ErrnoException("openat2", (int) -result);
            }
        }
    }

    static void lock(int fd, int command, MemorySegment flock) throws IOException {
        Libc.check("fcntl", s -> (int) FCNTL_LOCK.invokeExact(s, fd, command, flock));
    }

    static void fsync(int fd) throws IOException {
        Libc.check("fsync", s -> (int) FSYNC.invokeExact(s, fd));
    }

    static void fdatasync(int fd) throws IOException {
        Libc.check("fdatasync", s -> (int) FDATASYNC.invokeExact(s, fd));
    }

    static void fchmod(int fd, int mode) throws IOException {
        Libc.check("fchmod", s -> (int) FCHMOD.invokeExact(s, fd, mode));
    }

    static void chmod(MemorySegment path, int mode) throws IOException {
        Libc.check("chmod", s -> (int) CHMOD.invokeExact(s, path, mode));
    }

    static void fchown(int fd, int owner, int group) throws IOException {
        Libc.check("fchown", s -> (int) FCHOWN.invokeExact(s, fd, owner, group));
    }

    static void truncate(MemorySegment path, long length) throws IOException {
        Libc.check("truncate", s -> (int) TRUNCATE.invokeExact(s, path, length));
    }

    static void ftruncate(int fd, long length) throws IOException {
        Libc.check("ftruncate", s -> (int) FTRUNCATE.invokeExact(s, fd, length));
    }

    static void umask(int mask) {
        Libc.tryCall("umask", s -> (int) UMASK.invokeExact(s, mask));
    }

    static void utimensat(int fd, MemorySegment path, MemorySegment times, int flags) throws IOException {
        Libc.check("utimensat", s -> (int) UTIMENSAT.invokeExact(s, fd, path, times, flags));
    }

    static void fstatfs(int fd, MemorySegment result) throws IOException {
        Libc.check("fstatfs", s -> (int) FSTATFS.invokeExact(s, fd, result));
    }

    static int getdents(int fd, MemorySegment into) throws IOException {
        return (int) Libc.check("getdents64", s -> (long) GETDENTS.invokeExact(s, fd, into, into.byteSize()));
    }

    static void seek(int fd, long offset) throws IOException {
        // A directory's offset may have its highest bit set: only -1 with an errno is a failure.
        Libc.check("lseek", s -> {
            long result = (long) LSEEK.invokeExact(s, fd, offset, 0);
            return result == -1 ? -1 : 0;
        });
    }

    static void mkdirat(int directory, MemorySegment name, int mode) throws IOException {
        Libc.check("mkdirat", s -> (int) MKDIRAT.invokeExact(s, directory, name, mode));
    }

    static void symlinkat(MemorySegment target, int directory, MemorySegment name) throws IOException {
        Libc.check("symlinkat", s -> (int) SYMLINKAT.invokeExact(s, target, directory, name));
    }

    static int readlinkat(int directory, MemorySegment name, MemorySegment into) throws IOException {
        return (int)
                Libc.check("readlinkat", s -> (long) READLINKAT.invokeExact(s, directory, name, into, into.byteSize()));
    }

    static void linkat(MemorySegment from, int directory, MemorySegment name) throws IOException {
        Libc.check("linkat", s -> (int) LINKAT.invokeExact(s, AT_FDCWD, from, directory, name, AT_SYMLINK_FOLLOW));
    }

    static void renameat2(int fromDirectory, MemorySegment from, int toDirectory, MemorySegment to, int flags)
            throws IOException {
        Libc.check("renameat2", s -> (int) RENAMEAT2.invokeExact(s, fromDirectory, from, toDirectory, to, flags));
    }

    static void unlinkat(int directory, MemorySegment name, int flags) throws IOException {
        Libc.check("unlinkat", s -> (int) UNLINKAT.invokeExact(s, directory, name, flags));
    }

    /** Fails with ENODATA if it has none. */
    static void lgetxattr(MemorySegment path, MemorySegment attribute) throws IOException {
        Libc.check("lgetxattr", s -> (long) LGETXATTR.invokeExact(s, path, attribute, MemorySegment.NULL, 0L));
    }

    static void fremovexattr(int fd, MemorySegment attribute) throws IOException {
        Libc.check("fremovexattr", s -> (int) FREMOVEXATTR.invokeExact(s, fd, attribute));
    }

    static void getrlimit(int resource, MemorySegment result) throws IOException {
        Libc.check("getrlimit", s -> (int) GETRLIMIT.invokeExact(s, resource, result));
    }
}
