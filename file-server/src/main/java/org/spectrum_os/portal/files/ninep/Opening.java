// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.io.IOException;
import org.spectrum_os.portal.transport.ErrnoException;
import org.spectrum_os.portal.transport.OpenFlags;

/** Tlopen and Tlcreate. The flags on the wire have the numbers of Linux on x86, whatever runs here. */
final class Opening {
    private static final int EXCLUSIVE = 0x80;
    private static final int TRUNCATE = 0x200;
    private static final int APPEND = 0x400;
    private static final int DIRECTORY = 0x10000;

    private final InstanceLeases leases;

    Opening(InstanceLeases leases) {
        this.leases = leases;
    }

    /** Of all that a guest may say, what the host's kernel is told. */
    private static int translated(int flags) throws Refusal {
        int access = flags & OpenFlags.ACCESS_MODE;
        if (access == OpenFlags.ACCESS_MODE) {
            throw new Refusal(Errno.EINVAL);
        }
        return access
                | ((flags & TRUNCATE) == 0 ? 0 : OpenFlags.TRUNCATE)
                | ((flags & APPEND) == 0 ? 0 : OpenFlags.APPEND);
    }

    private static boolean changes(int flags) {
        return (flags & (OpenFlags.ACCESS_MODE | TRUNCATE)) != 0;
    }

    private static Fid.Walked walked(int fid, Fids fids, Operation operation) throws Refusal {
        if (fids.get(fid, operation) instanceof Fid.Walked walked) {
            return walked;
        }
        throw new Refusal(Errno.EINVAL);
    }

    /** O_CREAT is let through: Tlopen creates nothing, and Linux sends it along when an existing file is opened with it. */
    Reply open(Request.Open request, Fids fids, Operation operation) throws Refusal, IOException {
        Fid.Walked walked = walked(request.fid(), fids, operation);
        Node node = walked.node();
        begin(node, changes(request.flags()), operation);
        Qid qid = node instanceof Node.Root ? leases.rootQid() : NodeState.qid(node);
        Fid after = opened(node, request.flags());
        // As the fid it replaces holds the node, so must this one.
        node.retain();
        if (node instanceof Node.InFolder(LeaseFolder folder, FolderFile file)) {
            folder.opened(file);
        }
        operation.whenAnswered(
                () -> {
                    fids.open(request.fid(), walked, after);
                    operation.opened(node.lease());
                },
                () -> notOpened(after));
        return new Reply.Opened(qid, 0);
    }

    private static void notOpened(Fid fid) {
        if (fid.node() instanceof Node.InFolder(LeaseFolder folder, FolderFile file)) {
            folder.abandoned(file);
        }
        fid.release();
    }

    private static void begin(Node node, boolean changes, Operation operation) throws Refusal {
        Lease lease = node.lease();
        if (lease == null) {
            if (changes) {
                throw new Refusal(Errno.EROFS);
            }
        } else if (changes) {
            operation.changing(lease);
        } else {
            operation.using(lease);
        }
    }

    private Fid opened(Node node, int flags) throws Refusal, IOException {
        return switch (node) {
            case Node.Root root -> new Fid.OpenDirectory(node, new Listing.OfRoot(leases));
            case Node.Folder folder -> {
                requireReading(flags);
                yield new Fid.OpenDirectory(node, new Listing.OfFolder(folder.folder(), leases.rootQid()));
            }
            case Node.InFolder file -> {
                requireNoDirectory(flags);
                yield new Fid.OpenFile(node, marked(file.folder().open(file.file(), translated(flags)), flags));
            }
            case Node.Host host -> opened(host, flags);
        };
    }

    private Fid opened(Node.Host host, int flags) throws Refusal, IOException {
        if (host.kind() == Node.Host.Kind.DIRECTORY) {
            requireReading(flags);
            Handle open = HostTree.open(host, OpenFlags.READ | OpenFlags.DIRECTORY);
            try {
                Qid above = new Qid(Qid.DIRECTORY, 1, Qid.path(host.lease().key(), 0, 0));
                return new Fid.OpenDirectory(host, new HostListing(host, open, above));
            } catch (IOException e) {
                open.release();
                throw e;
            }
        }
        requireNoDirectory(flags);
        return new Fid.OpenFile(host, marked(HostTree.open(host, translated(flags)), flags));
    }

    private static Handle marked(Handle handle, int flags) {
        if ((flags & TRUNCATE) != 0) {
            handle.markWritten();
        }
        return handle;
    }

    private static void requireReading(int flags) throws Refusal {
        if (changes(flags)) {
            throw new Refusal(Errno.EISDIR);
        }
    }

    private static void requireNoDirectory(int flags) throws Refusal {
        if ((flags & DIRECTORY) != 0) {
            throw new Refusal(Errno.ENOTDIR);
        }
    }

    Reply create(Request.Create request, Fids fids, Operation operation) throws Refusal, IOException {
        Fid.Walked walked = walked(request.fid(), fids, operation);
        Changes.begin(walked.node(), operation);
        request.name().requireComponent();
        int flags = translated(request.flags());
        Fid.OpenFile made = switch (walked.node()) {
            case Node.Folder folder -> {
                LeaseFolder.Made file = folder.folder().create(request.name(), flags, request.mode());
                yield new Fid.OpenFile(file.node(), file.open());
            }
            case Node.Host host -> inHost(host, request, flags);
            case Node.Root root -> throw new Refusal(Errno.EROFS);
            case Node.InFolder file -> throw new Refusal(Errno.ENOTDIR);
        };
        operation.whenAnswered(
                () -> {
                    fids.open(request.fid(), walked, made);
                    operation.opened(made.node().lease());
                },
                () -> notOpened(made));
        return new Reply.Created(NodeState.qid(made.node()), 0);
    }

    private static Fid.OpenFile inHost(Node.Host directory, Request.Create request, int flags)
            throws Refusal, IOException {
        while (true) {
            try {
                Node.Host made = HostTree.create(directory, request.name(), flags, request.mode());
                made.handle().retain();
                return new Fid.OpenFile(made, made.handle());
            } catch (ErrnoException e) {
                if (e.errno() != ErrnoException.EEXIST || (request.flags() & EXCLUSIVE) != 0) {
                    throw e;
                }
            }
            // Another guest, or the host, was quicker: then it is an open like any other.
            HostTree.Found found = HostTree.tryFind(directory, request.name());
            if (found == null) {
                throw new Refusal(Errno.EEXIST);
            }
            try {
                if (found.node().kind() == Node.Host.Kind.DIRECTORY) {
                    throw new Refusal(Errno.EISDIR);
                }
                return new Fid.OpenFile(found.node(), marked(HostTree.open(found.node(), flags), request.flags()));
            } catch (Refusal | IOException e) {
                found.node().release();
                throw e;
            }
        }
    }
}
