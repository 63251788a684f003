// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.lease;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.spectrum_os.portal.store.lease.Resource;

/**
 * A file of the host as it was when it was lent.
 *
 * @param path   absolute, without symbolic links
 * @param device and {@code inode}: which file it was
 */
public record HostFile(Path path, long device, long inode) {
    /** The kind of such resources. */
    public static final String KIND = "file";

    private static final String DEVICE = "device";
    private static final String INODE = "inode";

    /** The name under which the guest sees it. */
    public String fileName() {
        return path.getFileName().toString();
    }

    /** As it is kept: its path, and as details device and inode, which are unsigned, in decimal. */
    public Resource toResource() {
        return new Resource(
                KIND,
                path.toString(),
                Map.of(DEVICE, Long.toUnsignedString(device), INODE, Long.toUnsignedString(inode)));
    }

    /** The opposite of {@link #toResource}; empty if it is no file, or lacks what says which. Files of the store can be edited. */
    public static Optional<HostFile> of(Resource resource) {
        String device = resource.details().get(DEVICE);
        String inode = resource.details().get(INODE);
        if (!resource.kind().equals(KIND) || device == null || inode == null) {
            return Optional.empty();
        }
        try {
            Path path = Path.of(resource.name());
            return path.isAbsolute() && path.getFileName() != null
                    ? Optional.of(new HostFile(path, Long.parseUnsignedLong(device), Long.parseUnsignedLong(inode)))
                    : Optional.empty();
        } catch (InvalidPathException | NumberFormatException _) {
            return Optional.empty();
        }
    }
}
