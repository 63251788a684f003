// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.transport;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** The names in an open folder (a reference will do): making, moving and removing them. A name is one component; no link is followed. */
public final class FolderNode {
    private FolderNode() {}

    /** Gives a file without a name one; EEXIST if it is taken. */
    public static void link(Descriptor unnamed, Descriptor folder, String name) throws IOException {
        Scratch scratch = Scratch.current();
        FileCalls.linkat(scratch.magicLink(unnamed), folder.number(), scratch.name(Scratch.component(name)));
    }

    /** Moves a name, replacing what stands under the new one. */
    public static void rename(Descriptor fromFolder, String from, Descriptor toFolder, String to) throws IOException {
        rename(fromFolder, bytes(from), toFolder, bytes(to));
    }

    public static void rename(Descriptor fromFolder, byte[] from, Descriptor toFolder, byte[] to) throws IOException {
        rename(fromFolder, from, toFolder, to, 0);
    }

    private static void rename(Descriptor fromFolder, byte[] from, Descriptor toFolder, byte[] to, int flags)
            throws IOException {
        Scratch scratch = Scratch.current();
        FileCalls.renameat2(
                fromFolder.number(),
                scratch.path(Scratch.component(from)),
                toFolder.number(),
                scratch.name(Scratch.component(to)),
                flags);
    }

    /** Lets two names change what they stand for, at once; EINVAL where the file system cannot. */
    public static void exchange(Descriptor folder, String one, String other) throws IOException {
        rename(folder, bytes(one), folder, bytes(other), FileCalls.RENAME_EXCHANGE);
    }

    /** Removes the name of anything but a folder. */
    public static void unlink(Descriptor folder, String name) throws IOException {
        unlink(folder, bytes(name));
    }

    public static void unlink(Descriptor folder, byte[] name) throws IOException {
        FileCalls.unlinkat(folder.number(), Scratch.current().path(Scratch.component(name)), 0);
    }

    /** Removes an empty folder. */
    public static void removeFolder(Descriptor folder, byte[] name) throws IOException {
        FileCalls.unlinkat(folder.number(), Scratch.current().path(Scratch.component(name)), FileCalls.AT_REMOVEDIR);
    }

    public static void makeFolder(Descriptor folder, byte[] name, int mode) throws IOException {
        FileCalls.mkdirat(folder.number(), Scratch.current().path(Scratch.component(name)), mode);
    }

    /** Makes a symbolic link with any target. */
    public static void makeLink(Descriptor folder, byte[] name, byte[] target) throws IOException {
        Scratch scratch = Scratch.current();
        FileCalls.symlinkat(scratch.path(target), folder.number(), scratch.name(Scratch.component(name)));
    }

    /** The target of a symbolic link that was opened as a reference; at most 4095 bytes. */
    public static byte[] readLink(Descriptor link) throws IOException {
        return readLink(link, Scratch.EMPTY);
    }

    /** The target of a symbolic link in a folder. */
    public static byte[] readLink(Descriptor folder, byte[] name) throws IOException {
        return readLink(folder, Scratch.current().name(Scratch.component(name)));
    }

    private static byte[] readLink(Descriptor at, MemorySegment name) throws IOException {
        MemorySegment target = Scratch.current().pathArea();
        int bytes = FileCalls.readlinkat(at.number(), name, target);
        if (bytes == target.byteSize()) {
            throw new ErrnoException("readlinkat", ErrnoException.ENAMETOOLONG);
        }
        return target.asSlice(0, bytes).toArray(JAVA_BYTE);
    }

    private static byte[] bytes(String name) {
        return name.getBytes(StandardCharsets.UTF_8);
    }
}
