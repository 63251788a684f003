// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.FileContent;
import org.spectrum_os.portal.transport.FileNode;
import org.spectrum_os.portal.transport.FileState;
import org.spectrum_os.portal.transport.OpenFlags;

/**
 * A lease's folder. The names that were lent stand for the host's files; a guest that may change them may also make others beside
 * them, which exist only here, and put one in a lent file's place. Thread-safe.
 *
 * <p>What a guest does with a lent name does not take the host's file away: removed or renamed, the name is gone in the guest, until
 * it is made anew; only an install replaces the file.
 */
final class LeaseFolder {
    /** Names that a guest may make. */
    static final int STAGED = 64;

    private final Lease lease;
    private final Staging staging;
    private final FolderNames names = new FolderNames();
    /** Makes changes one at a time, however long an install takes, while names can still be looked up. */
    private final ReentrantLock changing = new ReentrantLock();

    LeaseFolder(Lease lease, Staging staging) {
        this.lease = lease;
        this.staging = staging;
    }

    /** Only before the lease is shown to anybody. */
    void addFile(WireName name, Handle file) {
        names.addFile(name, new FolderFile(file, true));
    }

    /** Only before the lease is shown to anybody. */
    void addDirectory(WireName name, Handle directory) {
        names.addDirectory(name, new Node.Host(lease, directory, Node.Host.Kind.DIRECTORY, 0, null));
    }

    Lease lease() {
        return lease;
    }

    /** Whether new names can be made here. */
    boolean takesNames() {
        return lease.isWritable() && names.hasFiles();
    }

    Qid qid() {
        return new Qid(Qid.DIRECTORY, names.generation(), Qid.path(lease.key(), 0, 0));
    }

    /** What stands under a name, held by the caller. */
    Node find(WireName name) throws Refusal {
        return names.find(name, this);
    }

    List<WireName> list() {
        return names.list();
    }

    int directoryCount() {
        return names.directoryCount();
    }

    /** Descriptors that the lease began with. */
    int lentCount() {
        return names.lentCount();
    }

    /** Something that was lent, to ask its file system through; held by the caller. */
    Handle anything() {
        return names.anything();
    }

    /** The name a file has now. */
    WireName nameOf(FolderFile file) throws Refusal {
        return names.nameOf(file);
    }

    /** A file that was just made, and the way its maker has it open; both held by the caller. */
    record Made(Node.InFolder node, Handle open) {}

    /** Stages a file. Under a lent name that the guest has taken away, it is to replace the host's file. */
    Made create(WireName name, int openFlags, int mode) throws Refusal, IOException {
        requireTakesNames();
        changing.lock();
        try {
            names.requireFree(name);
            Handle base = lease.handles().open(this::stage);
            Handle open = null;
            boolean isMade = false;
            try {
                open = lease.handles().open(() -> FileNode.reopen(base.descriptor(), openFlags));
                open.markWritten();
                // After it was opened: the mode need not let its maker do what it is about to do.
                FileState.changeMode(base.descriptor(), mode & 0777);
                var file = new FolderFile(base, false);
                names.created(name, file);
                isMade = true;
                return new Made(new Node.InFolder(this, file), open);
            } finally {
                if (!isMade) {
                    base.release();
                    if (open != null) {
                        open.release();
                    }
                }
            }
        } finally {
            changing.unlock();
        }
    }

    private void requireTakesNames() throws Refusal {
        lease.requireWritable();
        if (!takesNames()) {
            throw new Refusal(Errno.EPERM);
        }
    }

    void unlink(WireName name) throws Refusal {
        requireTakesNames();
        changing.lock();
        try {
            names.movable(name);
            names.remove(name);
        } finally {
            changing.unlock();
        }
    }

    void rename(WireName from, WireName to) throws Refusal, IOException {
        requireTakesNames();
        changing.lock();
        try {
            FolderFile file = names.movable(from);
            if (from.equals(to)) {
                return;
            }
            if (names.replaces(file, to)) {
                install(to, file);
            }
            names.move(from, to);
        } finally {
            changing.unlock();
        }
    }

    private Descriptor stage() throws IOException {
        Semaphore permits = lease.handles().allowance().staging();
        permits.acquireUninterruptibly();
        try {
            return staging.stage(lease.name().string());
        } finally {
            permits.release();
        }
    }

    /** Under {@code changing}. */
    private void install(WireName name, FolderFile file) throws IOException {
        Descriptor staged = file.base().descriptor();
        // What takes long is done here, where it is the guest's own time: the backend's is everybody's, and is limited.
        FileContent.sync(staged);
        Semaphore permits = lease.handles().allowance().staging();
        permits.acquireUninterruptibly();
        try {
            staging.install(lease.name().string(), name.string(), staged);
        } finally {
            permits.release();
        }
        names.installed(name, file);
    }

    void opened(FolderFile file) {
        names.opened(file);
    }

    /** A file that was created under a lent name takes the host file's place once it is synchronised. */
    void synchronised(FolderFile file) throws IOException {
        changing.lock();
        try {
            WireName name = names.pending(file);
            if (name != null) {
                install(name, file);
            }
        } finally {
            changing.unlock();
        }
    }

    /** And when the last that has it open closes it. */
    void closed(FolderFile file) throws IOException {
        if (names.closed(file)) {
            synchronised(file);
        }
    }

    /** Its connection ended: what was written so far is no file that somebody finished. */
    void abandoned(FolderFile file) {
        boolean _ = names.closed(file);
    }

    /** How a guest's open of a lent or staged file becomes a handle. */
    Handle open(FolderFile file, int flags) throws Refusal, IOException {
        if (!lease.isWritable()) {
            // The one descriptor that was lent, open for reading only: nobody can make more of it.
            file.base().retain();
            return file.base();
        }
        if ((flags & (OpenFlags.ACCESS_MODE | OpenFlags.TRUNCATE)) != 0) {
            requireNotInVain(file);
        }
        return lease.handles().open(() -> FileNode.reopen(file.base().descriptor(), flags));
    }

    /**
     * The host has replaced or removed the file, or an install took place though it was reported as failed: what a guest wrote by the lent
     * name would be lost with the lease.
     */
    void requireNotInVain(FolderFile file) throws Refusal, IOException {
        if (names.isLentNow(file) && FileNode.status(file.base().descriptor()).links() == 0) {
            throw new Refusal(Errno.ESTALE);
        }
    }
}
