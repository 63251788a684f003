// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.mount;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** {@code /proc/self/mountinfo}, as proc(5) describes it. */
final class MountTable {
    static final Path OWN = Path.of("/proc/self/mountinfo");

    private MountTable() {}

    /** The type of the file system mounted last on {@code mountPoint}, if any is. */
    static Optional<String> typeAt(Path table, String mountPoint) throws IOException {
        String type = null;
        for (String line : Files.readAllLines(table, StandardCharsets.UTF_8)) {
            String[] fields = line.split(" ", -1);
            for (int i = 5; i < fields.length - 1; i++) {
                // Optional fields end with a single hyphen; the type follows.
                if (fields[i].equals("-") && unescaped(fields[4]).equals(mountPoint)) {
                    type = fields[i + 1];
                    break;
                }
            }
        }
        return Optional.ofNullable(type);
    }

    /** Space, tab, newline and backslash are written as three octal digits. */
    private static String unescaped(String field) {
        return field.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }
}
