// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.lease;

import java.nio.file.Path;

/**
 * A file of the host as it was when it was lent.
 *
 * @param path   absolute, without symbolic links
 * @param device and {@code inode}: which file it was
 */
public record HostFile(Path path, long device, long inode) {
    /** The name under which the guest sees it. */
    public String fileName() {
        return path.getFileName().toString();
    }
}
