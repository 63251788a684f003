// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.files.lent.GuestUser;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.ErrnoException;
import org.spectrum_os.portal.transport.FileNode;
import org.spectrum_os.portal.transport.FileState;

/** What nodes are, as the guest sees it, and changing that. To be called within a use of the node's lease. */
final class NodeState {
    private static final int S_IFDIR = 0x4000;
    private static final int S_IFREG = 0x8000;
    private static final int S_IFLNK = 0xa000;
    private static final int SPECIAL_BITS = 07000;
    private static final int EINVAL = 22;

    /** Bits of {@code valid} in Tsetattr. */
    private static final int MODE = 1;

    private static final int USER = 2;
    private static final int GROUP = 4;
    private static final int SIZE = 8;
    private static final int ACCESSED = 0x10;
    private static final int MODIFIED = 0x20;
    private static final int ACCESSED_SET = 0x80;
    private static final int MODIFIED_SET = 0x100;

    private NodeState() {}

    /** A root has none of its own: that is its instance's. */
    static Qid qid(Node node) throws IOException {
        return switch (node) {
            case Node.Root root -> new Qid(Qid.DIRECTORY, 1, Qid.ROOT_PATH);
            case Node.Folder folder -> folder.folder().qid();
            case Node.InFolder file -> Qid.of(file.lease().key(), status(file));
            case Node.Host host -> Qid.of(host.lease().key(), status(host));
        };
    }

    private static FileNode.Status status(Node.InFolder file) throws IOException {
        return FileNode.status(file.file().base().descriptor());
    }

    private static FileNode.Status status(Node.Host host) throws IOException {
        return FileNode.status(host.handle().descriptor());
    }

    static Reply attributes(Node node, InstanceLeases leases, GuestUser user) throws IOException {
        return switch (node) {
            case Node.Root root ->
                directory(leases.rootQid(), 0555, 2 + leases.list().size(), Instant.EPOCH, user);
            case Node.Folder folder -> {
                LeaseFolder names = folder.folder();
                yield directory(
                        names.qid(),
                        names.takesNames() ? 0755 : 0555,
                        2 + names.directoryCount(),
                        folder.lease().since(),
                        user);
            }
            case Node.InFolder file -> of(status(file), file.lease(), user);
            case Node.Host host -> of(status(host), host.lease(), user);
        };
    }

    private static Reply directory(Qid qid, int mode, long links, Instant since, GuestUser user) {
        return new Reply.Attributes(qid, S_IFDIR | mode, user.uid(), user.gid(), links, 0, 0, since, since, since);
    }

    private static Reply of(FileNode.Status status, Lease lease, GuestUser user) {
        int type = status.isDirectory() ? S_IFDIR : status.isSymbolicLink() ? S_IFLNK : S_IFREG;
        int mode = status.permissions() & (lease.isWritable() || type == S_IFLNK ? 0777 : 0555);
        return new Reply.Attributes(
                Qid.of(lease.key(), status),
                type | mode,
                user.uid(),
                user.gid(),
                status.links() == 0 ? 1 : status.links(),
                status.size(),
                status.blocks(),
                status.accessed(),
                status.modified(),
                status.changed());
    }

    static Reply fileSystem(Node node) throws IOException {
        return switch (node) {
            // A border has no capacity to tell.
            case Node.Root root -> new Reply.FileSystemStatus(new FileState.Space(4096, 0, 0, 0, 0, 0, 255), 0);
            case Node.Folder folder -> {
                Handle any = folder.folder().anything();
                try {
                    yield space(any, folder.lease());
                } finally {
                    any.release();
                }
            }
            case Node.InFolder file -> space(file.file().base(), file.lease());
            case Node.Host host -> space(host.handle(), host.lease());
        };
    }

    private static Reply space(Handle handle, Lease lease) throws IOException {
        return new Reply.FileSystemStatus(FileState.space(handle.descriptor()), lease.key());
    }

    /** Changes what was asked for, or nothing if any of it is not allowed. */
    static void change(Fid fid, Request.SetAttributes request, GuestUser user) throws Refusal, IOException {
        int valid = request.valid();
        boolean givesAway = ((valid & USER) != 0 && request.user() != user.uid())
                || ((valid & GROUP) != 0 && request.group() != user.gid());
        boolean wantsSpecial = (valid & MODE) != 0 && (request.mode() & SPECIAL_BITS) != 0;
        if (givesAway || wantsSpecial) {
            throw new Refusal(Errno.EPERM);
        }
        switch (fid.node()) {
            case Node.Root root -> throw new Refusal(Errno.EROFS);
            case Node.Folder folder -> throw new Refusal(Errno.EPERM);
            case Node.InFolder file -> {
                Handle base = file.file().base();
                base.markWritten();
                if ((valid & MODE) != 0) {
                    FileState.changeMode(base.descriptor(), request.mode() & 0777);
                }
                if ((valid & SIZE) != 0) {
                    if (fid instanceof Fid.Walked) {
                        file.folder().requireNotInVain(file.file());
                    }
                    FileState.truncateOpen(base.descriptor(), size(request));
                }
                setTimes(base.descriptor(), request);
            }
            case Node.Host host -> change(host, fid, request);
        }
    }

    private static void change(Node.Host host, Fid fid, Request.SetAttributes request) throws Refusal, IOException {
        Descriptor reference = host.handle().descriptor();
        if ((request.valid() & MODE) != 0) {
            if (host.kind() == Node.Host.Kind.LINK) {
                throw new Refusal(Errno.EOPNOTSUPP);
            }
            // The guest does not see a directory's special bits, so it cannot mean to take them away.
            int kept = host.kind() == Node.Host.Kind.DIRECTORY
                    ? FileNode.status(reference).mode() & SPECIAL_BITS
                    : 0;
            FileState.changeModeOfReference(reference, (request.mode() & 0777) | kept);
        }
        if ((request.valid() & SIZE) != 0) {
            truncate(host, fid, size(request));
        }
        setTimes(reference, request);
    }

    private static void truncate(Node.Host host, Fid fid, long size) throws Refusal, IOException {
        if (host.kind() != Node.Host.Kind.FILE) {
            throw new Refusal(host.kind() == Node.Host.Kind.DIRECTORY ? Errno.EISDIR : Errno.EINVAL);
        }
        if (fid instanceof Fid.OpenFile file) {
            try {
                // Who opened it for writing may go on, whatever its mode has become.
                FileState.truncateOpen(file.open().descriptor(), size);
                file.open().markWritten();
                return;
            } catch (ErrnoException e) {
                if (e.errno() != EINVAL) {
                    throw e;
                }
                // Open for reading only.
            }
        }
        FileState.truncate(host.handle().descriptor(), size);
    }

    private static long size(Request.SetAttributes request) throws Refusal {
        if (request.size() < 0) {
            throw new Refusal(Errno.EINVAL);
        }
        return request.size();
    }

    private static void setTimes(Descriptor file, Request.SetAttributes request) throws IOException {
        FileState.Time accessed = time(request.valid(), ACCESSED, ACCESSED_SET, request.accessed());
        FileState.Time modified = time(request.valid(), MODIFIED, MODIFIED_SET, request.modified());
        if (accessed != null || modified != null) {
            FileState.setTimes(file, accessed, modified);
        }
    }

    private static FileState.@Nullable Time time(int valid, int bit, int setBit, Request.WireTime time) {
        if ((valid & bit) == 0) {
            return null;
        }
        return (valid & setBit) == 0
                ? new FileState.Time.Now()
                : new FileState.Time.At(time.seconds(), time.nanoseconds());
    }
}
