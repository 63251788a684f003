// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import java.util.Optional;
import org.spectrum_os.portal.store.InstanceFolders;

/** What may name an instance. The name is also that of its folder among what is kept. */
final class InstanceName {
    private InstanceName() {}

    /** Why {@code name} cannot be one, and what to do; empty if it can. */
    static Optional<String> objection(String name) {
        if (name.equals(InstanceFolders.HOST)) {
            return Optional.of("it is the host's own, in the audit log and in the state folder; use another, such as"
                    + " \"host-vm\"");
        }
        return InstanceFolders.isName(name)
                ? Optional.empty()
                : Optional.of(
                        "use letters, digits, dots, hyphens and underscores, at most 48, a letter or digit first");
    }
}
