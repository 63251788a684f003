// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.gpg;

import java.util.regex.Pattern;

/**
 * How gpg-agent names a key: a hash of its public parameters.
 *
 * @param hex 40 upper-case hexadecimal digits
 */
public record Keygrip(String hex) {
    private static final Pattern FORM = Pattern.compile("[0-9A-F]{40}");

    public Keygrip {
        if (!FORM.matcher(hex).matches()) {
            throw new IllegalArgumentException("not a keygrip");
        }
    }

    @Override
    public String toString() {
        return hex;
    }
}
