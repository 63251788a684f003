// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.spectrum_os.portal.agent.KeyHost.Mood;
import org.spectrum_os.portal.agent.KeyStage;
import org.spectrum_os.portal.protocol.KeyMessage;

/** The launcher {@code spectrum-ssh-keygen} as real git and people use it, in a guest that has the public key only. */
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SpectrumSshKeygenTest {
    private KeyStage stage;
    private Path work;
    private Path publicKey;
    private Path allowed;

    @BeforeAll
    void start() throws Exception {
        stage = new KeyStage();
        publicKey = stage.folder.resolve("only.pub");
        String key = Files.readString(Path.of(stage.sshKey + ".pub"));
        Files.writeString(publicKey, key);
        allowed = Files.writeString(stage.folder.resolve("allowed"), "author@test.example " + key);
        for (String who : new String[] {"AUTHOR", "COMMITTER"}) {
            stage.environment.put("GIT_" + who + "_NAME", "A U Thor");
            stage.environment.put("GIT_" + who + "_EMAIL", "author@test.example");
        }
        config("gpg.format", "ssh");
        config("gpg.ssh.program", "spectrum-ssh-keygen");
        config("gpg.ssh.allowedSignersFile", allowed.toString());
    }

    private void config(String name, String value) throws Exception {
        stage.run("git", "config", "--global", name, value).expect(0);
    }

    @AfterAll
    void stop() throws Exception {
        stage.close();
    }

    @BeforeEach
    void fresh() throws Exception {
        stage.host.mood = Mood.ALLOW;
        stage.host.asked.clear();
        work = Files.createTempDirectory(stage.folder, "w");
        Files.writeString(work.resolve("f"), "content\n");
    }

    private KeyStage.Result run(String... command) throws Exception {
        return stage.run(Map.of(), work, "", command);
    }

    private KeyMessage.SignSsh asked() throws InterruptedException {
        return assertInstanceOf(KeyMessage.SignSsh.class, stage.host.nextAsk());
    }

    @Test
    void gitCommitsAndTagsAreSignedAndVerified() throws Exception {
        run("git", "init", "-q").expect(0);
        run("git", "add", "f").expect(0);
        String literal = Files.readString(publicKey).strip();
        for (String key : new String[] {publicKey.toString(), literal, "key::" + literal}) {
            config("user.signingKey", key);
            run("git", "commit", "-q", "--allow-empty", "-S", "-m", "signed").expect(0);
            KeyMessage.SignSsh ask = asked();
            assertEquals("git", ask.namespace().<String>validate(text -> text));
            assertTrue(literal.startsWith(ask.key().<String>validate(text -> text)));
            assertEquals(work.toRealPath().toString(), ask.origin().<String>validate(text -> text));
            run("git", "verify-commit", "HEAD").expect(0);
        }
        run("git", "tag", "-s", "-m", "tagged", "v1").expect(0);
        asked();
        run("git", "verify-tag", "v1").expect(0);
        String log = run("git", "log", "--show-signature").expect(0).out();
        assertTrue(log.contains("Good \"git\" signature for author@test.example"), log);
        assertTrue(stage.host.asked.isEmpty());
        stage.host.mood = Mood.DENY;
        KeyStage.Result denied = run("git", "commit", "-q", "--allow-empty", "-S", "-m", "denied");
        assertTrue(denied.status() != 0);
        assertTrue(denied.err().contains("the user did not allow it"), denied.err());
    }

    @Test
    void filesAndPipesAreSignedAsSshKeygenDoes() throws Exception {
        run("spectrum-ssh-keygen", "-Y", "sign", "-n", "file", "-f", publicKey.toString(), "f")
                .expect(0);
        verify(Files.readString(work.resolve("f.sig")));
        KeyStage.Result again = run("spectrum-ssh-keygen", "-Y", "sign", "-n", "file", "-f", publicKey.toString(), "f")
                .expect(255);
        assertTrue(again.err().contains("exists already"), again.err());
        // A secret key's name stands for the public key beside it.
        KeyStage.Result piped = stage.run(
                Map.of(),
                work,
                "content\n",
                "spectrum-ssh-keygen",
                "-Y",
                "sign",
                "-n",
                "file",
                "-f",
                stage.sshKey.toString());
        verify(piped.expect(0).out());
    }

    private void verify(String signature) throws Exception {
        asked();
        Files.writeString(work.resolve("s"), signature);
        stage.run(
                        Map.of(),
                        work,
                        "content\n",
                        "spectrum-ssh-keygen",
                        "-Y",
                        "verify",
                        "-n",
                        "file",
                        "-I",
                        "author@test.example",
                        "-f",
                        allowed.toString(),
                        "-s",
                        "s")
                .expect(0);
    }

    @Test
    void failuresAreClean() throws Exception {
        String[] sign = {"spectrum-ssh-keygen", "-Y", "sign", "-n", "file", "-f", publicKey.toString(), "f"};
        for (var mood : Map.of(
                        Mood.DENY, "the user did not allow it",
                        Mood.NO_KEY, "lets this VM sign with no such key",
                        Mood.REFUSE, "the host refuses: the policy names no key",
                        Mood.HANG_UP, "its policy must know this VM")
                .entrySet()) {
            stage.host.mood = mood.getKey();
            KeyStage.Result failed = run(sign).expect(255);
            assertTrue(failed.err().contains(mood.getValue()), failed.err());
        }
        try (Stream<Path> left = Files.list(work)) {
            assertEquals(1, left.count());
        }
        stage.host.asked.clear();
        KeyStage.Result weak = run(
                "spectrum-ssh-keygen",
                "-Y",
                "sign",
                "-n",
                "f",
                "-O",
                "hashalg=sha256",
                "-f",
                publicKey.toString(),
                "f");
        assertTrue(weak.expect(255).err().contains("hashalg=sha256 is not possible"), weak.err());
        assertTrue(stage.host.asked.isEmpty());
    }

    /** A secret key that lies in the guest, without its public half beside it, is the guest's own ssh-keygen's. */
    @Test
    void theRestIsTheGuestsOwnSshKeygen() throws Exception {
        run("spectrum-ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "own").expect(0);
        Files.delete(work.resolve("own.pub"));
        run("spectrum-ssh-keygen", "-Y", "sign", "-n", "file", "-f", "own", "f").expect(0);
        assertTrue(Files.exists(work.resolve("f.sig")));
        assertTrue(stage.host.asked.isEmpty());
    }
}
