// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.spectrum_os.portal.backend.lease.KeyUse;
import org.spectrum_os.portal.backend.policy.KeyRule;
import org.spectrum_os.portal.backend.sign.gpg.KeyHome;
import org.spectrum_os.portal.backend.sign.gpg.OpenpgpKey;
import org.spectrum_os.portal.consent.contract.ClaimedText;
import org.spectrum_os.portal.consent.contract.KeyQuestion;
import org.spectrum_os.portal.protocol.DisplayText;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.protocol.Untrusted;

/** An OpenPGP key that an instance may ask for, by the rule that says so, and where it is. */
record UsableKey(KeyRule rule, KeyHome home, OpenpgpKey key) {

    /** The part that signs content which this host sees. What it makes is a signature of data, whatever else the key can do. */
    Optional<OpenpgpKey.Part> forContent() {
        return rule.asks(KeyUse.SIGN) ? key.signingPart() : Optional.empty();
    }

    /**
     * What the signature of a hash would be that nobody here has seen the content of; empty if it is not allowed. Such a hash may be of
     * anything that the part can sign, so all of that must be allowed; and if the part can certify, it counts as that, which is never allowed
     * beforehand.
     */
    Optional<KeyUse> forHash(OpenpgpKey.Part part) {
        Set<KeyUse> able = new TreeSet<>();
        if (part.can('s')) {
            able.add(KeyUse.SIGN);
        }
        if (part.can('a')) {
            able.add(KeyUse.AUTHENTICATE);
        }
        if (part.can('c')) {
            able.add(KeyUse.CERTIFY);
        }
        if (!part.usable() || rule.contentRequired() || !able.stream().allMatch(rule::asks)) {
            return Optional.empty();
        }
        return able.contains(KeyUse.CERTIFY)
                ? Optional.of(KeyUse.CERTIFY)
                : able.stream().findFirst();
    }

    /** Whether it may decrypt with this part. */
    boolean forDecrypting(OpenpgpKey.Part part) {
        return part.usable() && part.can('e') && rule.asks(KeyUse.DECRYPT);
    }

    /** What the user is told of it. */
    KeyQuestion.Key label(OpenpgpKey.Part part) {
        String name = key.userIds().isEmpty() ? "" : key.userIds().getFirst();
        return new KeyQuestion.Key(
                ClaimedText.of(DisplayText.of(Untrusted.of(name), Limits.TEXT_CODE_POINTS)),
                key.fingerprint(),
                part.fingerprint().equals(key.fingerprint()) ? null : part.fingerprint(),
                home.vault().orElse(null));
    }
}
