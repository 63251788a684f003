// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.transport.FileNode;

/**
 * What each request does to the tree of one instance; nothing here knows sockets. Thread-safe.
 *
 * <p>The root holds a directory per lease, that the lent file. There is no way up: {@code ..} is no name here.
 */
final class Operations {
    private static final int O_ACCMODE = 3;
    private static final int O_TRUNC = 0x200;
    private static final int O_DIRECTORY = 0x10000;

    private static final int DIRECTORY_MODE = 0x4000 | 0555;
    private static final int FILE_MODE = 0x8000 | 0444;
    private static final byte DT_DIR = 4;
    private static final byte DT_REG = 8;
    private static final WireName DOT = WireName.of(".");
    private static final WireName DOT_DOT = WireName.of("..");

    private final InstanceLeases leases;

    Operations(InstanceLeases leases) {
        this.leases = leases;
    }

    /**
     * Carries out anything but Tversion and Tflush, which belong to the connection, and Tread.
     *
     * @param room bytes that the entries of a directory may take
     */
    Reply handle(Request request, Fids fids, int room, Operation operation) throws Refusal {
        return switch (request) {
            case Request.Attach r -> attach(r, fids);
            case Request.Walk r -> walk(r, fids, operation);
            case Request.Open r -> open(r, fids, operation);
            case Request.ReadDirectory r -> readDirectory(r, fids, room, operation);
            case Request.GetAttributes r -> attributes(fids.get(r.fid()).node(), operation);
            case Request.FileSystemStatus r -> {
                fids.get(r.fid());
                yield new Reply.FileSystemStatus();
            }
            case Request.Clunk r -> {
                fids.clunk(r.fid());
                yield new Reply.Clunked();
            }
            case Request.Remove r -> {
                fids.clunk(r.fid());
                throw new Refusal(Errno.EROFS);
            }
            case Request.Lock r -> {
                // Nothing is locked on the host: Linux has already settled it among the guest's own processes.
                live(r.fid(), fids, operation);
                yield new Reply.Locked();
            }
            case Request.GetLock r -> {
                live(r.fid(), fids, operation);
                yield new Reply.LockFree(r.start(), r.length(), r.process(), r.client());
            }
            case Request.Synchronise r -> {
                live(r.fid(), fids, operation);
                yield new Reply.Synchronised();
            }
            case Request.ReadLink r -> {
                fids.get(r.fid());
                throw new Refusal(Errno.EINVAL);
            }
            case Request.ExtendedAttributeWalk r -> {
                fids.get(r.fid());
                throw new Refusal(Errno.EOPNOTSUPP);
            }
            case Request.Write r -> throw new Refusal(Errno.EROFS);
            case Request.Change r -> throw new Refusal(Errno.EROFS);
            case Request.Authenticate r -> throw new Refusal(Errno.EOPNOTSUPP);
            case Request.Unknown r -> throw new Refusal(Errno.EOPNOTSUPP);
            case Request.Version r -> throw notHere(r);
            case Request.Flush r -> throw notHere(r);
            case Request.Read r -> throw notHere(r);
        };
    }

    private static IllegalStateException notHere(Request request) {
        return new IllegalStateException(request.getClass().getSimpleName() + " is the connection's own business");
    }

    /**
     * Reads into {@code target}.
     *
     * @return bytes read, 0 at or beyond the end
     */
    int read(Request.Read request, Fids fids, MemorySegment target, Operation operation) throws Refusal {
        Fid fid = fids.get(request.fid());
        if (fid instanceof Fid.OpenDirectory) {
            throw new Refusal(Errno.EISDIR);
        }
        if (!(fid instanceof Fid.OpenFile file)) {
            throw new Refusal(Errno.EBADF);
        }
        Lease lease = file.node().lease();
        operation.using(lease);
        long offset = request.offset();
        // Beyond 2^63 there is no file; this also catches "negative" offsets.
        if (offset < 0) {
            throw new Refusal(Errno.EINVAL);
        }
        long most = Math.min(target.byteSize(), Integer.toUnsignedLong(request.count()));
        long readable = Math.min(most, Long.MAX_VALUE - offset);
        return readable == 0 ? 0 : operation.read(lease, target.asSlice(0, readable), offset);
    }

    private Reply attach(Request.Attach request, Fids fids) throws Refusal {
        if (request.authFid() != Request.NO_FID) {
            throw new Refusal(Errno.EINVAL);
        }
        fids.put(request.fid(), new Node.Root(), false);
        return new Reply.Attached(leases.rootQid());
    }

    private Reply walk(Request.Walk request, Fids fids, Operation operation) throws Refusal {
        boolean replacing = request.newFid() == request.fid();
        Fid from = fids.get(request.fid());
        if (replacing && !(from instanceof Fid.Walked)) {
            throw new Refusal(Errno.EINVAL);
        }
        Node node = from.node();
        requireLive(node, operation);
        var qids = new ArrayList<Qid>(request.names().size());
        for (WireName name : request.names()) {
            try {
                node = step(node, name, operation);
                qids.add(qid(node, operation));
            } catch (Refusal e) {
                // A walk that got somewhere tells how far; only then is the new fid left alone.
                if (qids.isEmpty()) {
                    throw e;
                }
                return new Reply.Walked(List.copyOf(qids));
            }
        }
        Node reached = node;
        operation.whenAnswered(() -> fids.put(request.newFid(), reached, replacing));
        return new Reply.Walked(List.copyOf(qids));
    }

    private Node step(Node node, WireName name, Operation operation) throws Refusal {
        name.requireComponent();
        return switch (node) {
            case Node.Root root -> {
                Lease lease = leases.find(name);
                if (lease == null) {
                    throw new Refusal(Errno.ENOENT);
                }
                operation.using(lease);
                yield new Node.LeaseDirectory(lease);
            }
            case Node.LeaseDirectory directory -> {
                if (!directory.lease().fileName().equals(name)) {
                    throw new Refusal(Errno.ENOENT);
                }
                yield new Node.LentFile(directory.lease());
            }
            case Node.LentFile file -> throw new Refusal(Errno.ENOTDIR);
        };
    }

    private Qid qid(Node node, Operation operation) throws Refusal {
        return switch (node) {
            case Node.Root root -> leases.rootQid();
            case Node.LeaseDirectory directory -> directory.lease().directoryQid();
            case Node.LentFile file -> operation.fileQid(file.lease());
        };
    }

    private static @Nullable Lease leaseOf(Node node) {
        return switch (node) {
            case Node.Root root -> null;
            case Node.LeaseDirectory directory -> directory.lease();
            case Node.LentFile file -> file.lease();
        };
    }

    private static void requireLive(Node node, Operation operation) throws Refusal {
        Lease lease = leaseOf(node);
        if (lease != null) {
            operation.using(lease);
        }
    }

    private static void live(int fid, Fids fids, Operation operation) throws Refusal {
        requireLive(fids.get(fid).node(), operation);
    }

    private Reply open(Request.Open request, Fids fids, Operation operation) throws Refusal {
        if (!(fids.get(request.fid()) instanceof Fid.Walked walked)) {
            throw new Refusal(Errno.EINVAL);
        }
        requireLive(walked.node(), operation);
        // O_CREAT is let through: Tlopen creates nothing, and Linux sends it along when an existing file is opened with
        // it.
        if ((request.flags() & O_ACCMODE) != 0 || (request.flags() & O_TRUNC) != 0) {
            throw new Refusal(Errno.EROFS);
        }
        Qid qid = qid(walked.node(), operation);
        if (walked.node() instanceof Node.LentFile file) {
            if ((request.flags() & O_DIRECTORY) != 0) {
                throw new Refusal(Errno.ENOTDIR);
            }
            operation.whenAnswered(() -> {
                fids.open(request.fid(), walked, new Fid.OpenFile(file));
                operation.opened(file.lease());
            });
        } else {
            var directory = new Fid.OpenDirectory(walked.node(), listed(walked.node()));
            operation.whenAnswered(() -> fids.open(request.fid(), walked, directory));
        }
        return new Reply.Opened(qid, 0);
    }

    private List<Lease> listed(Node node) {
        return switch (node) {
            case Node.Root root -> leases.list();
            case Node.LeaseDirectory directory -> List.of(directory.lease());
            case Node.LentFile file -> List.of();
        };
    }

    private Reply readDirectory(Request.ReadDirectory request, Fids fids, int room, Operation operation)
            throws Refusal {
        if (!(fids.get(request.fid()) instanceof Fid.OpenDirectory directory)) {
            throw new Refusal(Errno.EBADF);
        }
        requireLive(directory.node(), operation);
        if (request.offset() == 0) {
            // rewinddir: POSIX wants what has come since to be seen.
            var fresh = new Fid.OpenDirectory(directory.node(), listed(directory.node()));
            fids.relist(request.fid(), directory, fresh);
            directory = fresh;
        }
        long left = Math.min(room, Integer.toUnsignedLong(request.count()));
        var entries = new ArrayList<Reply.Entry>();
        // Offsets are 1, 2 for the dots, then 3 and on in the order of the list, whatever has ended meanwhile.
        long last = 2L + directory.leases().size();
        for (long at = request.offset(); at >= 0 && at < last; at++) {
            Lease lease = at < 2 ? null : directory.leases().get((int) at - 2);
            if (lease != null && !lease.isLive()) {
                continue;
            }
            Reply.Entry entry = entry(directory.node(), lease, at, operation);
            left -= entry.encodedBytes();
            if (left < 0) {
                if (entries.isEmpty()) {
                    // An empty answer would mean the end.
                    throw new Refusal(Errno.EINVAL);
                }
                break;
            }
            entries.add(entry);
        }
        return new Reply.Directory(List.copyOf(entries));
    }

    private Reply.Entry entry(Node node, @Nullable Lease lease, long at, Operation operation) throws Refusal {
        if (lease == null) {
            return at == 0
                    ? new Reply.Entry(qid(node, operation), 1, DT_DIR, DOT)
                    : new Reply.Entry(leases.rootQid(), 2, DT_DIR, DOT_DOT);
        }
        return node instanceof Node.Root
                ? new Reply.Entry(lease.directoryQid(), at + 1, DT_DIR, lease.directoryName())
                : new Reply.Entry(operation.fileQid(lease), at + 1, DT_REG, lease.fileName());
    }

    private Reply attributes(Node node, Operation operation) throws Refusal {
        requireLive(node, operation);
        return switch (node) {
            case Node.Root root -> directory(leases.rootQid(), 2 + leases.list().size(), java.time.Instant.EPOCH);
            case Node.LeaseDirectory d ->
                directory(d.lease().directoryQid(), 2, d.lease().since());
            case Node.LentFile file -> {
                FileNode.Status status = operation.status(file.lease());
                yield new Reply.Attributes(
                        operation.using(file.lease()).qid(status),
                        FILE_MODE,
                        1,
                        status.size(),
                        status.blocks(),
                        status.accessed(),
                        status.modified(),
                        status.changed());
            }
        };
    }

    private static Reply directory(Qid qid, long links, java.time.Instant since) {
        return new Reply.Attributes(qid, DIRECTORY_MODE, links, 0, 0, since, since, since);
    }
}
