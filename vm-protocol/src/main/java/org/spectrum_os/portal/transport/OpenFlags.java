// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.transport;

/** How a file is opened, in the numbers of the kernel that runs here: some differ between architectures. To be added up with {@code |}. */
public final class OpenFlags {
    private static final boolean OWN_NUMBERS = switch (System.getProperty("os.arch")) {
        case "aarch64", "ppc64le", "ppc64" -> true;
        default -> false;
    };

    public static final int READ = 0;
    public static final int WRITE = 1;
    public static final int READ_WRITE = 2;
    /** The bits that {@link #READ}, {@link #WRITE} and {@link #READ_WRITE} are told by. */
    public static final int ACCESS_MODE = 3;
    /** Makes the file; fails with EEXIST if the name is taken, be it by a link. */
    public static final int CREATE_NEW = 0x40 | 0x80;

    public static final int NO_TERMINAL = 0x100;
    public static final int TRUNCATE = 0x200;
    public static final int APPEND = 0x400;
    /** A FIFO must not hold the opener; without effect on regular files. */
    public static final int NON_BLOCKING = 0x800;

    public static final int CLOSE_ON_EXEC = 0x80000;
    /** Only a reference to the file: it can be asked for its state and be the start of a lookup, but not be read. */
    public static final int REFERENCE = 0x200000;

    /** Fails with ENOTDIR if it is no directory. */
    public static final int DIRECTORY = OWN_NUMBERS ? 0x4000 : 0x10000;
    /** Fails with ELOOP on a symbolic link; with {@link #REFERENCE} it opens the link itself. */
    public static final int NO_FOLLOW = OWN_NUMBERS ? 0x8000 : 0x20000;
    /** A new file without a name in the directory that is opened. */
    public static final int UNNAMED = 0x400000 | DIRECTORY;

    private OpenFlags() {}
}
