// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.file;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.function.Consumer;
import org.spectrum_os.portal.backend.lease.HostEntries;
import org.spectrum_os.portal.backend.lease.HostEntry;
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
 * Where the guest that holds one lease may save: the host folder of its files. New content is written to a file without a name, and takes
 * the place of a lent file in one step, so that the host sees the old file or the new one, whole, at any time. Thread-safe.
 */
final class SavePlace {
    /** Between what is written and what is renamed, a crash can be injected. */
    enum Step {
        PREPARED,
        NOTED,
        LINKED,
        EXCHANGED,
        REPLACED,
        SYNCED
    }

    /** Staged files that are remembered; a guest that has more at once loses the right to install the oldest. */
    private static final int MOST_STAGED = 4096;

    /** Of those that have names in the user's folder: as many as a guest can have names for, and as many again. */
    private static final int MOST_HIDDEN = 128;

    private static final System.Logger LOG = System.getLogger(SavePlace.class.getName());
    private static final int EOPNOTSUPP = 95;
    private static final int EINVAL = 22;

    private final String lease;
    private final Descriptor folder;
    private final Register register;
    private final Consumer<Step> steps;
    private final UnnamedFiles unnamedFiles;
    /** Without a name; oldest first. */
    private final LinkedHashSet<HostEntry.Node> unnamed = new LinkedHashSet<>();
    /** On a file system that knows no files without names. */
    private final LinkedHashMap<HostEntry.Node, String> hidden = new LinkedHashMap<>();

    private HostEntries what;
    private boolean ended;

    /** Where it is written down what a lease holds. */
    @FunctionalInterface
    interface Register {
        /** When this returns true it is on the disk; false if the lease has ended. */
        boolean holds(HostEntries what) throws IOException;
    }

    /** How files without a name are made in a folder. */
    @FunctionalInterface
    interface UnnamedFiles {
        Descriptor in(Descriptor folder) throws IOException;
    }

    /** The host's file is left as it is; the message says why. */
    static final class RefusedException extends IOException {
        private final int errno;

        RefusedException(int errno, String message) {
            super(message);
            this.errno = errno;
        }

        ErrnoException forGuest() {
            return new ErrnoException(String.valueOf(getMessage()), errno);
        }
    }

    /**
     * @param folder becomes this object's
     */
    SavePlace(
            String lease,
            HostEntries what,
            Descriptor folder,
            Register register,
            Consumer<Step> steps,
            UnnamedFiles unnamedFiles) {
        this.lease = lease;
        this.what = what;
        this.folder = folder;
        this.register = register;
        this.steps = steps;
        this.unnamedFiles = unnamedFiles;
    }

    /** An empty file in the folder's file system, for nobody but this user, open for reading and writing. */
    synchronized Descriptor stage() throws IOException {
        requireInForce();
        Descriptor file;
        String name = "";
        try {
            file = unnamedFiles.in(folder);
        } catch (ErrnoException e) {
            if (e.errno() != EOPNOTSUPP && e.errno() != EINVAL && e.errno() != ErrnoException.EISDIR) {
                throw e;
            }
            name = HiddenNames.forStaging(lease);
            file = FileNode.createFile(folder, name.getBytes(StandardCharsets.UTF_8), OpenFlags.READ_WRITE, 0600);
        }
        try {
            HostEntry.Node node = OpenedEntries.node(FileNode.status(file));
            if (name.isEmpty()) {
                // As the newest, also when an earlier file had its number.
                unnamed.addLast(node);
                if (unnamed.size() > MOST_STAGED) {
                    unnamed.removeFirst();
                }
            } else {
                hidden.put(node, name);
                if (hidden.size() > MOST_HIDDEN) {
                    var oldest = hidden.pollFirstEntry();
                    remove(oldest.getValue(), oldest.getKey());
                }
            }
            return file;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /**
     * Puts a staged file in the place of a lent one, with that one's mode and group. When this returns it is there after a power cut too.
     *
     * @throws RefusedException if it is none of this lease's, or the lent file is not there any more
     */
    void install(String name, Descriptor staged) throws IOException {
        synchronized (this) {
            requireStaged(staged);
            FileNode.Status old = requireLent(name);
            Replacement.prepare(staged, old, FileState.hasAcl(folder, name));
        }
        // Long, perhaps: not while others wait.
        FileContent.sync(staged);
        steps.accept(Step.PREPARED);
        synchronized (this) {
            requireStaged(staged);
            replace(name, staged, requireLent(name));
        }
    }

    private void requireInForce() throws RefusedException {
        if (ended) {
            throw new RefusedException(ErrnoException.ESTALE, "the lease has ended");
        }
    }

    private void requireStaged(Descriptor staged) throws IOException {
        requireInForce();
        FileNode.Status status = FileNode.status(staged);
        HostEntry.Node node = OpenedEntries.node(status);
        boolean ours = status.isRegularFile()
                && (unnamed.contains(node) ? status.links() == 0 : hidden.containsKey(node) && status.links() == 1);
        if (!ours) {
            throw new RefusedException(ErrnoException.EIO, "it is no file that was made for this lease");
        }
    }

    /** The host's file as it is, if it is the one that is lent. */
    private FileNode.Status requireLent(String name) throws IOException {
        HostEntry entry = what.entry(name)
                .filter(lent -> lent.kind() == HostEntry.Kind.FILE)
                .orElseThrow(() -> new RefusedException(ErrnoException.EACCES, "no file of that name is lent"));
        FileNode.Status found;
        try {
            found = FileNode.status(folder, name.getBytes(StandardCharsets.UTF_8));
        } catch (ErrnoException e) {
            if (e.errno() == ErrnoException.ENOENT) {
                throw new RefusedException(ErrnoException.ESTALE, "the host's file is gone");
            }
            throw e;
        }
        if (!OpenedEntries.node(found).equals(entry.node())) {
            throw notTheLentFile();
        }
        return found;
    }

    private static RefusedException notTheLentFile() {
        return new RefusedException(ErrnoException.ESTALE, "the host has put another file in its place");
    }

    private void replace(String name, Descriptor staged, FileNode.Status lent) throws IOException {
        FileNode.Status fresh = FileNode.status(staged);
        HostEntry.Node node = OpenedEntries.node(fresh);
        HostEntries before = what;
        // First it is written down what is about to stand there: whenever a crash comes, what is found is known.
        note(before.with(name, entry -> new HostEntry(name, entry.kind(), entry.node(), node)));
        steps.accept(Step.NOTED);
        String as = HiddenNames.forReplacing(lease, lent, fresh);
        try {
            place(staged, node, as);
            steps.accept(Step.LINKED);
            var outcome = Replacement.replace(folder, as, name, lent, () -> steps.accept(Step.EXCHANGED));
            if (outcome != Replacement.Outcome.REPLACED) {
                throw notTheLentFile();
            }
        } catch (IOException e) {
            if (!hidden.containsKey(node)) {
                remove(as, node);
            }
            noteAgain(before);
            throw e;
        }
        unnamed.remove(node);
        hidden.remove(node);
        what = before.with(name, entry -> new HostEntry(name, entry.kind(), node));
        remove(as, OpenedEntries.node(lent));
        steps.accept(Step.REPLACED);
        syncFolder();
        steps.accept(Step.SYNCED);
        noteAgain(what);
    }

    /** Gives a staged file the name by which it can be put in another's place. */
    private void place(Descriptor staged, HostEntry.Node node, String as) throws IOException {
        String from = hidden.get(node);
        if (from == null) {
            FolderNode.link(staged, folder, as);
            return;
        }
        if (!OpenedEntries.node(FileNode.status(folder, from.getBytes(StandardCharsets.UTF_8)))
                .equals(node)) {
            throw new RefusedException(ErrnoException.ESTALE, "the staged file was taken away");
        }
        FolderNode.rename(folder, from, folder, as);
        hidden.put(node, as);
    }

    private void note(HostEntries now) throws IOException {
        if (!register.holds(now)) {
            ended = true;
            requireInForce();
        }
    }

    /** The register knows both files already, so this can wait for the next one. */
    private void noteAgain(HostEntries now) {
        try {
            var _ = register.holds(now);
        } catch (IOException e) {
            LOG.log(WARNING, "what lease {0} holds is not written down in full: {1}", lease, e.getMessage());
        }
    }

    /** A reference cannot be synced; a folder that may not be read cannot be opened otherwise. */
    private void syncFolder() throws IOException {
        try (Descriptor open = FileNode.reopen(folder, OpenFlags.READ | OpenFlags.DIRECTORY)) {
            FileContent.sync(open);
        } catch (ErrnoException e) {
            if (e.errno() != ErrnoException.EACCES) {
                throw e;
            }
            LOG.log(WARNING, "a folder of lease {0} may not be read, so a power cut may undo a save", lease);
        }
    }

    /** What cannot be removed now is swept away later. */
    private void remove(String name, HostEntry.Node node) {
        try {
            Replacement.remove(folder, name, node.device(), node.inode());
        } catch (IOException e) {
            LOG.log(WARNING, "{0} stays behind in {1}: {2}", name, what.folder(), e.getMessage());
        }
    }

    /** From now on nothing is saved; what is being saved has been when this returns. */
    synchronized void end() {
        if (!ended || !folder.isClosed()) {
            ended = true;
            hidden.forEach((node, name) -> remove(name, node));
            hidden.clear();
            folder.close();
        }
    }
}
