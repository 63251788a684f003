// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.spectrum_os.portal.tests.guest.CommandResult;
import org.spectrum_os.portal.tests.guest.GuestVm;

/** Two guests: one holds a key in its own gpg-agent, the other has signatures by it, and the user is asked on the host. */
@Tag("guest")
class VaultTest {
    private static final String USE = "\"sign\": \"ask\", \"decrypt\": \"ask\", \"certify\": \"ask\"";

    private static String describe(Stage stage, KeysInGuest mail, KeysInGuest vault, CommandResult result) {
        try {
            return "status " + result.status() + "\n" + result.output() + result.errors() + "the agent says:\n"
                    + mail.log() + "the vault says:\n" + vault.log() + "the backend says:\n"
                    + stage.backend().log();
        } catch (Exception e) {
            return result + " " + e;
        }
    }

    @Test
    void oneGuestSignsWithTheKeyOfAnother() throws Exception {
        try (var stage = new Stage();
                var booting = Background.start(
                        "the vault",
                        () -> stage.startAnother(
                                KeyPolicy.VAULT,
                                5,
                                AgentDisk.Content.AGENT,
                                line -> System.err.println("guest: " + line)))) {
            GuestVm mailVm = stage.startGuest(line -> System.err.println("guest: " + line), AgentDisk.Content.AGENT);
            try (GuestVm vaultVm = booting.await()) {
                var vault = new KeysInGuest(vaultVm);
                vault.install();
                String fingerprint = vault.asApp("""
                        set -e
                        gpg --batch --passphrase '' --quick-generate-key 'Vera Vault <vera@example.org>' ed25519 cert,sign never 2>/dev/null
                        f=$(gpg --batch --with-colons -K | awk -F: '$1 == "fpr" { print $10; exit }')
                        gpg --batch --passphrase '' --quick-add-key $f cv25519 encr never
                        echo $f
                        """).orThrow().text();
                Path asked = stage.session().resolve("home/asked.jsonl");
                stage.startBackend(
                        new KeyPolicy(stage).vaultKey(fingerprint, USE).write(),
                        stage.scriptedWindow("agree", "--log", asked.toString()));
                vault.startVault();
                var mail = new KeysInGuest(mailVm);
                mail.install();
                mail.start();
                signAndDecrypt(stage, mail, vault, fingerprint);
                for (String line : Files.readAllLines(asked)) {
                    JsonNode question = new JsonMapper().readTree(line).path("question");
                    if (question.path("about").asText().equals("key")) {
                        assertEquals(
                                KeyPolicy.VAULT,
                                question.get("key").get("vault").asText());
                        assertTrue(question.get("key").get("name").toString().contains("Vera Vault"), line);
                    }
                }
                vault.endVault();
                for (String command :
                        List.of("spectrum-gpg --clearsign -o - note.txt", "gpg --batch --clearsign -o - note.txt")) {
                    CommandResult failed = mail.asApp(command);
                    assertEquals(2, failed.status(), () -> describe(stage, mail, vault, failed));
                    assertFalse(failed.output().contains("BEGIN PGP SIGNATURE"), failed.output());
                    assertTrue(failed.errors().contains("failed: "), failed.errors());
                }
            }
        }
    }

    private static void signAndDecrypt(Stage stage, KeysInGuest mail, KeysInGuest vault, String fingerprint)
            throws Exception {
        // The vault's Java takes a while to listen.
        CommandResult synced = mail.asApp("""
                for i in $(seq 60); do
                    spectrum-agent gpg sync
                    gpg --batch --list-keys %s >/dev/null 2>&1 && exit 0
                    sleep 0.5
                done
                exit 1""".formatted(fingerprint));
        assertEquals(0, synced.status(), () -> describe(stage, mail, vault, synced));
        for (String command : List.of(
                "echo note >note.txt; spectrum-gpg --clearsign -o seen.asc note.txt && gpg --batch --verify seen.asc",
                "gpg --batch --clearsign -o unseen.asc note.txt && gpg --batch --verify unseen.asc",
                "gpg --batch -r %s -e -o secret.gpg note.txt && gpg --batch -d secret.gpg".formatted(fingerprint))) {
            CommandResult done = mail.asApp(command);
            assertEquals(0, done.status(), () -> command + "\n" + describe(stage, mail, vault, done));
        }
        CommandResult there = vault.asApp("gpg --batch --with-colons -K");
        assertTrue(there.output().contains(fingerprint), there.output());
        assertEquals(
                "0",
                mail.asApp("find .gnupg -path '*private-keys*' -type f | wc -l")
                        .orThrow()
                        .text());
    }
}
