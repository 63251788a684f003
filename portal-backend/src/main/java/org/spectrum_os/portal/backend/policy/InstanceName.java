// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import java.util.Optional;
import java.util.regex.Pattern;

/** What may name an instance. The name is also that of its folder among what is kept. */
final class InstanceName {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,47}");
    private static final String OF_THE_HOST = "host";

    private InstanceName() {}

    /** Why {@code name} cannot be one, and what to do; empty if it can. */
    static Optional<String> objection(String name) {
        if (!FORM.matcher(name).matches()) {
            return Optional.of(
                    "use letters, digits, dots, hyphens and underscores, at most 48, a letter or digit first");
        }
        if (name.equals(OF_THE_HOST)) {
            return Optional.of("it is the host's own, in the audit log and in the state folder; use another, such as"
                    + " \"host-vm\"");
        }
        return Optional.empty();
    }
}
