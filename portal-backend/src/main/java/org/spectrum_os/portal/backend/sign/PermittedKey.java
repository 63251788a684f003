// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign;

import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.spectrum_os.portal.backend.lease.KeyUse;
import org.spectrum_os.portal.backend.policy.KeyRule;
import org.spectrum_os.portal.backend.sign.gpg.OpenpgpKey;

/** What the parts of an OpenPGP key may be used for by a rule: what signs guests' requests, and what tells the user beforehand, ask here. */
public record PermittedKey(KeyRule rule, OpenpgpKey key) {
    /** The part that signs content which this host sees. What it makes is a signature of data, whatever else the key can do. */
    public Optional<OpenpgpKey.Part> forContent() {
        return rule.asks(KeyUse.SIGN) ? key.signingPart() : Optional.empty();
    }

    /**
     * What the signature of a hash would be that nobody here has seen the content of; empty if it is not allowed. Such a hash may be of
     * anything that the part can sign, so all of that must be allowed, and it counts as the gravest of it: what was agreed to for signatures
     * does not stand for certificates. Where content must be seen, nobody can tell that a hash is not of content.
     */
    public Optional<KeyUse> forHash(OpenpgpKey.Part part) {
        SortedSet<KeyUse> able = able(part);
        return part.usable()
                        && !rule.contentRequired()
                        && !able.isEmpty()
                        && beyond(part).isEmpty()
                ? Optional.of(able.last())
                : Optional.empty();
    }

    /** What a hash signed by this part may be of, and the rule does not ask for. */
    public Set<KeyUse> beyond(OpenpgpKey.Part part) {
        Set<KeyUse> beyond = able(part);
        beyond.removeIf(rule::asks);
        return beyond;
    }

    private static SortedSet<KeyUse> able(OpenpgpKey.Part part) {
        var able = new TreeSet<KeyUse>();
        if (part.can('s')) {
            able.add(KeyUse.SIGN);
        }
        if (part.can('a')) {
            able.add(KeyUse.AUTHENTICATE);
        }
        if (part.can('c')) {
            able.add(KeyUse.CERTIFY);
        }
        return able;
    }

    /** Whether it may decrypt with this part. */
    public boolean forDecrypting(OpenpgpKey.Part part) {
        return part.usable() && part.can('e') && rule.asks(KeyUse.DECRYPT);
    }
}
