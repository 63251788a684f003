// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.spectrum_os.portal.backend.lease.HostFile;
import org.spectrum_os.portal.backend.lease.ResourceGoneException;
import org.spectrum_os.portal.consent.contract.FromWindow.PickedFile;
import org.spectrum_os.portal.protocol.FileNames;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.ErrnoException;
import org.spectrum_os.portal.transport.FileNode;

/** A chosen file, open, and proved to be the one that was chosen. Owns the descriptor. */
public record OpenedFile(HostFile file, Descriptor descriptor) implements AutoCloseable {
    private static final Set<Integer> GONE = Set.of(
            ErrnoException.ENOENT,
            ErrnoException.ENOTDIR,
            ErrnoException.ELOOP,
            ErrnoException.EACCES,
            ErrnoException.ENXIO);

    /**
     * Opens what the user picked.
     *
     * @throws IOException if a symbolic link stands in the path by now, or another file, or it is no regular file
     */
    public static OpenedFile of(PickedFile picked) throws IOException {
        return of(new HostFile(Path.of(picked.path()), picked.device(), picked.inode()));
    }

    /**
     * Opens a file that has been seen before.
     *
     * @throws IOException if a symbolic link stands in the path by now, or another file, or it is no regular file
     */
    public static OpenedFile of(HostFile seen) throws IOException {
        Path path = seen.path();
        if (!path.equals(path.normalize())
                || path.getFileName() == null
                || !FileNames.isComponent(path.getFileName().toString())) {
            throw new IOException(path + " is not the plain path of a file");
        }
        Descriptor descriptor = FileNode.openForReading(path);
        try {
            FileNode.Status status = FileNode.status(descriptor);
            if (!status.isRegularFile()) {
                throw new IOException(path + " is not a regular file");
            }
            if (status.device() != seen.device() || status.inode() != seen.inode()) {
                throw new IOException(path + " is another file now than when it was picked");
            }
            return new OpenedFile(seen, descriptor);
        } catch (IOException | RuntimeException e) {
            descriptor.close();
            throw e;
        }
    }

    /**
     * Opens a file that was lent before.
     *
     * @throws ResourceGoneException if its path does not lead to it any more: nothing is there, a symbolic link stands in the path, or
     *     another file, or it may not be read
     * @throws IOException           if it cannot be opened just now, which says nothing about it
     */
    public static OpenedFile again(HostFile seen) throws IOException {
        try {
            return of(seen);
        } catch (ErrnoException e) {
            throw GONE.contains(e.errno()) ? new ResourceGoneException(String.valueOf(e.getMessage()), e) : e;
        } catch (IOException e) {
            throw new ResourceGoneException(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
