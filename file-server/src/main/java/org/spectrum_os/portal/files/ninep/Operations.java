// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.spectrum_os.portal.files.lent.GuestUser;
import org.spectrum_os.portal.transport.FileContent;
import org.spectrum_os.portal.transport.FolderNode;

/**
 * What each request does to the tree of one instance; nothing here knows sockets. Thread-safe.
 *
 * <p>The root holds a directory per lease, that the lent files and directories. There is no way up: {@code ..} is no name here.
 */
final class Operations {
    private final InstanceLeases leases;
    private final GuestUser user;
    private final Opening opening;

    Operations(InstanceLeases leases, GuestUser user) {
        this.leases = leases;
        this.user = user;
        this.opening = new Opening(leases);
    }

    /** Carries out anything but Tversion and Tflush, which belong to the connection, and what has data of its own. */
    Reply handle(Request request, Fids fids, Operation operation) throws Refusal, IOException {
        return switch (request) {
            case Request.Attach r -> attach(r, fids, operation);
            case Request.Walk r -> walk(r, fids, operation);
            case Request.Open r -> opening.open(r, fids, operation);
            case Request.Create r -> opening.create(r, fids, operation);
            case Request.GetAttributes r ->
                NodeState.attributes(live(r.fid(), fids, operation).node(), leases, user);
            case Request.SetAttributes r -> {
                Fid fid = fids.get(r.fid(), operation);
                Changes.begin(fid.node(), operation);
                NodeState.change(fid, r, user);
                yield Reply.Done.ATTRIBUTES_SET;
            }
            case Request.FileSystemStatus r ->
                NodeState.fileSystem(live(r.fid(), fids, operation).node());
            case Request.Clunk r -> clunk(r, fids, operation);
            case Request.Remove r -> remove(r, fids, operation);
            case Request.Lock r -> Locks.lock(r, live(r.fid(), fids, operation));
            case Request.GetLock r -> Locks.get(r, live(r.fid(), fids, operation));
            case Request.Synchronise r -> synchronise(r, fids, operation);
            case Request.ReadLink r -> readLink(live(r.fid(), fids, operation).node());
            case Request.MakeDirectory r ->
                Changes.makeDirectory(r, fids.get(r.fid(), operation).node(), operation);
            case Request.MakeSymbolicLink r ->
                Changes.makeLink(r, fids.get(r.fid(), operation).node(), operation);
            case Request.Rename r ->
                Changes.rename(
                        fids.get(r.fid(), operation).node(),
                        fids.get(r.directory(), operation).node(),
                        r.name(),
                        operation);
            case Request.RenameAt r ->
                Changes.renameAt(
                        r,
                        fids.get(r.from(), operation).node(),
                        fids.get(r.to(), operation).node(),
                        operation);
            case Request.UnlinkAt r ->
                Changes.unlink(r, fids.get(r.directory(), operation).node(), operation);
            case Request.MakeNode r ->
                throw Changes.forbidden(fids.get(r.fid(), operation).node(), operation);
            case Request.Link r ->
                throw Changes.forbidden(fids.get(r.directory(), operation).node(), operation);
            case Request.ExtendedAttributeWalk r -> throw unsupported(r.fid(), fids, operation);
            case Request.CreateExtendedAttribute r -> throw unsupported(r.fid(), fids, operation);
            case Request.Authenticate r -> throw new Refusal(Errno.EOPNOTSUPP);
            case Request.Unknown r -> throw new Refusal(Errno.EOPNOTSUPP);
            case Request.Version r -> throw notHere(r);
            case Request.Flush r -> throw notHere(r);
            case Request.Read r -> throw notHere(r);
            case Request.Write r -> throw notHere(r);
            case Request.ReadDirectory r -> throw notHere(r);
        };
    }

    private static IllegalStateException notHere(Request request) {
        return new IllegalStateException(request.getClass().getSimpleName() + " has a way of its own");
    }

    private static Refusal unsupported(int fid, Fids fids, Operation operation) throws Refusal {
        fids.get(fid, operation);
        return new Refusal(Errno.EOPNOTSUPP);
    }

    /** A fid whose lease has not ended. */
    private static Fid live(int number, Fids fids, Operation operation) throws Refusal {
        Fid fid = fids.get(number, operation);
        Lease lease = fid.node().lease();
        if (lease != null) {
            operation.using(lease);
        }
        return fid;
    }

    private static Fid.OpenFile openFile(int number, Fids fids, Operation operation) throws Refusal {
        return switch (fids.get(number, operation)) {
            case Fid.OpenFile file -> file;
            case Fid.OpenDirectory directory -> throw new Refusal(Errno.EISDIR);
            case Fid.Walked walked -> throw new Refusal(Errno.EBADF);
        };
    }

    private static Lease leaseOf(Fid.OpenFile file) {
        return java.util.Objects.requireNonNull(file.node().lease());
    }

    /**
     * Reads into {@code target}.
     *
     * @return bytes read, 0 at or beyond the end
     */
    int read(Request.Read request, Fids fids, MemorySegment target, Operation operation) throws Refusal, IOException {
        Fid.OpenFile file = openFile(request.fid(), fids, operation);
        operation.using(leaseOf(file));
        long room = room(request.offset(), target.byteSize());
        return room == 0 ? 0 : FileContent.read(file.open().descriptor(), target.asSlice(0, room), request.offset());
    }

    /** Writes {@code data}; maybe less than all of it. */
    Reply write(Request.Write request, Fids fids, MemorySegment data, Operation operation) throws Refusal, IOException {
        Fid.OpenFile file = openFile(request.fid(), fids, operation);
        operation.changing(leaseOf(file));
        long room = room(request.offset(), data.byteSize());
        file.open().markWritten();
        return new Reply.Written(FileContent.write(file.open().descriptor(), data.asSlice(0, room), request.offset()));
    }

    /** Beyond 2^63 there is no file; this also catches "negative" offsets. */
    private static long room(long offset, long bytes) throws Refusal {
        if (offset < 0) {
            throw new Refusal(Errno.EINVAL);
        }
        return Math.min(bytes, Long.MAX_VALUE - offset);
    }

    /** Lists into {@code out}. */
    void readDirectory(
            Request.ReadDirectory request, Fids fids, EntryWriter out, MemorySegment scratch, Operation operation)
            throws Refusal, IOException {
        if (!(live(request.fid(), fids, operation) instanceof Fid.OpenDirectory directory)) {
            throw new Refusal(Errno.EBADF);
        }
        directory.listing().list(request.offset(), out, scratch);
        if (out.isFull() && out.bytes() == 0) {
            // An empty answer would mean the end.
            throw new Refusal(Errno.EINVAL);
        }
    }

    private Reply attach(Request.Attach request, Fids fids, Operation operation) throws Refusal {
        if (request.authFid() != Request.NO_FID) {
            throw new Refusal(Errno.EINVAL);
        }
        operation.whenAnswered(() -> fids.put(request.fid(), new Node.Root(), false), () -> {});
        return new Reply.Attached(leases.rootQid());
    }

    private Reply walk(Request.Walk request, Fids fids, Operation operation) throws Refusal, IOException {
        boolean replacing = request.newFid() == request.fid();
        Fid from = live(request.fid(), fids, operation);
        if (replacing && !(from instanceof Fid.Walked)) {
            throw new Refusal(Errno.EINVAL);
        }
        var qids = new ArrayList<Qid>(request.names().size());
        Node node = from.node();
        node.retain();
        for (WireName name : request.names()) {
            Node next;
            try {
                next = step(node, name, qids, operation);
            } catch (Refusal | IOException e) {
                // A walk that got somewhere tells how far; only then is the new fid left alone.
                if (qids.isEmpty()) {
                    throw e;
                }
                return new Reply.Walked(List.copyOf(qids));
            } finally {
                node.release();
            }
            node = next;
        }
        Node reached = node;
        operation.whenAnswered(() -> fids.put(request.newFid(), reached, replacing), reached::release);
        return new Reply.Walked(List.copyOf(qids));
    }

    /** The node under a name, held by the caller; its qid is added. */
    private Node step(Node node, WireName name, List<Qid> qids, Operation operation) throws Refusal, IOException {
        name.requireComponent();
        return switch (node) {
            case Node.Root root -> {
                LeaseFolder folder = leases.find(name);
                if (folder == null) {
                    throw new Refusal(Errno.ENOENT);
                }
                operation.using(folder.lease());
                qids.add(folder.qid());
                yield new Node.Folder(folder);
            }
            case Node.Folder folder -> {
                Node found = folder.folder().find(name);
                try {
                    qids.add(NodeState.qid(found));
                } catch (IOException e) {
                    found.release();
                    throw e;
                }
                yield found;
            }
            case Node.InFolder file -> throw new Refusal(Errno.ENOTDIR);
            case Node.Host host -> {
                HostTree.Found found = HostTree.find(host, name);
                qids.add(Qid.of(host.lease().key(), found.status()));
                yield found.node();
            }
        };
    }

    /** The fid is gone, whatever comes of the file that it may have been the last to hold open. */
    private static Reply clunk(Request.Clunk request, Fids fids, Operation operation) throws Refusal, IOException {
        Fid gone = fids.remove(request.fid());
        try {
            close(gone, operation);
        } finally {
            // Before the answer: with the open file its locks go too.
            gone.release();
        }
        return Reply.Done.CLUNKED;
    }

    private static void close(Fid gone, Operation operation) throws Refusal, IOException {
        if (gone instanceof Fid.OpenFile(Node.InFolder(LeaseFolder folder, FolderFile file), Handle open)
                && folder.lease().isWritable()
                && folder.lease().isLive()) {
            operation.changing(folder.lease());
            folder.closed(file);
        }
    }

    private static Reply remove(Request.Remove request, Fids fids, Operation operation) throws Refusal, IOException {
        Fid gone = fids.remove(request.fid());
        try {
            Changes.remove(gone.node(), operation);
        } finally {
            // The fid is gone, whatever becomes of the file.
            try {
                close(gone, operation);
            } finally {
                gone.release();
            }
        }
        return Reply.Done.REMOVED;
    }

    private static Reply synchronise(Request.Synchronise request, Fids fids, Operation operation)
            throws Refusal, IOException {
        Fid fid = live(request.fid(), fids, operation);
        Lease lease = fid.node().lease();
        if (lease == null || !lease.isWritable()) {
            return Reply.Done.SYNCHRONISED;
        }
        operation.changing(lease);
        switch (fid) {
            case Fid.Walked walked -> throw new Refusal(Errno.EBADF);
            case Fid.OpenDirectory directory -> directory.listing().synchronise();
            case Fid.OpenFile file -> {
                if (request.dataOnly()) {
                    FileContent.syncData(file.open().descriptor());
                } else {
                    FileContent.sync(file.open().descriptor());
                }
                if (file.node() instanceof Node.InFolder(LeaseFolder folder, FolderFile staged)) {
                    folder.synchronised(staged);
                }
            }
        }
        return Reply.Done.SYNCHRONISED;
    }

    private static Reply readLink(Node node) throws Refusal, IOException {
        if (node instanceof Node.Host host && host.kind() == Node.Host.Kind.LINK) {
            return new Reply.LinkTarget(
                    WireName.ofBytes(FolderNode.readLink(host.handle().descriptor())));
        }
        throw new Refusal(Errno.EINVAL);
    }
}
