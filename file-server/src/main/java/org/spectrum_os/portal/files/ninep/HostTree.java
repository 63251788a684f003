// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.ErrnoException;
import org.spectrum_os.portal.transport.FileNode;
import org.spectrum_os.portal.transport.FolderNode;
import org.spectrum_os.portal.transport.OpenFlags;

/**
 * Lookups and changes in a directory that was lent: one name at a time, beneath a descriptor, following nothing. What a guest may not
 * see is treated as if it were not there: whatever is neither regular file nor directory nor a link that stays below, and other file
 * systems.
 */
final class HostTree {
    /**
     * Directories beneath one another that a guest can look into or make something in. What it moves down with everything beneath it may
     * come to lie deeper; that is out of its reach until it moves it up again. Nothing here recurses.
     */
    static final int DEPTH = 128;

    private HostTree() {}

    /** A node the caller holds, and its state when it was found. */
    record Found(Node.Host node, FileNode.Status status) {}

    static Found find(Node.Host parent, WireName name) throws Refusal, IOException {
        Found found = tryFind(parent, name);
        if (found == null) {
            throw new Refusal(Errno.ENOENT);
        }
        return found;
    }

    static @Nullable Found tryFind(Node.Host parent, WireName name) throws Refusal, IOException {
        requireDirectory(parent);
        requireDepth(parent);
        Handle handle =
                parent.lease().handles().tryOpen(() -> lookUp(parent.handle().descriptor(), name));
        return handle == null ? null : visible(parent, handle, name);
    }

    private static @Nullable Descriptor lookUp(Descriptor directory, WireName name) throws IOException {
        try {
            return FileNode.tryOpenBeneath(directory, name.bytes(), OpenFlags.REFERENCE | OpenFlags.NO_FOLLOW);
        } catch (ErrnoException e) {
            if (e.errno() == ErrnoException.EXDEV) {
                return null;
            }
            throw e;
        }
    }

    private static @Nullable Found visible(Node.Host parent, Handle handle, WireName name) throws IOException {
        boolean isVisible = false;
        try {
            FileNode.Status status = FileNode.status(handle.descriptor());
            Node.Host.Kind kind = kind(handle.descriptor(), status);
            if (kind == null) {
                return null;
            }
            isVisible = true;
            var place = new Node.Place(parent.handle(), name);
            return new Found(new Node.Host(parent.lease(), handle, kind, parent.depth() + 1, place), status);
        } finally {
            if (!isVisible) {
                handle.release();
            }
        }
    }

    private static Node.Host.@Nullable Kind kind(Descriptor reference, FileNode.Status status) throws IOException {
        if (status.isRegularFile()) {
            return Node.Host.Kind.FILE;
        }
        if (status.isDirectory()) {
            return Node.Host.Kind.DIRECTORY;
        }
        boolean isLink = status.isSymbolicLink()
                && WireName.ofBytes(FolderNode.readLink(reference)).isDownwardTarget();
        return isLink ? Node.Host.Kind.LINK : null;
    }

    private static void requireDirectory(Node.Host node) throws Refusal {
        if (node.kind() != Node.Host.Kind.DIRECTORY) {
            throw new Refusal(Errno.ENOTDIR);
        }
    }

    private static void requireDepth(Node.Host parent) throws Refusal {
        if (parent.depth() >= DEPTH) {
            throw new Refusal(Errno.ENAMETOOLONG);
        }
    }

    /** Opens a file or directory once more, for a guest; what it is was seen on this very descriptor. */
    static Handle open(Node.Host node, int flags) throws Refusal, IOException {
        if (node.kind() == Node.Host.Kind.LINK) {
            throw new Refusal(Errno.ELOOP);
        }
        return node.lease().handles().open(() -> FileNode.reopen(node.handle().descriptor(), flags));
    }

    /** Makes a regular file; both the node and what it was opened as are the same handle, held once for each. */
    static Node.Host create(Node.Host directory, WireName name, int flags, int mode) throws Refusal, IOException {
        requireDirectory(directory);
        requireDepth(directory);
        Handle handle = directory
                .lease()
                .handles()
                .open(() -> FileNode.createFile(
                        directory.handle().descriptor(), name.bytes(), flags & ~OpenFlags.TRUNCATE, mode & 0777));
        handle.markWritten();
        var place = new Node.Place(directory.handle(), name);
        return new Node.Host(directory.lease(), handle, Node.Host.Kind.FILE, directory.depth() + 1, place);
    }

    static void makeDirectory(Node.Host directory, WireName name, int mode) throws Refusal, IOException {
        requireDirectory(directory);
        requireDepth(directory);
        FolderNode.makeFolder(directory.handle().descriptor(), name.bytes(), mode & 0777);
    }

    static void makeLink(Node.Host directory, WireName name, WireName target) throws Refusal, IOException {
        requireDirectory(directory);
        requireDepth(directory);
        if (!target.isDownwardTarget()) {
            throw new Refusal(Errno.EPERM);
        }
        FolderNode.makeLink(directory.handle().descriptor(), name.bytes(), target.bytes());
    }

    static void remove(Node.Host directory, WireName name, boolean wantsDirectory) throws Refusal, IOException {
        // What is not visible cannot be removed either.
        find(directory, name).node().release();
        if (wantsDirectory) {
            FolderNode.removeFolder(directory.handle().descriptor(), name.bytes());
        } else {
            FolderNode.unlink(directory.handle().descriptor(), name.bytes());
        }
    }

    static void rename(Node.Host from, WireName name, Node.Host to, WireName newName) throws Refusal, IOException {
        requireDepth(to);
        find(from, name).node().release();
        Found replaced = tryFind(to, newName);
        if (replaced != null) {
            replaced.node().release();
        } else if (isTaken(to, newName)) {
            throw new Refusal(Errno.EPERM);
        }
        FolderNode.rename(from.handle().descriptor(), name.bytes(), to.handle().descriptor(), newName.bytes());
    }

    /** Whether something stands there that the guest does not see; asked only where it sees nothing. */
    private static boolean isTaken(Node.Host directory, WireName name) throws IOException {
        try {
            FileNode.status(directory.handle().descriptor(), name.bytes());
            return true;
        } catch (ErrnoException e) {
            if (e.errno() == ErrnoException.ENOENT) {
                return false;
            }
            throw e;
        }
    }
}
