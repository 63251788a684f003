// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store;

import java.util.regex.Pattern;

/** Instances' names become names of folders below the state folder; whatever could mean another folder is none. Pure. */
public final class InstanceFolders {
    /** The host's own folder. No instance has this name. */
    public static final String HOST = "host";

    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,47}");

    private InstanceFolders() {}

    /** Whether an instance may have this name: a letter or digit, then at most 47 letters, digits, {@code .}, {@code _} and {@code -} (ASCII); not {@link #HOST}. */
    public static boolean isName(String name) {
        return FORM.matcher(name).matches() && !name.equals(HOST);
    }
}
