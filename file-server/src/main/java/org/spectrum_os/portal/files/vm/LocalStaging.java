// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.vm;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.spectrum_os.portal.files.ninep.Staging;
import org.spectrum_os.portal.files.saving.HiddenNames;
import org.spectrum_os.portal.files.saving.Replacement;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.ErrnoException;
import org.spectrum_os.portal.transport.FileContent;
import org.spectrum_os.portal.transport.FileNode;
import org.spectrum_os.portal.transport.FileState;
import org.spectrum_os.portal.transport.FolderNode;
import org.spectrum_os.portal.transport.OpenFlags;

/**
 * Saves in the VM's own folders what guests save into single lent files, by the rules that the backend has on the host: new content is in
 * a file without a name until one rename puts it in the old one's place, with that one's mode and group. A lease has one file here.
 * Thread-safe.
 */
final class LocalStaging implements Staging {
    /** Staged files that are remembered; a guest that has more at once loses the right to install the oldest. */
    private static final int MOST_STAGED = 4096;

    private static final System.Logger LOG = System.getLogger(LocalStaging.class.getName());

    private final Map<String, Place> places = new ConcurrentHashMap<>();

    /** A file as nothing else that exists at the same time. */
    private record Node(long device, long inode) {
        static Node of(FileNode.Status status) {
            return new Node(status.device(), status.inode());
        }
    }

    /**
     * Before the guest has the lease.
     *
     * @param folder where the file is; belongs to this from now on, unless it is refused
     * @param file   the lent file
     * @return false if there is a lease of that name
     */
    boolean open(String lease, Descriptor folder, String name, Descriptor file) throws IOException {
        HiddenNames.sweep(folder, places::containsKey);
        return places.putIfAbsent(lease, new Place(lease, folder, name, Node.of(FileNode.status(file)))) == null;
    }

    /** Nothing is saved there from now on; what is being saved has been when this returns. */
    void end(String lease) {
        Place place = places.remove(lease);
        if (place != null) {
            place.end();
        }
    }

    void endAll() {
        places.keySet().forEach(this::end);
    }

    private Place place(String lease) throws ErrnoException {
        Place place = places.get(lease);
        if (place == null) {
            throw new ErrnoException("save in lease " + lease, ErrnoException.ESTALE);
        }
        return place;
    }

    @Override
    public Descriptor stage(String lease) throws IOException {
        return place(lease).stage();
    }

    @Override
    public void install(String lease, String name, Descriptor staged) throws IOException {
        place(lease).install(name, staged);
    }

    private static final class Place {
        private final String lease;
        private final Descriptor folder;
        private final String name;
        /** Oldest first. */
        private final LinkedHashSet<Node> unnamed = new LinkedHashSet<>();

        private Node lent;
        private boolean ended;

        Place(String lease, Descriptor folder, String name, Node lent) {
            this.lease = lease;
            this.folder = folder;
            this.name = name;
            this.lent = lent;
        }

        private byte[] nameBytes() {
            return name.getBytes(StandardCharsets.UTF_8);
        }

        private void requireInForce() throws ErrnoException {
            if (ended) {
                throw new ErrnoException("save in lease " + lease, ErrnoException.ESTALE);
            }
        }

        synchronized Descriptor stage() throws IOException {
            requireInForce();
            Descriptor file = FileNode.unnamedFile(folder);
            try {
                unnamed.add(Node.of(FileNode.status(file)));
                if (unnamed.size() > MOST_STAGED) {
                    unnamed.removeFirst();
                }
                return file;
            } catch (IOException | RuntimeException e) {
                file.close();
                throw e;
            }
        }

        void install(String as, Descriptor staged) throws IOException {
            synchronized (this) {
                var _ = requireStaged(staged);
                Replacement.prepare(staged, requireLent(as), FileState.hasAcl(folder, name));
            }
            // Long, perhaps: not while others wait.
            FileContent.sync(staged);
            synchronized (this) {
                Node node = requireStaged(staged);
                replace(staged, requireLent(as));
                unnamed.remove(node);
                lent = node;
                syncFolder();
            }
        }

        private Node requireStaged(Descriptor staged) throws IOException {
            requireInForce();
            FileNode.Status status = FileNode.status(staged);
            Node node = Node.of(status);
            if (!status.isRegularFile() || status.links() != 0 || !unnamed.contains(node)) {
                throw new ErrnoException("save a file that was not staged for lease " + lease, ErrnoException.EIO);
            }
            return node;
        }

        /** The file in the folder, if it is the one that is lent. */
        private FileNode.Status requireLent(String as) throws IOException {
            if (!as.equals(name)) {
                throw new ErrnoException("save what is not in lease " + lease, ErrnoException.EACCES);
            }
            FileNode.Status found;
            try {
                found = FileNode.status(folder, nameBytes());
            } catch (ErrnoException e) {
                throw e.errno() == ErrnoException.ENOENT
                        ? new ErrnoException("the lent file is gone", ErrnoException.ESTALE)
                        : e;
            }
            if (!Node.of(found).equals(lent)) {
                throw notTheLentFile();
            }
            return found;
        }

        private static ErrnoException notTheLentFile() {
            return new ErrnoException("another file stands in the lent one's place", ErrnoException.ESTALE);
        }

        private void replace(Descriptor staged, FileNode.Status old) throws IOException {
            FileNode.Status fresh = FileNode.status(staged);
            String hidden = HiddenNames.forReplacing(lease, old, fresh);
            FolderNode.link(staged, folder, hidden);
            FileNode.Status left = fresh;
            try {
                if (Replacement.replace(folder, hidden, name, old, () -> {}) != Replacement.Outcome.REPLACED) {
                    throw notTheLentFile();
                }
                left = old;
            } finally {
                removeQuietly(hidden, left);
            }
        }

        /** What cannot be removed now is swept away later. */
        private void removeQuietly(String hidden, FileNode.Status file) {
            try {
                Replacement.remove(folder, hidden, file.device(), file.inode());
            } catch (IOException e) {
                LOG.log(WARNING, "{0} stays behind: {1}", hidden, e.getMessage());
            }
        }

        private void syncFolder() throws IOException {
            try (Descriptor open = FileNode.reopen(folder, OpenFlags.READ | OpenFlags.DIRECTORY)) {
                FileContent.sync(open);
            }
        }

        synchronized void end() {
            ended = true;
            folder.close();
        }
    }
}
