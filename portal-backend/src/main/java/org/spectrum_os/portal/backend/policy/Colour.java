// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import java.util.regex.Pattern;

/** A colour as {@code #rrggbb}. */
public record Colour(String hex) {
    private static final Pattern HEX = Pattern.compile("#[0-9a-fA-F]{6}");

    public Colour {
        if (!HEX.matcher(hex).matches()) {
            throw new IllegalArgumentException("not a colour: " + hex);
        }
    }

    @Override
    public String toString() {
        return hex;
    }
}
