// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.vm;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.files.lent.Access;
import org.spectrum_os.portal.files.lent.Entry;
import org.spectrum_os.portal.protocol.FileNames;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.FileNode;
import org.spectrum_os.portal.transport.OpenFlags;

/**
 * The folder out of which a VM lends. Paths lead down from it, one name after the other, each opened beneath the one before: no link is
 * followed, no other file system entered. Thread-safe.
 */
final class SharedFolder implements AutoCloseable {
    /** Names in one path; a guest may go as deep again beneath what is lent. */
    static final int DEPTH = 128;

    private static final int PATH_BYTES = 4096;

    private final Descriptor root;

    private SharedFolder(Descriptor root) {
        this.root = root;
    }

    /**
     * Opens the folder itself.
     *
     * @param root absolute, without symbolic links
     */
    static SharedFolder open(Path root) throws IOException {
        return new SharedFolder(FileNode.openFolder(root));
    }

    /** A path that is none; the message says why. */
    static final class NoPathException extends IOException {
        NoPathException(String message) {
            super(message);
        }
    }

    /**
     * What a path leads to, open as a lease wants it.
     *
     * @param folder in which files may be replaced, as a reference; null if none may
     */
    record Opened(
            Entry entry, Descriptor descriptor, @Nullable Descriptor folder) {
        void close() {
            descriptor.close();
            if (folder != null) {
                folder.close();
            }
        }
    }

    /** The names in a path. */
    static List<String> names(String path) throws NoPathException {
        List<String> names = List.of(path.split("/", -1));
        if (path.length() > PATH_BYTES || names.size() > DEPTH) {
            throw new NoPathException("a path has at most " + DEPTH + " names and " + PATH_BYTES + " characters");
        }
        if (!names.stream().allMatch(FileNames::isComponent)) {
            throw new NoPathException(
                    "a path to lend is names with single slashes between them; none of them is empty, . or ..");
        }
        return names;
    }

    /**
     * Opens what a path leads to; the caller owns it.
     *
     * @throws IOException if it leads nowhere, through a link or into another file system, or to what is neither file nor folder
     */
    Opened open(String path, Access access) throws IOException {
        List<String> names = names(path);
        Descriptor folder = root.duplicate();
        try {
            for (String name : names.subList(0, names.size() - 1)) {
                Descriptor next = FileNode.openBeneath(
                        folder, name, OpenFlags.REFERENCE | OpenFlags.DIRECTORY | OpenFlags.NO_FOLLOW);
                folder.close();
                folder = next;
            }
            Opened opened = last(folder, names.getLast(), access);
            if (opened.folder() == null) {
                folder.close();
            }
            return opened;
        } catch (IOException | RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    private static Opened last(Descriptor folder, String name, Access access) throws IOException {
        Descriptor found = FileNode.openBeneath(folder, name, OpenFlags.REFERENCE | OpenFlags.NO_FOLLOW);
        try {
            FileNode.Status status = FileNode.status(found);
            if (status.isDirectory()) {
                return new Opened(new Entry(name, Entry.Kind.DIRECTORY), found, null);
            }
            if (!status.isRegularFile()) {
                throw new NoPathException("what is to be lent is neither a regular file nor a folder");
            }
            boolean write = access == Access.WRITE;
            Descriptor file =
                    FileNode.reopen(found, (write ? OpenFlags.READ_WRITE : OpenFlags.READ) | OpenFlags.NON_BLOCKING);
            found.close();
            return new Opened(new Entry(name, Entry.Kind.FILE), file, write ? folder : null);
        } catch (IOException | RuntimeException e) {
            found.close();
            throw e;
        }
    }

    @Override
    public void close() {
        root.close();
    }
}
