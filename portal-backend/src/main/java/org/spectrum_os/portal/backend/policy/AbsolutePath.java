// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** How a policy names a file of this host. */
final class AbsolutePath {
    private AbsolutePath() {}

    /** Normal, and not the root; empty if {@code value} is no such path. */
    static Optional<Path> of(LocatedJson value) {
        if (value instanceof LocatedJson.Text(var _, var text) && text.startsWith("/")) {
            try {
                return Optional.of(Path.of(text).normalize()).filter(path -> path.getFileName() != null);
            } catch (InvalidPathException _) {
                // It holds a NUL.
                return Optional.empty();
            }
        }
        return Optional.empty();
    }
}
