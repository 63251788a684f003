// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.transport;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** The content of open files and directories. Memory is native. */
public final class FileContent {
    private FileContent() {}

    /**
     * Reads up to {@code into.byteSize()} bytes at {@code offset}; fewer at the end of the file, 0 beyond it.
     *
     * @param into native memory
     */
    public static int read(Descriptor file, MemorySegment into, long offset) throws IOException {
        return FileCalls.pread(file.number(), into, offset);
    }

    /**
     * Writes at {@code offset}; at the end if the file was opened to append.
     *
     * @param from native memory
     * @return bytes written, maybe fewer than were given
     */
    public static int write(Descriptor file, MemorySegment from, long offset) throws IOException {
        return FileCalls.pwrite(file.number(), from, offset);
    }

    /** Content and state are on disk when this returns. Works on open directories too. */
    public static void sync(Descriptor file) throws IOException {
        FileCalls.fsync(file.number());
    }

    /** Content, and what is needed to find it, is on disk when this returns. */
    public static void syncData(Descriptor file) throws IOException {
        FileCalls.fdatasync(file.number());
    }

    /**
     * Reads entries of an open directory from where it stands: {@code linux_dirent64} one after the other, which are inode[8],
     * offset[8], length[2], type[1], name and NUL.
     *
     * @param into native memory
     * @return bytes; 0 at the end
     */
    public static int readEntries(Descriptor directory, MemorySegment into) throws IOException {
        return FileCalls.getdents(directory.number(), into);
    }

    /** Goes to an offset that {@link #readEntries} gave, or to 0. */
    public static void seekEntries(Descriptor directory, long offset) throws IOException {
        FileCalls.seek(directory.number(), offset);
    }
}
