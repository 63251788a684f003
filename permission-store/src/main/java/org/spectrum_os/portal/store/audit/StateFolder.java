// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.audit;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Folders whose entries survive a loss of power. */
final class StateFolder {
    private StateFolder() {}

    /** Makes a folder for the user alone, and what is missing above it, and has the disk hold its name. */
    static void make(Path folder) throws IOException {
        Path absolute = folder.toAbsolutePath();
        Path parent = absolute.getParent();
        if (parent == null) {
            return;
        }
        if (!Files.isDirectory(absolute)) {
            if (!Files.isDirectory(parent)) {
                make(parent);
            }
            Files.createDirectories(
                    absolute, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        // Also if it was there: whoever made it may have died before this.
        force(parent);
    }

    /** What was made, renamed or removed in the folder is on the disk when this returns. */
    static void force(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
