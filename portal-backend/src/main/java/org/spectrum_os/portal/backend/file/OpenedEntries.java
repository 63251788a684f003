// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.file;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.lease.Access;
import org.spectrum_os.portal.backend.lease.HostEntries;
import org.spectrum_os.portal.backend.lease.HostEntry;
import org.spectrum_os.portal.backend.lease.ResourceGoneException;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.ErrnoException;
import org.spectrum_os.portal.transport.FileNode;
import org.spectrum_os.portal.transport.FolderNode;

/**
 * What one lease holds, open, and proved to be what was chosen. Owns its descriptors. Not thread-safe.
 *
 * <p>Each entry is opened by its path, in which no symbolic link may stand, and compared by device and inode. Where the guest may replace
 * files, their folder is open too, as a mere reference, and proved to be where they are.
 */
public final class OpenedEntries implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(OpenedEntries.class.getName());
    /** That a path leads elsewhere, or nowhere; other failures say nothing about the file. */
    private static final Set<Integer> GONE = Set.of(
            ErrnoException.ENOENT,
            ErrnoException.ENXIO,
            ErrnoException.EACCES,
            ErrnoException.EISDIR,
            ErrnoException.ENOTDIR,
            ErrnoException.ELOOP);

    private final HostEntries what;
    private final List<Descriptor> descriptors;
    private final @Nullable Descriptor folder;
    /** The file was made for this. */
    private final boolean made;

    private OpenedEntries(HostEntries what, List<Descriptor> descriptors, @Nullable Descriptor folder, boolean made) {
        this.what = what;
        this.descriptors = List.copyOf(descriptors);
        this.folder = folder;
        this.made = made;
    }

    /**
     * Opens what the user picked.
     *
     * @throws IOException if a symbolic link stands in a path by now, or another file, or it is neither file nor directory
     */
    public static OpenedEntries of(HostEntries seen, Access access) throws IOException {
        return open(seen, access, false);
    }

    /**
     * Opens what was lent before. A companion that is gone is left out; of a file that was just being replaced, either is right.
     *
     * @throws ResourceGoneException if the path of the main entry does not lead to it any more: nothing is there, a symbolic link stands
     *     in the path, or another file, or it may not be opened
     * @throws IOException           if it cannot be opened just now, which says nothing about it
     */
    public static OpenedEntries again(HostEntries seen, Access access) throws IOException {
        return open(seen, access, true);
    }

    /**
     * Opens what is at a path now.
     *
     * @throws IOException if nothing is, or a symbolic link stands in the path, or it is neither file nor directory
     */
    static OpenedEntries at(Path path, Access access) throws IOException {
        HostEntries found;
        try (Descriptor folder = FileNode.openFolder(path)) {
            found = HostEntries.of(path, HostEntry.Kind.DIRECTORY, node(FileNode.status(folder)));
        } catch (ErrnoException e) {
            if (e.errno() != ErrnoException.ENOTDIR) {
                throw e;
            }
            try (Descriptor file = FileNode.openForReading(path)) {
                found = HostEntries.of(path, HostEntry.Kind.FILE, node(FileNode.status(file)));
            }
        }
        return of(found, access);
    }

    /**
     * Makes a file, empty, and opens it for writing.
     *
     * @param node which folder it was
     * @throws IOException if the folder is another by now, or the name is taken
     */
    static OpenedEntries create(Path folder, HostEntry.Node node, String name) throws IOException {
        Descriptor parent = folder(folder, node);
        try {
            Descriptor file = FileNode.createFile(parent, name);
            try {
                var entry = new HostEntry(name, HostEntry.Kind.FILE, node(FileNode.status(file)));
                return new OpenedEntries(new HostEntries(folder, List.of(entry)), List.of(file), parent, true);
            } catch (IOException | RuntimeException e) {
                file.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            parent.close();
            throw e;
        }
    }

    /** Whether a file could be made; none is. */
    static void checkFree(Path folder, HostEntry.Node node, String name) throws IOException {
        try (Descriptor parent = folder(folder, node)) {
            FileNode.Status taken = FileNode.status(parent, name.getBytes(StandardCharsets.UTF_8));
            throw new IOException("the name " + folder.resolve(name) + " is taken by now, by inode " + taken.inode());
        } catch (ErrnoException e) {
            if (e.errno() != ErrnoException.ENOENT) {
                throw e;
            }
        }
    }

    private static Descriptor folder(Path path, HostEntry.Node node) throws IOException {
        Descriptor folder = FileNode.openFolder(path);
        try {
            if (!node(FileNode.status(folder)).equals(node)) {
                throw new IOException(path + " is another folder now than when it was picked");
            }
            return folder;
        } catch (IOException | RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    private static OpenedEntries open(HostEntries seen, Access access, boolean before) throws IOException {
        var descriptors = new ArrayList<Descriptor>();
        var entries = new ArrayList<HostEntry>();
        Descriptor folder = null;
        try {
            for (HostEntry entry : seen.entries()) {
                try {
                    Opened opened = one(seen.folder().resolve(entry.name()), entry, access);
                    descriptors.add(opened.descriptor());
                    entries.add(opened.entry());
                } catch (IOException e) {
                    IOException failure =
                            before && isGone(e) ? new ResourceGoneException(String.valueOf(e.getMessage()), e) : e;
                    if (!(failure instanceof ResourceGoneException) || entries.isEmpty()) {
                        throw failure;
                    }
                    LOG.log(
                            WARNING,
                            "what was lent along with {0} is gone, and left out: {1}",
                            seen.path(),
                            e.getMessage());
                }
            }
            var what = new HostEntries(seen.folder(), entries);
            if (access == Access.WRITE && what.hasFiles()) {
                folder = FileNode.openFolder(what.folder());
                requireIn(folder, what);
            }
            return new OpenedEntries(what, descriptors, folder, false);
        } catch (IOException | RuntimeException e) {
            descriptors.forEach(Descriptor::close);
            if (folder != null) {
                folder.close();
            }
            throw e;
        }
    }

    private record Opened(HostEntry entry, Descriptor descriptor) {}

    private static final class OtherFileException extends IOException {
        OtherFileException(String message) {
            super(message);
        }
    }

    private static boolean isGone(IOException e) {
        return e instanceof OtherFileException || (e instanceof ErrnoException failed && GONE.contains(failed.errno()));
    }

    private static Opened one(Path path, HostEntry seen, Access access) throws IOException {
        Descriptor descriptor = switch (seen.kind()) {
            case DIRECTORY -> FileNode.openFolder(path);
            case FILE ->
                switch (access) {
                    case READ -> FileNode.openForReading(path);
                    case WRITE -> FileNode.openForWriting(path);
                };
        };
        try {
            FileNode.Status status = FileNode.status(descriptor);
            if (seen.kind() == HostEntry.Kind.FILE && !status.isRegularFile()) {
                throw new OtherFileException(path + " is not a regular file");
            }
            HostEntry.Node found = node(status);
            if (!seen.isOrBecomes(found)) {
                throw new OtherFileException(path + " is another "
                        + (seen.kind() == HostEntry.Kind.FILE ? "file" : "folder") + " now than when it was picked");
            }
            return new Opened(new HostEntry(seen.name(), seen.kind(), found), descriptor);
        } catch (IOException | RuntimeException e) {
            descriptor.close();
            throw e;
        }
    }

    /** The folder may have been moved away between the two openings. */
    private static void requireIn(Descriptor folder, HostEntries what) throws IOException {
        for (HostEntry entry : what.entries()) {
            if (entry.kind() == HostEntry.Kind.FILE
                    && !node(FileNode.status(folder, entry.name().getBytes(StandardCharsets.UTF_8)))
                            .equals(entry.node())) {
                throw new OtherFileException(what.folder().resolve(entry.name()) + " is in another folder by now");
            }
        }
    }

    static HostEntry.Node node(FileNode.Status status) {
        return new HostEntry.Node(status.device(), status.inode());
    }

    /** What is open. */
    public HostEntries what() {
        return what;
    }

    /** One for each entry, in their order: files open for reading, or for both, directories as references. */
    public List<Descriptor> descriptors() {
        return descriptors;
    }

    /** The folder in which the guest may replace files; null if it may not. */
    @Nullable
    Descriptor folder() {
        return folder;
    }

    /** Removes the file that was made for this, unless something was written to it, or another has its name. */
    void undo() {
        if (!made || folder == null) {
            return;
        }
        String name = what.main().name();
        try {
            FileNode.Status now = FileNode.status(folder, name.getBytes(StandardCharsets.UTF_8));
            if (now.size() == 0 && node(now).equals(what.main().node())) {
                FolderNode.unlink(folder, name);
            }
        } catch (IOException e) {
            LOG.log(WARNING, "the empty file {0} may have stayed behind: {1}", what.path(), e.getMessage());
        }
    }

    @Override
    public void close() {
        descriptors.forEach(Descriptor::close);
        if (folder != null) {
            folder.close();
        }
    }
}
