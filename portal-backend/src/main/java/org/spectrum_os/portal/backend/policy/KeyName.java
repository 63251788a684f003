// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import java.util.regex.Pattern;

/** Which key. Both forms name one key and no other. */
public sealed interface KeyName {
    /** As people know it. */
    String fingerprint();

    /**
     * An OpenPGP key with all its subkeys.
     *
     * @param fingerprint of its primary key, 40 or 64 upper-case hexadecimal digits
     */
    record Gpg(String fingerprint) implements KeyName {
        private static final Pattern FORM = Pattern.compile("[0-9A-F]{40}([0-9A-F]{24})?");

        public Gpg {
            if (!FORM.matcher(fingerprint).matches()) {
                throw new IllegalArgumentException("not the fingerprint of an OpenPGP key");
            }
        }
    }

    /**
     * A key of an ssh-agent.
     *
     * @param fingerprint {@code SHA256:} and 43 characters of base64, as {@code ssh-add -l} prints it
     */
    record Ssh(String fingerprint) implements KeyName {
        private static final Pattern FORM = Pattern.compile("SHA256:[A-Za-z0-9+/]{43}");

        public Ssh {
            if (!FORM.matcher(fingerprint).matches()) {
                throw new IllegalArgumentException("not the fingerprint of an SSH key");
            }
        }
    }
}
