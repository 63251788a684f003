// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.transport.FileNode;
import org.spectrum_os.portal.transport.FileState;

/**
 * The names in a lease's folder. Those that were lent stand for the host's files; a guest that may change them may also make others
 * beside them, which exist only here, and put one in a lent file's place. Thread-safe.
 *
 * <p>What a guest does with a lent name does not take the host's file away: removed or renamed, the name is gone in the guest, until
 * it is made anew; only an install replaces the file.
 */
final class LeaseFolder {
    /** Names that a guest may make. */
    static final int STAGED = 64;

    private final Lease lease;
    private final Staging staging;
    /** Makes changes one at a time, however long an install takes, while names can still be looked up. */
    private final ReentrantLock changing = new ReentrantLock();

    /** The host's files by the names they were lent under; guarded by itself, as is {@code names}. */
    private final Map<WireName, FolderFile> lent = new LinkedHashMap<>();

    private final Map<WireName, FolderFile> names = new LinkedHashMap<>();
    private final Map<WireName, Node.Host> directories = new LinkedHashMap<>();
    private int generation = 1;

    LeaseFolder(Lease lease, Staging staging) {
        this.lease = lease;
        this.staging = staging;
    }

    /** Only before the lease is shown to anybody. */
    void addFile(WireName name, Handle file) {
        var lentFile = new FolderFile(file, true);
        file.retain();
        lent.put(name, lentFile);
        names.put(name, lentFile);
    }

    void addDirectory(WireName name, Handle directory) {
        directories.put(name, new Node.Host(lease, directory, Node.Host.Kind.DIRECTORY, 0, null));
    }

    Lease lease() {
        return lease;
    }

    /** Whether new names can be made here. */
    boolean takesNames() {
        return lease.isWritable() && !lent.isEmpty();
    }

    Qid qid() {
        synchronized (lent) {
            return new Qid(Qid.DIRECTORY, generation, Qid.path(lease.key(), 0, 0));
        }
    }

    /** What stands under a name, held by the caller. */
    Node find(WireName name) throws Refusal {
        synchronized (lent) {
            Node.Host directory = directories.get(name);
            FolderFile file = names.get(name);
            Node found = directory != null ? directory : file != null ? new Node.InFolder(this, file) : null;
            if (found == null) {
                throw new Refusal(Errno.ENOENT);
            }
            found.retain();
            return found;
        }
    }

    /** Descriptors that the lease began with. */
    int lentCount() {
        synchronized (lent) {
            return lent.size() + directories.size();
        }
    }

    int directoryCount() {
        return directories.size();
    }

    List<WireName> list() {
        synchronized (lent) {
            var all = new ArrayList<>(names.keySet());
            all.addAll(directories.keySet());
            return all;
        }
    }

    /** A file that was just made, and the way its maker has it open; both held by the caller. */
    record Made(Node.InFolder node, Handle open) {}

    /** Stages a file. Under a lent name that the guest has taken away, it is to replace the host's file. */
    Made create(WireName name, int openFlags, int mode) throws Refusal, IOException {
        requireTakesNames();
        changing.lock();
        try {
            requireFree(name);
            Handle base = lease.handles().open(() -> staging.stage(lease.name().string()));
            try {
                Handle open = lease.handles().open(() -> FileNode.reopen(base.descriptor(), openFlags));
                FileState.changeMode(base.descriptor(), mode & 0777);
                open.markWritten();
                var file = new FolderFile(base, false);
                base.retain();
                synchronized (lent) {
                    file.pending(lent.containsKey(name) ? name : null);
                    file.opened();
                    base.retain();
                    bind(name, file);
                }
                return new Made(new Node.InFolder(this, file), open);
            } finally {
                base.release();
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

    private void requireFree(WireName name) throws Refusal {
        synchronized (lent) {
            if (names.containsKey(name) || directories.containsKey(name)) {
                throw new Refusal(Errno.EEXIST);
            }
            requireRoomFor(name);
        }
    }

    private void requireRoomFor(WireName name) throws Refusal {
        if (!lent.containsKey(name) && !names.containsKey(name)) {
            long staged = names.keySet().stream()
                    .filter(other -> !lent.containsKey(other))
                    .count();
            if (staged >= STAGED) {
                throw new Refusal(Errno.EMFILE);
            }
        }
    }

    /** The caller's hold on the file becomes the name's. */
    private void bind(WireName name, FolderFile file) {
        FolderFile old = names.put(name, file);
        generation = generation == -1 ? 1 : generation + 1;
        if (old != null) {
            old.pending(null);
            old.base().release();
        }
    }

    /** The name's hold becomes the caller's. */
    private @Nullable FolderFile unbind(WireName name) {
        FolderFile file = names.remove(name);
        if (file != null) {
            file.pending(null);
            generation = generation == -1 ? 1 : generation + 1;
        }
        return file;
    }

    private FolderFile bound(WireName name) throws Refusal {
        synchronized (lent) {
            if (directories.containsKey(name)) {
                throw new Refusal(Errno.EPERM);
            }
            FolderFile file = names.get(name);
            if (file == null) {
                throw new Refusal(Errno.ENOENT);
            }
            return file;
        }
    }

    /** The name a file has now. */
    WireName nameOf(FolderFile file) throws Refusal {
        synchronized (lent) {
            for (Map.Entry<WireName, FolderFile> name : names.entrySet()) {
                if (name.getValue() == file) {
                    return name.getKey();
                }
            }
            throw new Refusal(Errno.ENOENT);
        }
    }

    /** Something that was lent, to ask its file system through. */
    Handle anything() {
        synchronized (lent) {
            return lent.isEmpty()
                    ? directories.values().iterator().next().handle()
                    : lent.values().iterator().next().base();
        }
    }

    void unlink(WireName name) throws Refusal {
        requireTakesNames();
        changing.lock();
        try {
            bound(name);
            synchronized (lent) {
                FolderFile gone = unbind(name);
                if (gone != null) {
                    gone.base().release();
                }
            }
        } finally {
            changing.unlock();
        }
    }

    void rename(WireName from, WireName to) throws Refusal, IOException {
        requireTakesNames();
        changing.lock();
        try {
            FolderFile file = bound(from);
            if (from.equals(to)) {
                return;
            }
            boolean replaces;
            synchronized (lent) {
                if (directories.containsKey(to)) {
                    throw new Refusal(Errno.EISDIR);
                }
                FolderFile hosts = lent.get(to);
                replaces = hosts != null && hosts != file;
                if (replaces && file.isLent()) {
                    // One lent file in the place of another, or what the host has no name for any more: the guest
                    // copies.
                    throw new Refusal(Errno.EXDEV);
                }
                requireRoomFor(to);
            }
            if (replaces) {
                install(to, file);
            }
            synchronized (lent) {
                FolderFile moved = unbind(from);
                if (moved != null) {
                    bind(to, moved);
                }
            }
        } finally {
            changing.unlock();
        }
    }

    /** Under {@code changing}. */
    private void install(WireName name, FolderFile file) throws IOException {
        staging.install(lease.name().string(), name.string(), file.base().descriptor());
        synchronized (lent) {
            file.installed();
            file.base().retain();
            FolderFile old = lent.put(name, file);
            if (old != null) {
                old.base().release();
            }
        }
    }

    void opened(FolderFile file) {
        synchronized (lent) {
            file.opened();
        }
    }

    /** A file that was created under a lent name takes the host file's place once it is synchronised. */
    void synchronised(FolderFile file) throws IOException {
        changing.lock();
        try {
            WireName name;
            synchronized (lent) {
                name = file.pending();
            }
            if (name != null) {
                install(name, file);
            }
        } finally {
            changing.unlock();
        }
    }

    /** And when the last that has it open closes it. */
    void closed(FolderFile file) throws IOException {
        boolean last;
        synchronized (lent) {
            last = file.closed() && file.pending() != null;
        }
        if (last) {
            synchronised(file);
        }
    }

    /** Its connection ended: what was written so far is no file that somebody finished. */
    void abandoned(FolderFile file) {
        synchronized (lent) {
            boolean _ = file.closed();
        }
    }

    /** How a guest's open of a lent or staged file becomes a handle. */
    Handle open(FolderFile file, int flags) throws Refusal, IOException {
        if (!lease.isWritable()) {
            // The one descriptor that was lent, open for reading only: nobody can make more of it.
            file.base().retain();
            return file.base();
        }
        return lease.handles().open(() -> FileNode.reopen(file.base().descriptor(), flags));
    }
}
