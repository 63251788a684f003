// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign.gpg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KeyListingTest {
    private static final String PRIMARY = "A".repeat(40);
    private static final String SIGNING = "B".repeat(40);
    private static final String ENCRYPTING = "C".repeat(40);

    private static String key(String validity, String token) {
        return """
                sec:%s:255:22:AAAAAAAAAAAAAAAA:1700000000:::u:::scESC:::%s::ed25519:::0:
                fpr:::::::::%s:
                grp:::::::::1111111111111111111111111111111111111111:
                uid:u::::1700000000::0123::Ada Lovelace \\x3cada@example.org>::::::::::0:
                uid:r::::1700000000::0124::Revoked <old@example.org>::::::::::0:
                ssb:u:255:22:BBBBBBBBBBBBBBBB:1700000100::::::s:::+::ed25519::
                fpr:::::::::%s:
                grp:::::::::2222222222222222222222222222222222222222:
                ssb:u:255:18:CCCCCCCCCCCCCCCC:1700000000::::::e:::+::cv25519::
                fpr:::::::::%s:
                grp:::::::::3333333333333333333333333333333333333333:
                """.formatted(validity, token, PRIMARY, SIGNING, ENCRYPTING);
    }

    @Test
    void aKeyWithItsPartsAndNames() {
        List<OpenpgpKey> keys = KeyListing.parse("tru::1:1700000000:0:3:1:5\n" + key("u", "+"));
        assertEquals(1, keys.size());
        OpenpgpKey key = keys.getFirst();
        assertEquals(PRIMARY, key.fingerprint());
        assertEquals(List.of("Ada Lovelace <ada@example.org>"), key.userIds());
        assertEquals(
                List.of("sc", "s", "e"),
                key.parts().stream().map(OpenpgpKey.Part::capabilities).toList());
        assertTrue(key.parts().stream().allMatch(OpenpgpKey.Part::usable));
        assertEquals("3".repeat(40), key.parts().get(2).keygrip().hex());
        assertEquals(Optional.of(SIGNING), key.signingPart().map(OpenpgpKey.Part::fingerprint));
    }

    @Test
    void anExpiredOrRevokedKeyIsOfNoUseWithAllItsParts() {
        for (String bad : List.of("e", "r", "d", "i", "n")) {
            OpenpgpKey key = KeyListing.parse(key(bad, "+")).getFirst();
            assertTrue(key.parts().stream().noneMatch(OpenpgpKey.Part::usable), bad);
            assertEquals(Optional.empty(), key.signingPart());
        }
    }

    @Test
    void aPrimaryKeyWhoseSecretIsElsewhereSignsNothing() {
        OpenpgpKey key = KeyListing.parse(key("u", "#")).getFirst();
        assertFalse(key.parts().getFirst().usable());
        assertTrue(key.parts().get(1).usable());
    }

    @Test
    void severalKeysStayApart() {
        String other = key("u", "+").replace("A", "D").replace("B", "E").replace("Ada", "Eve");
        List<OpenpgpKey> keys = KeyListing.parse(key("u", "+") + other);
        assertEquals(2, keys.size());
        assertEquals("D".repeat(40), keys.get(1).fingerprint());
        assertEquals(3, keys.get(1).parts().size());
    }

    @Test
    void whatMakesNoSenseIsLeftOut() {
        assertEquals(List.of(), KeyListing.parse(""));
        assertEquals(List.of(), KeyListing.parse("sec\nfpr\ngrp:\nuid::\nssb:u\n"));
        assertEquals(
                List.of(),
                KeyListing.parse("sec:u:255:22:AAAA:x:::u:::sc:\nfpr:::::::::short:\ngrp:::::::::nogrip:\n"));
    }

    @Test
    void aKeyIsNamedAsGpgNamesIt() {
        OpenpgpKey key = KeyListing.parse(key("u", "+")).getFirst();
        for (String name : List.of(
                PRIMARY,
                SIGNING + "!",
                "0x" + PRIMARY.substring(24),
                PRIMARY.substring(32).toLowerCase(Locale.ROOT),
                "ada@example.org",
                "<ada@example.org>",
                "Lovelace")) {
            assertTrue(key.isMeantBy(name), name);
        }
        for (String name : List.of("eve@example.org", "DDDDDDDD", "old@example.org", PRIMARY + "0")) {
            assertFalse(key.isMeantBy(name), name);
        }
    }
}
