// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.io.IOException;
import org.spectrum_os.portal.transport.FileNode;

/** Requests that change names. */
final class Changes {
    private static final int AT_REMOVEDIR = 0x200;

    private Changes() {}

    /** Begins a change at a node: EROFS where nothing may be changed. */
    static void begin(Node node, Operation operation) throws Refusal {
        Lease lease = node.lease();
        if (lease == null) {
            throw new Refusal(Errno.EROFS);
        }
        operation.changing(lease);
    }

    /** For what is refused wherever it is asked. */
    static Refusal forbidden(Node node, Operation operation) throws Refusal {
        begin(node, operation);
        return new Refusal(Errno.EPERM);
    }

    /** A directory of the host's; EPERM for the folder above, where there are files only. */
    private static Node.Host host(Node node) throws Refusal {
        return switch (node) {
            case Node.Host host -> host;
            case Node.InFolder file -> throw new Refusal(Errno.ENOTDIR);
            case Node.Folder folder -> throw new Refusal(Errno.EPERM);
            case Node.Root root -> throw new Refusal(Errno.EROFS);
        };
    }

    static Reply makeDirectory(Request.MakeDirectory request, Node node, Operation operation)
            throws Refusal, IOException {
        begin(node, operation);
        request.name().requireComponent();
        Node.Host directory = host(node);
        HostTree.makeDirectory(directory, request.name(), request.mode());
        return new Reply.DirectoryMade(qidOf(directory, request.name()));
    }

    static Reply makeLink(Request.MakeSymbolicLink request, Node node, Operation operation)
            throws Refusal, IOException {
        begin(node, operation);
        request.name().requireComponent();
        Node.Host directory = host(node);
        HostTree.makeLink(directory, request.name(), request.target());
        return new Reply.SymbolicLinkMade(qidOf(directory, request.name()));
    }

    private static Qid qidOf(Node.Host directory, WireName name) throws Refusal, IOException {
        HostTree.Found found = HostTree.find(directory, name);
        found.node().release();
        return Qid.of(directory.lease().key(), found.status());
    }

    static Reply renameAt(Request.RenameAt request, Node from, Node to, Operation operation)
            throws Refusal, IOException {
        begin(from, operation);
        begin(to, operation);
        request.name().requireComponent();
        request.newName().requireComponent();
        rename(from, request.name(), to, request.newName());
        return Reply.Done.RENAMED_AT;
    }

    private static void rename(Node from, WireName name, Node to, WireName newName) throws Refusal, IOException {
        if (from instanceof Node.Folder(LeaseFolder folder) && to instanceof Node.Folder) {
            folder.rename(name, newName);
        } else if (from instanceof Node.Folder || to instanceof Node.Folder) {
            throw new Refusal(Errno.EXDEV);
        } else {
            HostTree.rename(host(from), name, host(to), newName);
        }
    }

    static Reply rename(Node node, Node to, WireName newName, Operation operation) throws Refusal, IOException {
        begin(node, operation);
        begin(to, operation);
        newName.requireComponent();
        switch (node) {
            case Node.InFolder(LeaseFolder folder, FolderFile file) ->
                rename(new Node.Folder(folder), folder.nameOf(file), to, newName);
            case Node.Host host -> {
                try (var parent = new Parent(host)) {
                    rename(parent.directory, parent.name, to, newName);
                }
            }
            case Node.Folder folder -> throw new Refusal(Errno.EPERM);
            case Node.Root root -> throw new Refusal(Errno.EROFS);
        }
        return Reply.Done.RENAMED;
    }

    static Reply unlink(Request.UnlinkAt request, Node node, Operation operation) throws Refusal, IOException {
        begin(node, operation);
        request.name().requireComponent();
        boolean wantsDirectory = (request.flags() & AT_REMOVEDIR) != 0;
        if (node instanceof Node.Folder(LeaseFolder folder)) {
            if (wantsDirectory) {
                throw new Refusal(Errno.EPERM);
            }
            folder.unlink(request.name());
        } else {
            HostTree.remove(host(node), request.name(), wantsDirectory);
        }
        return Reply.Done.UNLINKED;
    }

    static void remove(Node node, Operation operation) throws Refusal, IOException {
        begin(node, operation);
        switch (node) {
            case Node.InFolder(LeaseFolder folder, FolderFile file) -> folder.unlink(folder.nameOf(file));
            case Node.Host host -> {
                try (var parent = new Parent(host)) {
                    HostTree.remove(parent.directory, parent.name, host.kind() == Node.Host.Kind.DIRECTORY);
                }
            }
            case Node.Folder folder -> throw new Refusal(Errno.EPERM);
            case Node.Root root -> throw new Refusal(Errno.EROFS);
        }
    }

    /** Where a node is, as long as it still is there. */
    private static final class Parent implements AutoCloseable {
        final Node.Host directory;
        final WireName name;

        Parent(Node.Host node) throws Refusal, IOException {
            Node.Place place = node.place();
            if (place == null) {
                throw new Refusal(Errno.EPERM);
            }
            place.directory().retain();
            name = place.name();
            directory =
                    new Node.Host(node.lease(), place.directory(), Node.Host.Kind.DIRECTORY, node.depth() - 1, null);
            boolean isThere = false;
            try {
                HostTree.Found found = HostTree.find(directory, name);
                found.node().release();
                FileNode.Status own = FileNode.status(node.handle().descriptor());
                isThere =
                        found.status().inode() == own.inode() && found.status().device() == own.device();
            } finally {
                if (!isThere) {
                    directory.release();
                }
            }
            if (!isThere) {
                throw new Refusal(Errno.ENOENT);
            }
        }

        @Override
        public void close() {
            directory.release();
        }
    }
}
