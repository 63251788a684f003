// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The host's keys in the tests are what they say, so that a test that cannot use one fails for another reason. */
class KeyRingTest {
    @ParameterizedTest
    @EnumSource(
            value = KeyRing.Kind.class,
            names = {"RSA4096"},
            mode = EnumSource.Mode.EXCLUDE)
    void eachKeySignsAndDecryptsOnTheHost(KeyRing.Kind kind) throws Exception {
        ProcessHandle agent;
        try (var stage = new Stage()) {
            KeyRing ring = stage.keyRing();
            KeyRing.Key key = ring.key(kind);
            byte[] text = "content".getBytes(StandardCharsets.UTF_8);
            var signed = ring.commands()
                    .run(text, "gpg", "--batch", "--status-fd", "2", "-u", key.fingerprint(), "--sign")
                    .orThrow("signing");
            assertTrue(signed.errors().contains("[GNUPG:] SIG_CREATED"), signed.errors());
            var verified = ring.commands().run(signed.output(), "gpg", "--batch", "--status-fd", "2", "--decrypt");
            assertEquals("content", verified.text());
            assertTrue(verified.errors().contains(key.signing().fingerprint()), verified.errors());
            assertEquals(kind == KeyRing.Kind.PASSPHRASE, ring.pinentry().contains("GETPIN"), ring.pinentry());
            if (kind != KeyRing.Kind.PASSPHRASE) {
                byte[] secret = ring.commands()
                        .run(text, "gpg", "--batch", "--trust-model", "always", "-r", key.fingerprint(), "--encrypt")
                        .orThrow("encrypting")
                        .output();
                var read = ring.commands().run(secret, "gpg", "--batch", "--status-fd", "2", "--decrypt");
                assertEquals("content", read.text(), read.errors());
            }
            agent = ring.agent();
            assertTrue(agent.isAlive());
        }
        var _ = agent.onExit().get(10, TimeUnit.SECONDS);
    }

    @Test
    void theSshAgentHasItsKeysAndEndsWithTheStage() throws Exception {
        try (var stage = new Stage()) {
            SshKeyRing ring = stage.sshKeyRing();
            String listed = ring.commands().must("ssh-add", "-l");
            for (var kind : SshKeyRing.Kind.values()) {
                assertTrue(listed.contains(ring.key(kind).fingerprint() + " " + kind.comment()), listed);
            }
            ring.endAgent();
            assertFalse(
                    ring.commands().run(new byte[0], "ssh-add", "-l").status() == 0,
                    "it answers although it has ended");
            ring.startAgain();
            assertEquals(listed, ring.commands().must("ssh-add", "-l"));
        }
    }
}
