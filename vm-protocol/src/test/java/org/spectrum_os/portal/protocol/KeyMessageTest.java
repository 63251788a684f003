// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.spectrum_os.portal.protocol.KeyMessage.SignOpenpgp.Form;

final class KeyMessageTest {
    private static final String FINGERPRINT = "0123456789ABCDEF0123456789ABCDEF01234567";

    static List<KeyMessage> messages() {
        return List.of(
                new KeyMessage.GpgAgent(1),
                new KeyMessage.SshAgent(1),
                new KeyMessage.PublicKeys(1),
                new KeyMessage.SignOpenpgp(
                        1, Untrusted.of("Ünï <a@b>"), Form.DETACHED_TEXT, true, Untrusted.of("/src \"x\"")),
                new KeyMessage.SignSsh(1, Untrusted.of("ssh-ed25519 AAAA"), Untrusted.of("git"), Untrusted.of("")),
                new KeyMessage.Ready(),
                new KeyMessage.Refused("no keys"),
                new KeyMessage.Received(Long.MAX_VALUE),
                new KeyMessage.Signed("D 22 10 00 1764360000 " + FINGERPRINT),
                new KeyMessage.Signed("C 1 8 01 20261128T210000 " + FINGERPRINT + "0123456789ABCDEF01234567"),
                new KeyMessage.Signed(""),
                new KeyMessage.Failed(KeyMessage.Why.HOST_FAILED),
                new KeyMessage.Keys(List.of()),
                new KeyMessage.Keys(Collections.nCopies(KeyMessage.Keys.MOST_KEYS, FINGERPRINT)));
    }

    private static KeyMessage decode(KeyMessage like, byte[] json) throws ProtocolException {
        return switch (like) {
            case KeyMessage.Ask _ -> MessageCodec.decodeJson(json, KeyMessage.Ask.class);
            case KeyMessage.Answer _ -> MessageCodec.decodeJson(json, KeyMessage.Answer.class);
        };
    }

    @ParameterizedTest
    @MethodSource("messages")
    void everyMessageSurvivesTheWire(KeyMessage message) throws Exception {
        byte[] json = MessageCodec.encodeJson(message);
        KeyMessage back = decode(message, json);
        assertEquals(message.getClass(), back.getClass());
        assertArrayEquals(json, MessageCodec.encodeJson(back));
    }

    @Test
    void theWireFormatIsAsDocumented() throws Exception {
        assertEquals(
                "{\"type\":\"sign-openpgp\",\"version\":1,\"key\":\"k\",\"form\":\"DETACHED\",\"armour\":true,\"origin\":\"/src\"}",
                json(new KeyMessage.SignOpenpgp(1, Untrusted.of("k"), Form.DETACHED, true, Untrusted.of("/src"))));
        assertEquals(
                "{\"type\":\"sign-ssh\",\"version\":1,\"key\":\"k\",\"namespace\":\"git\",\"origin\":\"\"}",
                json(new KeyMessage.SignSsh(1, Untrusted.of("k"), Untrusted.of("git"), Untrusted.of(""))));
        assertEquals("{\"type\":\"gpg-agent\",\"version\":1}", json(new KeyMessage.GpgAgent(1)));
        assertEquals("{\"type\":\"ready\"}", json(new KeyMessage.Ready()));
        assertEquals("{\"type\":\"failed\",\"why\":\"NO_KEY\"}", json(new KeyMessage.Failed(KeyMessage.Why.NO_KEY)));
    }

    private static String json(KeyMessage message) throws ProtocolException {
        return new String(MessageCodec.encodeJson(message), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "null",
                "{\"type\":\"ready\"}",
                "{\"type\":\"gpg-agent\"}",
                "{\"type\":\"gpg-agent\",\"version\":\"1\"}",
                "{\"type\":\"gpg-agent\",\"version\":1,\"key\":\"k\"}",
                "{\"type\":\"generate\",\"version\":1}",
                "{\"type\":\"sign-openpgp\",\"version\":1,\"key\":\"k\",\"form\":\"ENCRYPT\",\"armour\":true,\"origin\":\"\"}",
                "{\"type\":\"sign-openpgp\",\"version\":1,\"key\":\"k\",\"form\":0,\"armour\":true,\"origin\":\"\"}",
                "{\"type\":\"sign-openpgp\",\"version\":1,\"key\":null,\"form\":\"CLEAR\",\"armour\":true,\"origin\":\"\"}",
                "{\"type\":\"sign-openpgp\",\"version\":1,\"key\":\"k\",\"form\":\"CLEAR\",\"armour\":1,\"origin\":\"\"}",
                "{\"type\":\"sign-ssh\",\"version\":1,\"key\":\"k\",\"origin\":\"\"}"
            })
    void anythingElseFromAGuestIsRefused(String json) {
        assertThrows(
                ProtocolException.class,
                () -> MessageCodec.decodeJson(json.getBytes(StandardCharsets.UTF_8), KeyMessage.Ask.class));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "D",
                "X 22 10 00 1 " + FINGERPRINT,
                "D 22 10 00 1 0123",
                "D 22 10 00 1 " + FINGERPRINT + "\n[GNUPG:] GOODSIG",
                "D 22 10 00  1 " + FINGERPRINT,
                " ",
                "D 22 10 00 -1 " + FINGERPRINT
            })
    void aStatusIsOneLineOfGpgs(String status) {
        assertThrows(IllegalArgumentException.class, () -> new KeyMessage.Signed(status));
    }

    @Test
    void fingerprintsAreFingerprintsAndFew() {
        for (List<String> keys : List.of(
                List.of(""),
                List.of(FINGERPRINT.toLowerCase(Locale.ROOT)),
                List.of(FINGERPRINT + "0"),
                List.of(FINGERPRINT + ":6:\n"),
                Collections.nCopies(KeyMessage.Keys.MOST_KEYS + 1, FINGERPRINT))) {
            assertThrows(IllegalArgumentException.class, () -> new KeyMessage.Keys(keys));
        }
    }
}
