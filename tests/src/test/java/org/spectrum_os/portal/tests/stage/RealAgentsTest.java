// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.spectrum_os.portal.protocol.KeyMessage;

/** The real backend as the gpg-agent and the ssh-agent of real, unmodified programs; what they cannot have is refused, whatever they say. */
@Tag("window")
class RealAgentsTest extends KeysOnStage {
    private static final String ALL = "\"sign\": \"ask\", \"decrypt\": \"ask\", \"certify\": \"ask\"";
    private static final byte[] NOTHING = new byte[0];
    private static final String UNKNOWN_GRIP = "0123456789ABCDEF0123456789ABCDEF01234567";

    RealAgentsTest() throws Exception {}

    private HostCommands gnupg() throws Exception {
        return guest.gnupg(stage.folder().resolve("gnupg2"), toClose);
    }

    private AssuanTalk talk() throws Exception {
        var talk = AssuanTalk.over(guest.open(new KeyMessage.GpgAgent(KeyMessage.VERSION)));
        toClose.add(talk);
        return talk;
    }

    private static final List<KeyRing.Kind> KINDS = List.of(
            KeyRing.Kind.ED25519,
            KeyRing.Kind.RSA2048,
            KeyRing.Kind.RSA4096,
            KeyRing.Kind.NISTP256,
            KeyRing.Kind.ELGAMAL);

    @Test
    void plainGpgSignsAndDecryptsWithKeysThatItDoesNotHave() throws Exception {
        for (var kind : KINDS) {
            policy.key(ring.rule(kind, ALL));
        }
        start("agree");
        HostCommands gpg = gnupg();
        for (var kind : KINDS) {
            signsAndDecrypts(gpg, ring.key(kind));
        }
        List<String> operations = questions().stream()
                .map(question -> question.get("operation").asText())
                .toList();
        assertEquals(List.of("SIGN", "SIGN", "DECRYPT"), operations.subList(0, 3));
        assertEquals(3 * KINDS.size(), operations.size());
        JsonNode question = questions().getFirst();
        assertEquals("unseen-hash", question.get("subject").get("kind").asText());
        assertEquals(
                ring.key(KINDS.getFirst()).fingerprint(),
                question.get("key").get("fingerprint").asText());
    }

    private void signsAndDecrypts(HostCommands gpg, KeyRing.Key key) throws Exception {
        var signed = gpg.run(bytes("content"), "gpg", "-u", key.fingerprint(), "--sign");
        assertEquals(0, signed.status(), signed.errors() + stage.backend().log());
        var verified = ring.commands().run(signed.output(), "gpg", "--batch", "--status-fd", "2", "--decrypt");
        assertEquals("content", verified.text());
        assertContains(verified.errors(), "[GNUPG:] VALIDSIG " + key.signing().fingerprint());
        var clear = gpg.run(bytes("content"), "gpg", "-u", key.fingerprint(), "--clearsign");
        assertEquals(0, clear.status(), clear.errors());
        assertEquals(
                0,
                ring.commands()
                        .run(clear.output(), "gpg", "--batch", "--verify")
                        .status());
        byte[] secret = gpg.run(bytes("secret"), "gpg", "-r", key.fingerprint(), "--encrypt")
                .orThrow("encrypting")
                .output();
        var decrypted = gpg.run(secret, "gpg", "--decrypt");
        assertEquals(
                "secret", decrypted.text(), decrypted.errors() + stage.backend().log());
    }

    @Test
    void denyingFailsCleanly() throws Exception {
        policy.key(ring.rule(KeyRing.Kind.ED25519, ALL));
        start("deny");
        HostCommands gpg = gnupg();
        var signed = gpg.run(bytes("content"), "gpg", "--status-fd", "2", "--detach-sign");
        assertEquals(2, signed.status());
        assertEquals(0, signed.output().length);
        assertContains(signed.errors(), "signing failed: Operation cancelled");
        byte[] secret = gpg.run(
                        bytes("secret"),
                        "gpg",
                        "-r",
                        ring.key(KeyRing.Kind.ED25519).fingerprint(),
                        "--encrypt")
                .orThrow("encrypting")
                .output();
        var decrypted = gpg.run(secret, "gpg", "--decrypt");
        assertEquals(2, decrypted.status());
        assertEquals("", decrypted.text());
    }

    @Test
    void contentRequiredOrAbleToCertifyIsRefusedWhereOnlyAHashIsSeen() throws Exception {
        policy.key(ring.rule(KeyRing.Kind.ED25519, SIGN + ", \"content\": \"required\""))
                .key(ring.rule(KeyRing.Kind.NISTP256, SIGN));
        start("agree");
        HostCommands gpg = gnupg();
        for (var kind : List.of(KeyRing.Kind.ED25519, KeyRing.Kind.NISTP256)) {
            var signed = gpg.run(bytes("content"), "gpg", "-u", ring.key(kind).fingerprint(), "--detach-sign");
            assertEquals(2, signed.status(), kind.toString());
            assertEquals(0, signed.output().length);
            // The same by what the programs say to the agent.
            assertContains(pksign(talk(), ring.key(kind).signing().keygrip()), "ERR ");
        }
        assertEquals(List.of(), questions());
        // Where the content is seen both may sign.
        signed(ring.key(KeyRing.Kind.ED25519), "content");
        signed(ring.key(KeyRing.Kind.NISTP256), "content");
    }

    /** Has a hash signed, as gpg does; returns the last line of the answer. */
    private static String pksign(AssuanTalk talk, String keygrip) throws Exception {
        assertEquals("OK", talk.ask("SIGKEY " + keygrip).getLast());
        assertEquals("OK", talk.ask("SETHASH --hash=sha256 " + "0A".repeat(32)).getLast());
        return talk.ask("PKSIGN").getLast();
    }

    @Test
    void onlyPermittedKeysAreThere() throws Exception {
        policy.key(ring.rule(KeyRing.Kind.ED25519, SIGN));
        start("agree");
        KeyRing.Key key = ring.key(KeyRing.Kind.ED25519);
        KeyRing.Key hidden = ring.key(KeyRing.Kind.UNPERMITTED);
        var talk = talk();
        assertEquals(
                List.of("OK"),
                talk.ask("HAVEKEY " + key.signing().keygrip()).stream()
                        .map(line -> line.substring(0, 2))
                        .toList());
        // The subkey that decrypts is not to be had either: the rule does not say so.
        for (String grip : List.of(hidden.signing().keygrip(), key.decrypting().keygrip())) {
            for (String command : List.of("HAVEKEY ", "KEYINFO ", "READKEY ")) {
                var refusal = talk.ask(command + grip);
                assertContains(refusal.getLast(), "ERR ");
                assertEquals(talk.ask(command + UNKNOWN_GRIP), refusal);
            }
            String refusal = pksign(talk, grip);
            assertContains(refusal, "ERR ");
            assertEquals(pksign(talk, UNKNOWN_GRIP), refusal);
        }
        assertEquals(List.of(), questions());
        String listed = String.join("\n", talk.ask("KEYINFO --list"));
        assertContains(listed, key.signing().keygrip());
        assertFalse(listed.contains(hidden.signing().keygrip()), listed);
        assertEquals(
                1, listed.lines().filter(line -> line.startsWith("S KEYINFO")).count(), listed);
    }

    @Test
    void whatIsNotOnTheListEndsTheConnection() throws Exception {
        policy.key(ring.rule(KeyRing.Kind.ED25519, ALL));
        start("agree");
        KeyRing.Key key = ring.key(KeyRing.Kind.ED25519);
        String listed = ring.commands().must("gpg", "--batch", "--with-colons", "--list-secret-keys");
        for (String command : FORBIDDEN) {
            try (var talk = AssuanTalk.over(guest.open(new KeyMessage.GpgAgent(KeyMessage.VERSION)))) {
                talk.say(command.formatted(key.signing().keygrip()));
                assertTrue(talk.ends(), () -> "it goes on after " + command);
            }
        }
        assertEquals(List.of(), questions());
        assertEquals(listed, ring.commands().must("gpg", "--batch", "--with-colons", "--list-secret-keys"));
        signed(key, "the keys are still there");
    }

    private static final List<String> FORBIDDEN = List.of(
            "EXPORT_KEY %s",
            "IMPORT_KEY",
            "KEYWRAP_KEY --export",
            "GENKEY",
            "DELETE_KEY --force %s",
            "PASSWD %s",
            "PRESET_PASSPHRASE %s -1 00",
            "GET_PASSPHRASE x x x x",
            "CLEAR_PASSPHRASE x",
            "GET_CONFIRMATION x",
            "KEYTOCARD --force %s D276 OPENPGP.1",
            "LEARN",
            "SCD PKSIGN x",
            "KILLAGENT",
            "RELOADAGENT",
            "PUTVAL x y",
            "MARKTRUSTED x S y",
            "LISTTRUSTED",
            "SIGKEYX %s",
            "SIGKEY %s x",
            "\u00ff\u00fe",
            "D data where none was asked for");

    @Test
    void gpgThatIsKilledTakesItsQuestionWithIt() throws Exception {
        policy.key(ring.rule(KeyRing.Kind.ED25519, ALL));
        start("ignore");
        Process gpg = gnupg().builder("gpg", "--output", "-", "--sign", "/etc/hostname")
                .start();
        awaitTold("show", 1);
        gpg.destroyForcibly();
        awaitTold("close", 1);
    }

    @Test
    void theHostsAgentsMayEndBetweenAndDuring() throws Exception {
        policy.key(ring.rule(KeyRing.Kind.ED25519, ALL));
        SshKeyRing ssh = stage.sshKeyRing();
        policy.key(ssh.rule(SshKeyRing.Kind.ED25519, ALL_SSH));
        start("agree");
        HostCommands gpg = gnupg();
        assertEquals(0, gpg.run(bytes("before"), "gpg", "--sign").status());
        ring.endAgent();
        var between = gpg.run(bytes("between"), "gpg", "--sign");
        assertEquals(0, between.status(), between.errors() + stage.backend().log());
        hold();
        Process during = gpg.builder("gpg", "--output", "-", "--sign", "/etc/hostname")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        awaitTold("show", 3);
        ring.endAgent();
        release();
        assertTrue(during.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        // Whether it could be signed after all or not, the next can.
        assertEquals(0, gpg.run(bytes("after"), "gpg", "--sign").status());

        HostCommands agent = sshAgent();
        assertContains(
                agent.must("ssh-add", "-l"), ssh.key(SshKeyRing.Kind.ED25519).fingerprint());
        ssh.endAgent();
        assertFalse(agent.run(NOTHING, "ssh-add", "-l").text().contains("SHA256"));
        ssh.startAgain();
        assertContains(
                agent.must("ssh-add", "-l"), ssh.key(SshKeyRing.Kind.ED25519).fingerprint());
    }

    private static final String ALL_SSH = "\"sign\": \"ask\", \"authenticate\": \"ask\"";

    private HostCommands sshAgent() throws Exception {
        Path folder = Files.createDirectory(stage.folder().resolve("ssh2"));
        stage.own(folder);
        Path socket = folder.resolve("agent");
        toClose.add(guest.serve(socket, new KeyMessage.SshAgent(KeyMessage.VERSION)));
        return HostCommands.in(folder, stage.user()).with("SSH_AUTH_SOCK", socket.toString());
    }

    @Test
    void sshKeygenSignsWithKeysThatItDoesNotHave() throws Exception {
        SshKeyRing ssh = stage.sshKeyRing();
        var kinds = List.of(SshKeyRing.Kind.ED25519, SshKeyRing.Kind.RSA, SshKeyRing.Kind.ECDSA);
        for (var kind : kinds) {
            policy.key(ssh.rule(kind, ALL_SSH));
        }
        start("agree");
        HostCommands agent = sshAgent();
        String listed = agent.must("ssh-add", "-l");
        assertEquals(kinds.size(), listed.lines().count(), listed);
        for (var kind : kinds) {
            assertContains(listed, ssh.key(kind).fingerprint());
            sshSigns(agent, ssh.key(kind));
        }
        JsonNode subject = questions().getFirst().get("subject");
        assertEquals("unseen-ssh-signature", subject.get("kind").asText());
        assertContains(subject.get("namespace").toString(), "file");
        assertEquals("content", questions().get(1).get("subject").get("kind").asText());
    }

    /** By ssh-keygen, and with the content the same. */
    private void sshSigns(HostCommands agent, SshKeyRing.Key key) throws Exception {
        Path folder = stage.folder().resolve("ssh2");
        Files.writeString(folder.resolve("key.pub"), key.line() + "\n");
        Files.writeString(folder.resolve("allowed"), "me " + key.line() + "\n");
        stage.own(folder);
        byte[] signature = agent.run(
                        bytes("content"),
                        "ssh-keygen",
                        "-Y",
                        "sign",
                        "-n",
                        "file",
                        "-f",
                        folder.resolve("key.pub").toString())
                .orThrow("signing, and the backend says: " + stage.backend().log())
                .output();
        Files.write(folder.resolve("signature"), signature);
        stage.own(folder.resolve("signature"));
        String[] verify = {
            "ssh-keygen",
            "-Y",
            "verify",
            "-f",
            folder.resolve("allowed").toString(),
            "-I",
            "me",
            "-n",
            "file",
            "-s",
            folder.resolve("signature").toString()
        };
        assertEquals(0, agent.run(bytes("content"), verify).status());
        assertFalse(agent.run(bytes("other content"), verify).status() == 0);
        KeyGuest.Signature seen = guest.sign(KeyGuest.ssh(key.line(), "file"), bytes("content"));
        Files.write(folder.resolve("signature"), seen.orThrow());
        assertEquals(0, agent.run(bytes("content"), verify).status());
    }

    @Test
    void theSshAgentIsReadOnlyAndHidesWhatIsNotPermitted() throws Exception {
        SshKeyRing ssh = stage.sshKeyRing();
        policy.key(ssh.rule(SshKeyRing.Kind.ED25519, ALL_SSH));
        start("deny");
        HostCommands agent = sshAgent();
        String before = ssh.commands().must("ssh-add", "-l");
        assertFalse(agent.run(NOTHING, "ssh-add", "-D").status() == 0);
        assertFalse(agent.run(bytes("x\nx\n"), "ssh-add", "-x").status() == 0);
        Path folder = stage.folder().resolve("ssh2");
        agent.must(
                "ssh-keygen",
                "-q",
                "-t",
                "ed25519",
                "-N",
                "",
                "-f",
                folder.resolve("own").toString());
        assertFalse(
                agent.run(NOTHING, "ssh-add", folder.resolve("own").toString()).status() == 0);
        assertEquals(before, ssh.commands().must("ssh-add", "-l"));
        for (var kind : List.of(SshKeyRing.Kind.ED25519, SshKeyRing.Kind.UNPERMITTED)) {
            Files.writeString(folder.resolve("key.pub"), ssh.key(kind).line() + "\n");
            stage.own(folder.resolve("key.pub"));
            var signed = agent.run(
                    bytes("content"),
                    "ssh-keygen",
                    "-Y",
                    "sign",
                    "-n",
                    "file",
                    "-f",
                    folder.resolve("key.pub").toString());
            assertFalse(signed.status() == 0);
            assertFalse(signed.text().contains("BEGIN SSH SIGNATURE"), signed.text());
        }
        assertEquals(1, questions().size(), "of the two only the permitted one is asked about");
        assertFalse(agent.must("ssh-add", "-l")
                .contains(ssh.key(SshKeyRing.Kind.UNPERMITTED).fingerprint()));
    }
}
