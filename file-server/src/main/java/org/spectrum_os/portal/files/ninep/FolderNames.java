// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the names in a lease's folder stand for: as they were lent, and as the guest has them now. Each name, of either kind, holds its
 * file. Thread-safe.
 */
final class FolderNames {
    /** The host's files by the names they were lent under. */
    private final Map<WireName, FolderFile> lent = new LinkedHashMap<>();

    private final Map<WireName, FolderFile> names = new LinkedHashMap<>();
    private final Map<WireName, Node.Host> directories = new LinkedHashMap<>();
    /** Counts changes; a qid version, so never 0. */
    private int generation = 1;

    synchronized void addFile(WireName name, FolderFile file) {
        file.base().retain();
        lent.put(name, file);
        names.put(name, file);
    }

    synchronized void addDirectory(WireName name, Node.Host directory) {
        directories.put(name, directory);
    }

    synchronized boolean hasFiles() {
        return !lent.isEmpty();
    }

    synchronized int directoryCount() {
        return directories.size();
    }

    synchronized int lentCount() {
        return lent.size() + directories.size();
    }

    synchronized int generation() {
        return generation;
    }

    synchronized List<WireName> list() {
        var all = new ArrayList<>(names.keySet());
        all.addAll(directories.keySet());
        return all;
    }

    /** Something that was lent, to ask its file system through; held by the caller, as another may take its place meanwhile. */
    synchronized Handle anything() {
        Handle handle = lent.isEmpty()
                ? directories.values().iterator().next().handle()
                : lent.values().iterator().next().base();
        handle.retain();
        return handle;
    }

    /** Whether it is the host's file under a lent name, and not a backup of one. */
    synchronized boolean isLentNow(FolderFile file) {
        return lent.containsValue(file);
    }

    /** What stands under a name, held by the caller. */
    synchronized Node find(WireName name, LeaseFolder folder) throws Refusal {
        Node.Host directory = directories.get(name);
        Node found = directory == null ? new Node.InFolder(folder, file(name)) : directory;
        found.retain();
        return found;
    }

    private FolderFile file(WireName name) throws Refusal {
        FolderFile file = names.get(name);
        if (file == null) {
            throw new Refusal(Errno.ENOENT);
        }
        return file;
    }

    /** The file under a name that may be moved or removed. */
    synchronized FolderFile movable(WireName name) throws Refusal {
        if (directories.containsKey(name)) {
            throw new Refusal(Errno.EPERM);
        }
        return file(name);
    }

    /** The name a file has now. */
    synchronized WireName nameOf(FolderFile file) throws Refusal {
        for (Map.Entry<WireName, FolderFile> name : names.entrySet()) {
            if (name.getValue() == file) {
                return name.getKey();
            }
        }
        throw new Refusal(Errno.ENOENT);
    }

    synchronized void requireFree(WireName name) throws Refusal {
        if (names.containsKey(name) || directories.containsKey(name)) {
            throw new Refusal(Errno.EEXIST);
        }
        requireRoomFor(name);
    }

    /**
     * Whether a file that gets this name is to take the place of one of the host's.
     *
     * @throws Refusal if it cannot get it
     */
    synchronized boolean replaces(FolderFile file, WireName name) throws Refusal {
        if (directories.containsKey(name)) {
            throw new Refusal(Errno.EISDIR);
        }
        FolderFile hosts = lent.get(name);
        boolean replaces = hosts != null && hosts != file;
        if (replaces && file.isLent()) {
            // One lent file in the place of another, or what the host has no name for any more: the guest copies.
            throw new Refusal(Errno.EXDEV);
        }
        requireRoomFor(name);
        return replaces;
    }

    private void requireRoomFor(WireName name) throws Refusal {
        if (!lent.containsKey(name) && !names.containsKey(name)) {
            long staged = names.keySet().stream()
                    .filter(other -> !lent.containsKey(other))
                    .count();
            if (staged >= LeaseFolder.STAGED) {
                throw new Refusal(Errno.EMFILE);
            }
        }
    }

    /** A file that was just made; under a lent name it is to replace the host's. */
    synchronized void created(WireName name, FolderFile file) {
        file.pending(lent.containsKey(name) ? name : null);
        file.opened();
        file.base().retain();
        bind(name, file);
    }

    synchronized void move(WireName from, WireName to) {
        FolderFile moved = unbind(from);
        if (moved != null) {
            bind(to, moved);
        }
    }

    synchronized void remove(WireName name) {
        FolderFile gone = unbind(name);
        if (gone != null) {
            gone.base().release();
        }
    }

    /** The file is the host's under this name from now on. */
    synchronized void installed(WireName name, FolderFile file) {
        file.installed();
        file.base().retain();
        FolderFile old = lent.put(name, file);
        if (old != null) {
            old.base().release();
        }
    }

    /** The caller's hold on the file becomes the name's. */
    private void bind(WireName name, FolderFile file) {
        FolderFile old = names.put(name, file);
        changed();
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
            changed();
        }
        return file;
    }

    private void changed() {
        generation = generation == -1 ? 1 : generation + 1;
    }

    synchronized void opened(FolderFile file) {
        file.opened();
    }

    /** True if it was the last that had it open, and it is still to be installed. */
    synchronized boolean closed(FolderFile file) {
        return file.closed() && file.pending() != null;
    }

    synchronized @Nullable WireName pending(FolderFile file) {
        return file.pending();
    }
}
