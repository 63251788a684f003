// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.transport;

import java.io.IOException;
import java.util.Map;

/** A system call failed; carries its errno, so that callers can tell one failure from another. */
public final class ErrnoException extends IOException {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int ESRCH = 3;
    public static final int EIO = 5;
    public static final int ENXIO = 6;
    public static final int EACCES = 13;
    public static final int EEXIST = 17;
    public static final int EXDEV = 18;
    public static final int ENOTDIR = 20;
    public static final int EISDIR = 21;
    public static final int ENOSPC = 28;
    public static final int EROFS = 30;
    public static final int ENAMETOOLONG = 36;
    public static final int ELOOP = 40;
    public static final int EADDRINUSE = 98;
    public static final int ECONNRESET = 104;
    public static final int ECONNREFUSED = 111;
    public static final int ESTALE = 116;
    public static final int EDQUOT = 122;

    /** The errors people meet, in words; the numbers are those of the generic Linux interface. */
    private static final Map<Integer, String> WORDS = Map.ofEntries(
            Map.entry(EPERM, "operation not permitted"),
            Map.entry(ENOENT, "no such file"),
            Map.entry(ESRCH, "no such process"),
            Map.entry(EIO, "input or output error"),
            Map.entry(9, "bad descriptor"),
            Map.entry(EACCES, "permission denied"),
            Map.entry(EEXIST, "the name is taken"),
            Map.entry(EXDEV, "it leads to another file system"),
            Map.entry(19, "no such device"),
            Map.entry(ENOTDIR, "not a directory"),
            Map.entry(EISDIR, "a directory"),
            Map.entry(22, "invalid argument"),
            Map.entry(23, "too many open files on this machine"),
            Map.entry(24, "too many open files in this process"),
            Map.entry(ENOSPC, "no space left"),
            Map.entry(EROFS, "read-only"),
            Map.entry(32, "the peer is gone"),
            Map.entry(ENAMETOOLONG, "name too long"),
            Map.entry(ELOOP, "a symbolic link stands in the path"),
            Map.entry(97, "address family not supported by this kernel"),
            Map.entry(EADDRINUSE, "address in use"),
            Map.entry(99, "address not available"),
            Map.entry(ECONNRESET, "connection reset by the peer"),
            Map.entry(107, "not connected"),
            Map.entry(110, "timed out"),
            Map.entry(ECONNREFUSED, "nobody is listening there"),
            Map.entry(ESTALE, "it is not there any more, or not the same"),
            Map.entry(EDQUOT, "the user's quota is used up"));

    private final int errno;

    /** {@code call} says what failed; {@code errno} why. */
    public ErrnoException(String call, int errno) {
        super(call + ": " + WORDS.getOrDefault(errno, "failed") + " (errno " + errno + ")");
        this.errno = errno;
    }

    public int errno() {
        return errno;
    }
}
