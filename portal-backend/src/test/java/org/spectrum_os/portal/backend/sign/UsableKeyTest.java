// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.spectrum_os.portal.backend.lease.KeyUse;
import org.spectrum_os.portal.backend.policy.KeyName;
import org.spectrum_os.portal.backend.policy.KeyPlace;
import org.spectrum_os.portal.backend.policy.KeyRule;
import org.spectrum_os.portal.backend.sign.gpg.KeyHome;
import org.spectrum_os.portal.backend.sign.gpg.OpenpgpKey;
import org.spectrum_os.portal.keys.gpg.Keygrip;

/** What a hash of unknown content may be signed with. */
class UsableKeyTest {
    private static OpenpgpKey.Part part(String capabilities, boolean usable) {
        return new OpenpgpKey.Part("A".repeat(40), new Keygrip("1".repeat(40)), capabilities, usable, 0);
    }

    private static UsableKey key(boolean contentRequired, OpenpgpKey.Part part, KeyUse... asked) {
        var rule = new KeyRule(
                new KeyName.Gpg("A".repeat(40)),
                new KeyPlace.GnupgHome(Optional.empty()),
                Set.of(asked),
                contentRequired,
                Optional.empty());
        return new UsableKey(rule, mock(KeyHome.class), new OpenpgpKey(List.of("Ada"), List.of(part)));
    }

    private static Optional<KeyUse> forHash(String capabilities, KeyUse... asked) {
        OpenpgpKey.Part part = part(capabilities, true);
        return key(false, part, asked).forHash(part);
    }

    @Test
    void whatAKeyCanDoDecides() {
        assertEquals(Optional.of(KeyUse.SIGN), forHash("s", KeyUse.SIGN));
        assertEquals(Optional.empty(), forHash("sc", KeyUse.SIGN), "such a hash may certify");
        assertEquals(
                Optional.of(KeyUse.CERTIFY),
                forHash("sc", KeyUse.SIGN, KeyUse.CERTIFY),
                "what was agreed to for signatures must not stand for it");
        assertEquals(Optional.empty(), forHash("c", KeyUse.SIGN));
        assertEquals(Optional.of(KeyUse.CERTIFY), forHash("c", KeyUse.CERTIFY));
        assertEquals(Optional.empty(), forHash("sa", KeyUse.SIGN), "such a hash may log in");
        assertEquals(Optional.of(KeyUse.AUTHENTICATE), forHash("a", KeyUse.AUTHENTICATE));
        assertEquals(Optional.empty(), forHash("e", KeyUse.SIGN, KeyUse.DECRYPT, KeyUse.CERTIFY, KeyUse.AUTHENTICATE));
        assertEquals(Optional.empty(), forHash("s", KeyUse.DECRYPT));
    }

    @Test
    void aKeyThatIsForSeenContentSignsNoHash() {
        OpenpgpKey.Part part = part("s", true);
        UsableKey key = key(true, part, KeyUse.SIGN);
        assertEquals(Optional.empty(), key.forHash(part));
        assertEquals(Optional.of(part), key.forContent());
    }

    @Test
    void contentMakesADataSignatureWhateverElseTheKeyCanDo() {
        OpenpgpKey.Part part = part("sc", true);
        assertEquals(Optional.of(part), key(false, part, KeyUse.SIGN).forContent());
        assertEquals(Optional.empty(), key(false, part, KeyUse.CERTIFY).forContent());
        assertEquals(Optional.empty(), key(false, part("c", true), KeyUse.SIGN).forContent());
    }

    @Test
    void aRevokedPartDoesNothing() {
        OpenpgpKey.Part part = part("s", false);
        assertEquals(Optional.empty(), key(false, part, KeyUse.SIGN).forHash(part));
        assertEquals(Optional.empty(), key(false, part, KeyUse.SIGN).forContent());
        assertFalse(key(false, part("e", false), KeyUse.DECRYPT).forDecrypting(part("e", false)));
        assertTrue(key(false, part("e", true), KeyUse.DECRYPT).forDecrypting(part("e", true)));
        assertFalse(key(false, part("e", true), KeyUse.SIGN).forDecrypting(part("e", true)));
    }
}
