// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import java.util.Optional;
import java.util.Set;
import org.spectrum_os.portal.backend.lease.KeyUse;

/**
 * What an instance may ask for with one key that it does not have.
 *
 * @param key             which key, with all its subkeys
 * @param place           where the secret is
 * @param uses            what the user is asked for; everything else is refused, and nobody is bothered
 * @param contentRequired whether a signature is made only of content that the host sees
 * @param again           what the dialog offers besides, for the user to tick: the same without being asked
 */
public record KeyRule(
        KeyName key, KeyPlace place, Set<KeyUse> uses, boolean contentRequired, Optional<AgainRule> again) {
    public KeyRule {
        uses = Set.copyOf(uses);
    }

    /** Whether the user is asked for this use. */
    public boolean asks(KeyUse use) {
        return uses.contains(use);
    }
}
