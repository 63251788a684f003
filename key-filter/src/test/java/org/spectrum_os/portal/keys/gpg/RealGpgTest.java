// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.gpg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real gpg with public keys only, and a real gpg-agent with the secret ones, each in a home of its own. */
@Timeout(180)
class RealGpgTest {
    private static final byte[] MESSAGE = "A line.\nAnother line.\n".getBytes(StandardCharsets.UTF_8);

    private static GnupgHome host;
    private static GnupgHome guest;

    private Relay relay;

    @BeforeAll
    static void generate() throws Exception {
        host = new GnupgHome();
        host.generate("rsa2048@example.org", "rsa2048", "rsa2048", "");
        host.generate("rsa4096@example.org", "rsa4096", "rsa4096", "");
        host.generate("ed25519@example.org", "ed25519", "cv25519", "");
        host.generate("nistp256@example.org", "nistp256", "nistp256", "");
        host.generate("protected@example.org", "ed25519", "cv25519", "open sesame");
        host.generate("forbidden@example.org", "ed25519", "cv25519", "");
        try (var elgamal = RealGpgTest.class.getResourceAsStream("elgamal-4096-for-tests-only.asc")) {
            host.gpg(elgamal.readAllBytes(), "--import").ok();
        }
        guest = new GnupgHome();
        Files.writeString(guest.folder.resolve("gpg.conf"), "no-autostart\n", StandardOpenOption.APPEND);
        guest.gpg(host.gpg("--export").ok().out(), "--import").ok();
        host.killAgent();
    }

    @AfterAll
    static void end() throws Exception {
        guest.close();
        host.close();
    }

    @BeforeEach
    void serve() throws Exception {
        List<Keygrip> permitted = new ArrayList<>();
        for (String user : List.of("rsa2048", "rsa4096", "ed25519", "nistp256", "protected", "elgamal")) {
            permitted.addAll(host.keygrips(user + "@example.org"));
        }
        relay = new Relay(guest, host, permitted);
    }

    @AfterEach
    void stop() throws Exception {
        relay.close();
        host.pinentry("exit 1");
        host.killAgent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsa2048", "rsa4096", "ed25519", "nistp256", "elgamal"})
    void signsInEachWay(String user) throws Exception {
        for (String way : List.of("--sign", "--clearsign")) {
            byte[] signed = guest.gpg(MESSAGE, "-u", user, way).ok().out();
            var verified = host.gpg(signed, "--decrypt").ok();
            assertTrue(verified.err().contains("Good signature"), verified.err());
            assertEquals(new String(MESSAGE, StandardCharsets.UTF_8), verified.text());
        }
        Path message = Files.write(host.folder.resolve("message"), MESSAGE);
        Path signature = host.folder.resolve("signature");
        Files.write(
                signature, guest.gpg(MESSAGE, "-u", user, "--detach-sign").ok().out());
        var verified =
                host.gpg("--verify", signature.toString(), message.toString()).ok();
        assertTrue(verified.err().contains("Good signature"), verified.err());
        assertEquals(3, relay.asked.size(), relay.asked.toString());
        assertTrue(relay.log.isEmpty(), relay.log.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsa2048", "rsa4096", "ed25519", "nistp256", "elgamal"})
    void decrypts(String user) throws Exception {
        byte[] encrypted =
                host.gpg(MESSAGE, "--encrypt", "-r", user + "@example.org").ok().out();
        assertEquals(
                new String(MESSAGE, StandardCharsets.UTF_8),
                guest.gpg(encrypted, "--decrypt").ok().text());
        assertEquals(1, relay.asked.size(), relay.asked.toString());
        assertTrue(relay.log.isEmpty(), relay.log.toString());
    }

    @Test
    void listsAsSecretWhatIsPermittedAndNothingElse() throws Exception {
        String secret = guest.gpg("--list-secret-keys", "--with-colons").ok().text();
        assertTrue(secret.contains("rsa4096@example.org"), secret);
        assertFalse(secret.contains("forbidden@example.org"), secret);
        assertTrue(relay.asked.isEmpty());
    }

    @Test
    void aKeyThatIsNotPermittedIsAKeyThatDoesNotExist() throws Exception {
        var forbidden = guest.gpg(MESSAGE, "-u", "forbidden", "--sign");
        assertEquals(2, forbidden.exit());
        assertTrue(forbidden.err().contains("No secret key"), forbidden.err());
        byte[] encrypted = host.gpg(MESSAGE, "--encrypt", "-r", "forbidden@example.org")
                .ok()
                .out();
        var undecrypted = guest.gpg(encrypted, "--decrypt");
        assertEquals(2, undecrypted.exit());
        assertTrue(undecrypted.err().contains("No secret key"), undecrypted.err());
        assertTrue(relay.asked.isEmpty(), relay.asked.toString());
    }

    @Test
    void aDenialIsACleanFailure() throws Exception {
        relay.refusal = AgentFailure.Kind.DENIED;
        var signed = guest.gpg(MESSAGE, "-u", "ed25519", "--clearsign");
        assertEquals(2, signed.exit());
        assertTrue(signed.err().contains("cancelled"), signed.err());
        byte[] encrypted =
                host.gpg(MESSAGE, "--encrypt", "-r", "rsa2048@example.org").ok().out();
        var decrypted = guest.gpg(encrypted, "--decrypt");
        assertEquals(2, decrypted.exit());
        assertTrue(decrypted.err().contains("cancelled"), decrypted.err());
        assertEquals(0, decrypted.out().length);
        assertEquals(2, relay.asked.size(), relay.asked.toString());
    }

    @Test
    void aPassphraseIsAskedByTheHost() throws Exception {
        host.pinentry("echo 'D open sesame'; echo OK", "echo OK");
        byte[] signed = guest.gpg(MESSAGE, "-u", "protected", "--sign").ok().out();
        assertTrue(host.gpg(signed, "--decrypt").ok().err().contains("Good signature"));
        assertTrue(host.shown().contains("The VM “work” wants 100%25 of a signature"), host.shown());
    }

    @Test
    void aPassphraseThatIsWrongOrNotGivenIsACleanFailure() throws Exception {
        host.pinentry("echo 'D wrong'; echo OK", "echo OK");
        var wrong = guest.gpg(MESSAGE, "-u", "protected", "--sign");
        assertEquals(2, wrong.exit());
        assertTrue(wrong.err().contains("Bad passphrase"), wrong.err());
        host.killAgent();
        host.pinentry("echo 'ERR 83886179 cancelled'", "echo OK");
        var cancelled = guest.gpg(MESSAGE, "-u", "protected", "--sign");
        assertEquals(2, cancelled.exit());
        assertTrue(cancelled.err().contains("cancelled"), cancelled.err());
        host.killAgent();
        host.pinentry("exit 1");
        var none = guest.gpg(MESSAGE, "-u", "protected", "--sign");
        assertEquals(2, none.exit());
        assertTrue(none.err().contains("General error"), none.err());
        assertTrue(relay.log.getLast().contains("pinentry-program"), relay.log.toString());
    }

    @Test
    void anAgentKilledBetweenTwoIsNotNoticed() throws Exception {
        guest.gpg(MESSAGE, "-u", "rsa2048", "--sign").ok();
        host.killAgent();
        guest.gpg(MESSAGE, "-u", "rsa2048", "--sign").ok();
    }

    @Test
    void anAgentKilledDuringOneIsACleanFailure() throws Exception {
        // The pinentry is asked for a passphrase, and ends the agent.
        host.pinentry("kill -9 $PPID; exit 1", "echo OK");
        var killed = guest.gpg(MESSAGE, "-u", "protected", "--sign");
        assertEquals(2, killed.exit());
        assertTrue(killed.err().contains("General error"), killed.err());
        assertTrue(relay.log.getLast().contains("the host's gpg-agent"), relay.log.toString());
        host.pinentry("echo 'D open sesame'; echo OK", "echo OK");
        guest.gpg(MESSAGE, "-u", "protected", "--sign").ok();
    }

    @Test
    void aGuestThatIsGoneDuringThePromptIsNoticed() throws Exception {
        relay.undecided = true;
        Process gpg = guest.start(
                MESSAGE, guest.folder.resolve("out"), guest.folder.resolve("err"), "gpg", "-u", "rsa2048", "--sign");
        assertTrue(relay.asking.await(60, TimeUnit.SECONDS));
        assertNotEquals(0, relay.gone.getCount());
        gpg.destroyForcibly();
        assertTrue(relay.gone.await(60, TimeUnit.SECONDS));
    }

    @Test
    void severalAtOnceAreServed() throws Exception {
        int many = 8;
        List<Process> running = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            running.add(guest.start(
                    MESSAGE,
                    guest.folder.resolve("signed" + i),
                    guest.folder.resolve("err" + i),
                    "gpg",
                    "-u",
                    i % 2 == 0 ? "rsa2048" : "ed25519",
                    "--sign"));
        }
        for (int i = 0; i < many; i++) {
            assertTrue(running.get(i).waitFor(100, TimeUnit.SECONDS));
            assertEquals(0, running.get(i).exitValue(), Files.readString(guest.folder.resolve("err" + i)));
            byte[] signed = Files.readAllBytes(guest.folder.resolve("signed" + i));
            assertTrue(host.gpg(signed, "--decrypt").ok().err().contains("Good signature"));
        }
        assertEquals(many, relay.asked.size());
    }

    @Test
    void gpgConnectAgentIsAnswered() throws Exception {
        Keygrip key = host.keygrips("rsa2048@example.org").getFirst();
        var session = guest.run(
                """
                GETINFO version
                getinfo s2k_count
                OPTION xauthority=/nowhere
                OPTION pinentry-mode=loopback
                HAVEKEY %1$s
                KEYINFO %1$s
                READKEY %1$s
                SCD SERIALNO openpgp
                """.formatted(key).getBytes(StandardCharsets.US_ASCII), "gpg-connect-agent", "--no-autostart");
        String text = new String(session.out(), StandardCharsets.ISO_8859_1);
        assertTrue(text.contains("D 2.5."), text);
        assertTrue(text.contains("ERR 67108924 Not supported"), text);
        assertTrue(text.contains("S KEYINFO " + key + " D"), text);
        assertTrue(text.contains("D (10:public-key(3:rsa"), text);
        assertTrue(text.contains("ERR 67108983 No SmartCard daemon"), text);
        assertEquals(2, text.lines().filter(line -> line.startsWith("ERR")).count(), text);
    }

    @Test
    void whatChangesOrTakesKeysEndsTheConnection() throws Exception {
        var exported = guest.gpg("--export-secret-keys", "rsa2048");
        assertNotEquals(0, exported.exit());
        assertEquals(0, exported.out().length);
        var deleted = guest.gpg("--yes", "--delete-secret-keys", host.fingerprint("rsa2048@example.org"));
        assertNotEquals(0, deleted.exit());
        var generated = guest.gpg("--passphrase", "", "--quick-gen-key", "new@example.org", "ed25519", "sign");
        assertNotEquals(0, generated.exit());
        assertTrue(relay.log.stream().anyMatch(line -> line.contains("EXPORT_KEY") || line.contains("KEYWRAP_KEY")));
        assertTrue(relay.log.stream().anyMatch(line -> line.contains("DELETE_KEY")), relay.log.toString());
        assertTrue(relay.log.stream().anyMatch(line -> line.contains("GENKEY")), relay.log.toString());
        guest.gpg(MESSAGE, "-u", "rsa2048", "--sign").ok();
    }
}
