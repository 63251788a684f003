// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestMethodOrder;
import org.spectrum_os.portal.tests.desktop.ConsentDialog;
import org.spectrum_os.portal.tests.guest.CommandResult;

/**
 * Keys that a real guest does not have, used by the unmodified programs in it: git, gpg, gpg-connect-agent, ssh and ssh-keygen. The window is the
 * real one, read and answered by accessibility; gpg-agent and ssh-agent are the host's.
 */
@Tag("guest")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KeysInGuestTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Path SCREENSHOTS = Path.of("target", "screenshots");
    private static final String SIGN = "\"sign\": \"ask\"";
    private static final String USE = SIGN + ", \"decrypt\": \"ask\"";
    private static final String CERTIFY = USE + ", \"certify\": \"ask\"";
    private static final String LOG_IN = SIGN + ", \"authenticate\": \"ask\"";
    private static final String UNKNOWN_GRIP = "0123456789ABCDEF0123456789ABCDEF01234567";
    private static final List<KeyRing.Kind> KINDS = List.of(
            KeyRing.Kind.ED25519,
            KeyRing.Kind.RSA2048,
            KeyRing.Kind.RSA4096,
            KeyRing.Kind.NISTP256,
            KeyRing.Kind.ELGAMAL);

    private static @Nullable Stage shared;
    private static @Nullable KeysInGuest sharedKeys;

    @BeforeAll
    static void raiseTheCurtain() throws Exception {
        Stage stage = new Stage();
        shared = stage;
        try (var booting = Background.start(
                "the guest",
                () -> stage.startGuest(line -> System.err.println("guest: " + line), AgentDisk.Content.AGENT))) {
            for (var kind : KINDS) {
                stage.keyRing().key(kind);
            }
            stage.startBackend(everyKey().write());
            sharedKeys = new KeysInGuest(booting.await());
        }
        keys().install();
        keys().start();
        keys().asApp("""
                set -e
                git config --global user.name 'Ada Modern'
                git config --global user.email ada@example.org
                git config --global init.defaultBranch main
                git config --global gpg.program spectrum-gpg
                git config --global gpg.ssh.program spectrum-ssh-keygen
                git config --global user.signingKey %s
                git init -q letters
                """.formatted(key(KeyRing.Kind.ED25519).fingerprint())).orThrow();
    }

    @AfterAll
    static void drop() throws Exception {
        if (shared != null) {
            shared.close();
        }
    }

    /** What a failed test left behind must not be the next one's trouble. */
    @AfterEach
    void nothingIsLeft(TestInfo test) throws Exception {
        while (ConsentDialog.find(stage().desktop()).isPresent()) {
            stage().desktop()
                    .screenshot(SCREENSHOTS.resolve(
                            "left by " + test.getDisplayName().replaceAll("[^A-Za-z0-9]+", " ") + ".png"));
            dialog().deny();
            ConsentDialog.awaitNone(stage().desktop(), PATIENCE);
        }
    }

    private static Stage stage() {
        Stage stage = shared;
        assertNotNull(stage);
        return stage;
    }

    private static KeysInGuest keys() {
        KeysInGuest keys = sharedKeys;
        assertNotNull(keys);
        return keys;
    }

    private static KeyRing.Key key(KeyRing.Kind kind) throws Exception {
        return stage().keyRing().key(kind);
    }

    private static KeyPolicy everyKey() throws Exception {
        KeyRing ring = stage().keyRing();
        SshKeyRing ssh = stage().sshKeyRing();
        return new KeyPolicy(stage())
                .key(ring.rule(KeyRing.Kind.ED25519, USE))
                .key(ring.rule(KeyRing.Kind.RSA2048, USE))
                .key(ring.rule(KeyRing.Kind.RSA4096, CERTIFY))
                .key(ring.rule(KeyRing.Kind.NISTP256, CERTIFY))
                .key(ring.rule(KeyRing.Kind.ELGAMAL, CERTIFY))
                .key(ring.rule(KeyRing.Kind.PASSPHRASE, SIGN))
                .key(ssh.rule(SshKeyRing.Kind.ED25519, LOG_IN))
                .key(ssh.rule(SshKeyRing.Kind.RSA, LOG_IN));
    }

    private static void reload(KeyPolicy policy) throws Exception {
        policy.write();
        var reloaded = stage().backend().command("policy", "reload");
        assertEquals(0, reloaded.status(), reloaded.out() + reloaded.err());
    }

    private static ConsentDialog dialog() throws IOException {
        return ConsentDialog.await(stage().desktop(), PATIENCE);
    }

    /** Waits for a dialog, and that the one before is not taken for it. */
    private static ConsentDialog dialogSaying(String words) throws IOException {
        ConsentDialog dialog = dialog();
        dialog.awaitText(words);
        return dialog;
    }

    /** Everything that is on screen, without the marks that keep text of another direction by itself. */
    private static String texts(ConsentDialog dialog) {
        return String.join("\n", dialog.texts()).replaceAll("[\u2068\u2069]", "");
    }

    private static CommandResult ended(CompletableFuture<CommandResult> command) throws Exception {
        return command.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** Runs what asks for one signature, and agrees. */
    private static CommandResult signing(String script) throws Exception {
        var started = keys().starting(script);
        dialog().sign();
        CommandResult result = ended(started);
        assertEquals(0, result.status(), () -> describe(result));
        ConsentDialog.awaitNone(stage().desktop(), PATIENCE);
        return result;
    }

    /** Runs what asks for one operation, and denies. */
    private static CommandResult denied(String script) throws Exception {
        var started = keys().starting(script);
        dialog().deny();
        CommandResult result = ended(started);
        assertNotEquals(0, result.status(), () -> describe(result));
        ConsentDialog.awaitNone(stage().desktop(), PATIENCE);
        return result;
    }

    private static String describe(CommandResult result) {
        try {
            return "status " + result.status() + "\n" + result.output() + result.errors() + "the agent says:\n"
                    + keys().log() + "the backend says:\n" + stage().backend().log();
        } catch (IOException | InterruptedException e) {
            return result + " " + e;
        }
    }

    private static void assertContains(String whole, String part) {
        assertTrue(whole.contains(part), () -> "“" + part + "” is not in:\n" + whole);
    }

    /** Runs gpg on the host, where the keys are, on files of that content. */
    private static HostCommands.Ran onHost(byte[] input, String... command) throws Exception {
        return stage().keyRing().commands().run(input, command);
    }

    private static Path hostFile(String name, byte[] content) throws Exception {
        Path file = stage().keyRing().home().resolve(name);
        Files.write(file, content);
        return stage().own(file);
    }

    @Order(1)
    @Test
    void permittedPublicKeysComeToTheGuestByThemselves() throws Exception {
        CommandResult synced = keys().sync();
        assertEquals(0, synced.status(), () -> describe(synced));
        String listed =
                keys().asApp("gpg --batch --with-colons --list-keys").orThrow().output();
        for (var kind : KINDS) {
            assertContains(listed, key(kind).fingerprint());
        }
        assertFalse(listed.contains(key(KeyRing.Kind.UNPERMITTED).fingerprint()), listed);
        String secret = keys().asApp("gpg --batch --with-colons --list-secret-keys")
                .orThrow()
                .output();
        assertContains(secret, key(KeyRing.Kind.RSA4096).fingerprint());
        assertContains(keys().asApp("ssh-add -l").orThrow().output(), SshKeyRing.Kind.ED25519.comment());
        assertEquals(2, keys().asApp("ssh-add -L").orThrow().output().lines().count());
        assertEquals(
                "0",
                keys().asApp("find .gnupg -path '*private-keys*' -type f | wc -l")
                        .orThrow()
                        .text());
    }

    @Order(2)
    @Test
    void aCommitIsSeenBeforeItIsSignedAndVerifiedOnTheHost() throws Exception {
        var committing = keys().starting("""
                cd letters && echo 'Dear Ada, the engine runs.' >letter.txt && git add letter.txt
                git commit -q -S -m 'Tell Ada that the engine runs' -m 'It took a while.'
                """);
        ConsentDialog dialog = dialog().awaitArmed();
        assertContains(dialog.title(), "asks for a signature");
        stage().desktop().screenshot(SCREENSHOTS.resolve("signing commit.png"));
        String texts = texts(dialog);
        assertContains(texts, "Tell Ada that the engine runs");
        assertContains(texts, "Ada Modern <ada@example.org>");
        assertContains(texts, "/home/app/letters");
        assertContains(texts, "commit of git");
        String fingerprint = key(KeyRing.Kind.ED25519).fingerprint();
        assertContains(texts.replaceAll("[  ]", ""), fingerprint);
        assertContains(dialog.content(), "It took a while.");
        dialog.sign();
        CommandResult committed = ended(committing);
        assertEquals(0, committed.status(), () -> describe(committed));

        String shown = keys().asApp("cd letters && git verify-commit HEAD && git log --show-signature -1")
                .orThrow()
                .output();
        assertContains(shown, "Good signature from \"Ada Modern <ada@example.org>\"");
        assertContains(
                texts,
                keys().asApp("cd letters && git rev-parse HEAD^{tree}")
                        .orThrow()
                        .text());
        verifyOnHost("verify-commit", "HEAD");
    }

    /** Takes the guest's repository over to the host, and verifies there. */
    private static void verifyOnHost(String... command) throws Exception {
        String bundle = keys().asApp("cd letters && git bundle create -q - --all | base64")
                .orThrow()
                .output();
        Path file = hostFile("letters.bundle", Base64.getMimeDecoder().decode(bundle));
        Path clone = Files.createTempDirectory(stage().keyRing().home(), "clone");
        stage().own(clone);
        onHost(
                        new byte[0],
                        "git",
                        "clone",
                        "-q",
                        "--mirror",
                        file.toString(),
                        clone.resolve("git").toString())
                .orThrow("cloning");
        var words = new java.util.ArrayList<>(
                List.of("git", "-C", clone.resolve("git").toString(), "-c", "gpg.program=gpg"));
        words.addAll(List.of(command));
        var verified = onHost(new byte[0], words.toArray(String[]::new));
        assertEquals(0, verified.status(), verified.text() + verified.errors());
        assertContains(verified.errors(), "Good signature from");
    }

    @Order(3)
    @Test
    void aTagIsSeenAndSigned() throws Exception {
        var tagging = keys().starting("cd letters && git tag -s v1 -m 'The first letter'");
        ConsentDialog dialog = dialogSaying("The first letter");
        assertContains(texts(dialog), "tag of git");
        dialog.sign();
        CommandResult tagged = ended(tagging);
        assertEquals(0, tagged.status(), () -> describe(tagged));
        keys().asApp("cd letters && git verify-tag v1").orThrow();
        verifyOnHost("verify-tag", "v1");
    }

    @Order(4)
    @Test
    void textAndDataAreSeenAndSigned() throws Exception {
        var clear = keys().starting("""
                printf 'Pay 10\\342\\200\\256 to Ada\\n' >note.txt && spectrum-gpg --clearsign note.txt && cat note.txt.asc
                """);
        ConsentDialog dialog = dialog().awaitArmed();
        assertContains(dialog.content(), "Pay 10⟨U+202E⟩ to Ada");
        dialog.sign();
        String text = ended(clear).orThrow().output();
        var verified = onHost(text.getBytes(StandardCharsets.UTF_8), "gpg", "--batch", "--verify");
        assertEquals(0, verified.status(), text + verified.errors());

        String status = signing("""
                head -c 300000 /dev/urandom >data.bin
                spectrum-gpg --status-fd 1 -u ada@example.org --detach-sign data.bin && test -s data.bin.sig
                """).output();
        assertContains(status, "[GNUPG:] SIG_CREATED D 22 ");
        Path data = hostFile("data.bin", keys().read("data.bin"));
        Path signature = hostFile("data.bin.sig", keys().read("data.bin.sig"));
        assertEquals(
                0,
                onHost(new byte[0], "gpg", "--batch", "--verify", signature.toString(), data.toString())
                        .status());
        // Everything else is the guest's own gpg's.
        assertContains(
                keys().asApp("spectrum-gpg --verify data.bin.sig data.bin 2>&1")
                        .orThrow()
                        .output(),
                "Good signature");
    }

    @Order(5)
    @Test
    void plainGpgSignsByTheAgentsSocketAndTheDialogSaysThatItIsUnseen() throws Exception {
        var signing = keys().starting("gpg --batch --clearsign -o - note.txt");
        ConsentDialog dialog = dialogSaying("cannot see").awaitArmed();
        stage().desktop().screenshot(SCREENSHOTS.resolve("signing unseen.png"));
        dialog.sign();
        CommandResult signed = ended(signing);
        assertEquals(0, signed.status(), () -> describe(signed));
        assertEquals(
                0,
                onHost(signed.output().getBytes(StandardCharsets.UTF_8), "gpg", "--batch", "--verify")
                        .status());
        for (var kind : KINDS) {
            String output = signing("gpg --batch -u " + key(kind).fingerprint() + " --sign -o - note.txt | base64")
                    .output();
            var verified =
                    onHost(Base64.getMimeDecoder().decode(output), "gpg", "--batch", "--status-fd", "2", "--decrypt");
            assertContains(verified.errors(), "VALIDSIG " + key(kind).signing().fingerprint());
        }
    }

    @Order(6)
    @Test
    void plainGpgDecryptsByTheAgentsSocket() throws Exception {
        for (var kind : KINDS) {
            var decrypting = keys().starting(
                            "echo 'secret for %1$s' | gpg --batch --trust-model always -r %1$s -e | gpg --batch -d"
                                    .formatted(key(kind).fingerprint()));
            dialog().decrypt();
            CommandResult decrypted = ended(decrypting);
            assertEquals("secret for " + key(kind).fingerprint(), decrypted.text(), () -> describe(decrypted));
            ConsentDialog.awaitNone(stage().desktop(), PATIENCE);
        }
    }

    @Order(7)
    @Test
    void gpgConnectAgentSeesNothingButWhatIsPermitted() throws Exception {
        String have = keys().asApp("gpg-connect-agent --hex 'HAVEKEY --list' /bye")
                .orThrow()
                .output();
        String line = have.lines()
                .map(shown -> shown.replaceAll("^D\\[....\\] +((?:[0-9a-fA-F]{2} +)+) .*$", "$1"))
                .collect(java.util.stream.Collectors.joining())
                .replaceAll("\\s", "")
                .toUpperCase(java.util.Locale.ROOT);
        // As it is on the line: a percent sign (25) and two digits stand for a byte that cannot stand there.
        String bytes = java.util.regex.Pattern.compile("\\G((?:(?!25)..)*?)253(.)(?:3(.)|4(.))")
                .matcher(line)
                .replaceAll(escaped -> escaped.group(1)
                        + escaped.group(2)
                        + (escaped.group(3) != null
                                ? escaped.group(3)
                                : "ABCDEF".charAt(Integer.parseInt(escaped.group(4)) - 1)));
        assertContains(bytes, key(KeyRing.Kind.ED25519).signing().keygrip());
        KeyRing.Key hidden = key(KeyRing.Kind.UNPERMITTED);
        assertFalse(bytes.contains(hidden.signing().keygrip()), have);
        String info = keys().asApp(
                        "gpg-connect-agent 'KEYINFO " + hidden.signing().keygrip() + "' /bye")
                .output();
        assertEquals(
                keys().asApp("gpg-connect-agent 'KEYINFO " + UNKNOWN_GRIP + "' /bye")
                        .output(),
                info);
        assertContains(info, "ERR ");
        for (String forbidden : List.of("EXPORT_KEY ", "DELETE_KEY --force ", "PASSWD ")) {
            String said = keys().asApp("printf '%s\\nGETINFO version\\n' '" + forbidden
                            + key(KeyRing.Kind.ED25519).signing().keygrip() + "' | gpg-connect-agent 2>&1")
                    .output();
            assertFalse(said.contains("D 2."), () -> "it goes on after " + forbidden + ": " + said);
        }
        assertTrue(ConsentDialog.find(stage().desktop()).isEmpty());
    }

    @Order(8)
    @Test
    void sshLogsInWhereTheServerProvesItsKey() throws Exception {
        String hostKey = stage().guest().sh("""
                set -e
                ssh-keygen -q -t ed25519 -N '' -f /run/guest/host_key
                mkdir -p /run/sshd && chmod 755 /run/sshd
                sed -i 's/^app:!:/app:*:/' /etc/shadow
                /usr/sbin/sshd -f /dev/null -h /run/guest/host_key -o ListenAddress=127.0.0.1:2222 -o PidFile=/run/guest/sshd.pid -o UsePAM=no
                cut -d' ' -f1,2 /run/guest/host_key.pub
                """, PATIENCE).orThrow().text();
        Path known =
                Files.createDirectories(stage().session().resolve("home/.ssh")).resolve("known_hosts");
        Files.writeString(known, "forge.example " + hostKey + "\n");
        stage().own(known.resolveSibling("."));
        keys().asApp("""
                mkdir -p -m 700 .ssh && ssh-add -L | grep '%s' >.ssh/authorized_keys
                """.formatted(SshKeyRing.Kind.ED25519.comment())).orThrow();
        String ssh = "ssh -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -p 2222 app@127.0.0.1 ";
        var login = keys().starting(ssh + "echo I am in");
        ConsentDialog dialog = dialogSaying("will log in as").awaitArmed();
        stage().desktop().screenshot(SCREENSHOTS.resolve("log in.png"));
        String texts = texts(dialog);
        assertContains(texts, "“app”");
        assertContains(texts, "forge.example");
        String fingerprint = stage().guest()
                .sh("ssh-keygen -l -f /run/guest/host_key.pub | cut -d' ' -f2")
                .orThrow()
                .text();
        assertContains(texts, fingerprint);
        dialog.logIn();
        CommandResult in = ended(login);
        assertEquals("I am in", in.text(), () -> describe(in));
        CommandResult out = denied("ssh -T" + ssh.substring(3) + " echo I am in");
        assertEquals(255, out.status());
        assertContains(out.errors(), "Permission denied");
        stage().guest().sh("kill $(cat /run/guest/sshd.pid)").orThrow();
    }

    @Order(9)
    @Test
    void sshSignaturesOfFilesAndOfCommits() throws Exception {
        keys().asApp("""
                ssh-add -L | head -n 1 >ssh.pub && echo "ada@example.org $(cat ssh.pub)" >allowed
                git config --global gpg.ssh.allowedSignersFile ~/allowed
                """).orThrow();
        var signing = keys().starting("ssh-keygen -Y sign -n file -f ssh.pub note.txt");
        ConsentDialog dialog = dialogSaying("valid only for");
        assertContains(texts(dialog), "valid only for “file”");
        assertContains(texts(dialog), "cannot see");
        dialog.sign();
        CommandResult signed = ended(signing);
        assertEquals(0, signed.status(), () -> describe(signed));
        String verify = "ssh-keygen -Y verify -f allowed -I ada@example.org -n file -s note.txt.sig <note.txt";
        keys().asApp(verify).orThrow();

        var committing = keys().starting("""
                cd letters && git -c gpg.format=ssh -c user.signingKey="key::$(cat ~/ssh.pub)" commit -q -S --allow-empty -m 'By SSH'
                """);
        dialog = dialogSaying("By SSH");
        String texts = texts(dialog);
        assertContains(texts, "valid only for “git”");
        assertContains(texts, "commit of git");
        dialog.sign();
        CommandResult committed = ended(committing);
        assertEquals(0, committed.status(), () -> describe(committed));
        keys().asApp("cd letters && git -c gpg.format=ssh verify-commit HEAD").orThrow();
    }

    @Order(10)
    @Test
    void denyingIsACleanFailureInEachProgram() throws Exception {
        String head = keys().asApp("cd letters && git rev-parse HEAD").orThrow().text();
        CommandResult commit = denied("cd letters && git commit -q -S --allow-empty -m Denied");
        assertContains(commit.errors(), "failed to sign the data");
        assertEquals(
                head, keys().asApp("cd letters && git rev-parse HEAD").orThrow().text());
        denied("cd letters && git tag -s denied -m Denied");
        assertEquals("v1", keys().asApp("cd letters && git tag").orThrow().text());

        CommandResult content = denied("spectrum-gpg -o denied.sig --detach-sign note.txt");
        assertEquals(2, content.status());
        assertContains(content.errors(), "signing failed: Operation cancelled");
        CommandResult plain = denied("gpg --batch -o denied.sig --detach-sign note.txt");
        assertEquals(2, plain.status());
        assertContains(plain.errors(), "signing failed: Operation cancelled");
        CommandResult decrypt =
                denied("echo secret | gpg --batch --trust-model always -r ada@example.org -e | gpg --batch -d");
        assertEquals(2, decrypt.status());
        assertEquals("", decrypt.output());
        CommandResult ssh = denied("ssh-keygen -Y sign -n file -f ssh.pub - <note.txt");
        assertFalse(ssh.output().contains("BEGIN"), ssh.output());
        CommandResult seen = denied("spectrum-ssh-keygen -Y sign -n file -f ssh.pub - <note.txt");
        assertFalse(seen.output().contains("BEGIN"), seen.output());
        assertEquals("", keys().asApp("ls denied.sig 2>/dev/null; true").text());
    }

    @Order(11)
    @Test
    void contentRequiredOrAbleToCertifyIsRefusedAtTheSocketAndNobodyIsAsked() throws Exception {
        KeyRing ring = stage().keyRing();
        reload(new KeyPolicy(stage())
                .key(ring.rule(KeyRing.Kind.ED25519, SIGN + ", \"content\": \"required\""))
                .key(ring.rule(KeyRing.Kind.RSA4096, USE)));
        for (var kind : List.of(KeyRing.Kind.ED25519, KeyRing.Kind.RSA4096)) {
            CommandResult refused = keys().asApp("gpg --batch -u " + key(kind).fingerprint() + " --sign -o - note.txt");
            assertEquals(2, refused.status(), () -> describe(refused));
            assertContains(refused.errors(), "No secret key");
            assertTrue(ConsentDialog.find(stage().desktop()).isEmpty());
        }
        signing("spectrum-gpg -u " + key(KeyRing.Kind.RSA4096).fingerprint() + " --clearsign -o - note.txt");
    }

    @Order(12)
    @Test
    void againIsAskedOnceListedAndRevoked() throws Exception {
        reload(new KeyPolicy(stage())
                .key(stage().keyRing().rule(KeyRing.Kind.ED25519, SIGN + ", \"again\": \"5 times\"")));
        String sign = "spectrum-gpg --clearsign -o - note.txt";
        var first = keys().starting(sign);
        ConsentDialog dialog = dialog().awaitArmed();
        dialog.toggle("Do not ask again for the next 5 signatures by this key");
        stage().desktop().screenshot(SCREENSHOTS.resolve("signing again.png"));
        dialog.sign();
        assertEquals(0, ended(first).status());
        CommandResult unasked = keys().asApp(sign);
        assertEquals(0, unasked.status(), () -> describe(unasked));
        var leases = stage().backend().command("leases");
        assertContains(leases.out(), key(KeyRing.Kind.ED25519).fingerprint());
        String lease = stage().backend().json("leases").get(0).get("lease").asText();
        assertEquals(0, stage().backend().command("revoke", lease).status());
        signing(sign);
    }

    @Order(13)
    @Test
    void aPassphraseIsAskedOnTheHost() throws Exception {
        reload(everyKey());
        CommandResult signed =
                signing("spectrum-gpg -u " + key(KeyRing.Kind.PASSPHRASE).fingerprint() + " --clearsign -o - note.txt");
        assertEquals(
                0,
                onHost(signed.output().getBytes(StandardCharsets.UTF_8), "gpg", "--batch", "--verify")
                        .status());
        assertContains(stage().keyRing().pinentry(), "GETPIN");
        String guests = signed.output() + signed.errors() + keys().log();
        assertFalse(guests.contains(KeyRing.PASSPHRASE), guests);
        assertFalse(guests.contains("pinentry"), guests);
    }

    @Order(14)
    @Test
    void aProgramThatIsKilledTakesItsDialogWithIt() throws Exception {
        for (String command :
                List.of("spectrum-gpg --clearsign -o - note.txt", "gpg --batch --clearsign -o - note.txt")) {
            var signing = keys().starting("timeout -s KILL 600 " + command);
            dialog().awaitArmed();
            stage().guest().sh("pkill -KILL -u app -f 'gpg.*clearsign'; true").orThrow();
            ConsentDialog.awaitNone(stage().desktop(), PATIENCE);
            assertNotEquals(0, ended(signing).status());
        }
    }

    @Order(15)
    @Test
    void aGuestThatVanishesTakesItsDialogWithIt() throws Exception {
        var _ = keys().starting("spectrum-gpg --clearsign -o - note.txt");
        dialog().awaitArmed();
        boolean _ = stage().guest().qemu().destroyForcibly();
        ConsentDialog.awaitNone(stage().desktop(), PATIENCE);
    }
}
