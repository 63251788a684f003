// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.file;

import java.io.IOException;
import java.nio.file.Path;
import org.spectrum_os.portal.backend.lease.HostFile;
import org.spectrum_os.portal.consent.contract.FromWindow.PickedFile;
import org.spectrum_os.portal.protocol.FileNames;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.FileNode;

/** A chosen file, open, and proved to be the one that was chosen. Owns the descriptor. */
public record OpenedFile(HostFile file, Descriptor descriptor) implements AutoCloseable {

    /**
     * Opens what the user picked.
     *
     * @throws IOException if a symbolic link stands in the path by now, or another file, or it is no regular file
     */
    public static OpenedFile of(PickedFile picked) throws IOException {
        Path path = Path.of(picked.path());
        if (!path.equals(path.normalize())
                || path.getFileName() == null
                || !FileNames.isComponent(path.getFileName().toString())) {
            throw new IOException("the window named " + path + ", which is not the plain path of a file");
        }
        Descriptor descriptor = FileNode.openForReading(path);
        try {
            FileNode.Status status = FileNode.status(descriptor);
            if (!status.isRegularFile()) {
                throw new IOException(path + " is not a regular file");
            }
            if (status.device() != picked.device() || status.inode() != picked.inode()) {
                throw new IOException(path + " is another file now than when it was picked");
            }
            return new OpenedFile(new HostFile(path, status.device(), status.inode()), descriptor);
        } catch (IOException | RuntimeException e) {
            descriptor.close();
            throw e;
        }
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
