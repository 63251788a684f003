// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.lent;

import org.spectrum_os.portal.protocol.FileNames;

/**
 * One of the things that a lease holds.
 *
 * @param name the name it has in the lease's folder: a file's own name
 */
public record Entry(String name, Kind kind) {
    /** A regular file, or a directory with everything beneath it. */
    public enum Kind {
        FILE,
        DIRECTORY
    }

    public Entry {
        FileNames.requireComponent(name);
    }
}
