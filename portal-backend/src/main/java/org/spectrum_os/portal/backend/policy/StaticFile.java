// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import java.nio.file.Path;
import org.spectrum_os.portal.backend.lease.Access;

/**
 * A file or directory that the policy itself gives to an instance, as long as it says so.
 *
 * @param path absolute and normal, not the root; symbolic links in it are followed once, when it is lent
 */
public record StaticFile(Path path, Access access) {
    public StaticFile {
        if (!path.isAbsolute() || path.getFileName() == null || !path.equals(path.normalize())) {
            throw new IllegalArgumentException("not the absolute path of a file: " + path);
        }
    }
}
