// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.protocol;

import java.nio.charset.StandardCharsets;

/** What may stand as one component of a path across the border. */
public final class FileNames {
    private FileNames() {}

    /** Whether {@code name} is a single path component that Linux accepts and that stays where it is put. */
    public static boolean isComponent(String name) {
        return !name.isEmpty()
                && !name.equals(".")
                && !name.equals("..")
                && name.indexOf('/') < 0
                && name.indexOf('\0') < 0
                && name.getBytes(StandardCharsets.UTF_8).length <= Limits.NAME_BYTES;
    }

    /**
     * Returns {@code name} if it is a component.
     *
     * @throws IllegalArgumentException if not
     */
    public static String requireComponent(String name) {
        if (!isComponent(name)) {
            throw new IllegalArgumentException("not a file name: " + DisplayText.of(Untrusted.of(name), 80));
        }
        return name;
    }
}
