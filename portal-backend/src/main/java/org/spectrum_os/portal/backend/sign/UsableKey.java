// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign;

import org.spectrum_os.portal.backend.policy.KeyRule;
import org.spectrum_os.portal.backend.sign.gpg.KeyHome;
import org.spectrum_os.portal.backend.sign.gpg.OpenpgpKey;
import org.spectrum_os.portal.consent.contract.ClaimedText;
import org.spectrum_os.portal.consent.contract.KeyQuestion;
import org.spectrum_os.portal.protocol.Untrusted;

/** An OpenPGP key that an instance may ask for, by the rule that says so, and where it is. */
record UsableKey(KeyRule rule, KeyHome home, OpenpgpKey key) {

    PermittedKey permitted() {
        return new PermittedKey(rule, key);
    }

    /** What the user is told of it. */
    KeyQuestion.Key label(OpenpgpKey.Part part) {
        String name = key.userIds().isEmpty() ? "" : key.userIds().getFirst();
        return new KeyQuestion.Key(
                ClaimedText.of(Untrusted.of(name)),
                key.fingerprint(),
                part.fingerprint().equals(key.fingerprint()) ? null : part.fingerprint(),
                home.vault().orElse(null));
    }
}
