// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.lease;

import java.util.regex.Pattern;

/** Owners become names of folders; whatever could mean another folder is none. */
final class OwnerNames {
    /** As the policy names instances. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,47}");

    /** The folder of the host itself, whose store belongs to another program. */
    private static final String HOST = "host";

    private OwnerNames() {}

    static String require(String owner) {
        if (!NAME.matcher(owner).matches() || owner.equals(HOST)) {
            throw new IllegalArgumentException("'" + owner + "' is no instance's name");
        }
        return owner;
    }
}
