// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.lease;

import java.util.Locale;

/** What can be done with a key. */
public enum KeyUse {
    /** Sign data. */
    SIGN,
    /** Decrypt. */
    DECRYPT,
    /** Log in somewhere. */
    AUTHENTICATE,
    /**
     * Certify keys: other people's, or parts of its own. Nobody asks for this by name; but a hash that is seen alone may be of anything, so a
     * key able to certify signs hashes only where this is allowed as well.
     */
    CERTIFY;

    /** As the policy calls it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
