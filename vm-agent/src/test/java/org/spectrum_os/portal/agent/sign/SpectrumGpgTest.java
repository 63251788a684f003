// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
import org.spectrum_os.portal.protocol.KeyMessage.SignOpenpgp.Form;

/** The launcher {@code spectrum-gpg} as real git and scripts use it, in a guest that has the public key only. */
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SpectrumGpgTest {
    private KeyStage stage;
    private Path work;

    @BeforeAll
    void start() throws Exception {
        stage = new KeyStage();
        stage.run("spectrum-agent", "gpg", "sync").expect(0);
        stage.environment.put("GIT_AUTHOR_NAME", "A U Thor");
        stage.environment.put("GIT_AUTHOR_EMAIL", "author@test.example");
        stage.environment.put("GIT_COMMITTER_NAME", "A U Thor");
        stage.environment.put("GIT_COMMITTER_EMAIL", "author@test.example");
        stage.run("git", "config", "--global", "gpg.program", "spectrum-gpg").expect(0);
        stage.run("git", "config", "--global", "user.signingKey", stage.fingerprint)
                .expect(0);
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
    }

    private KeyStage.Result run(String... command) throws Exception {
        return stage.run(Map.of(), work, "", command);
    }

    private KeyMessage.SignOpenpgp asked() throws InterruptedException {
        return assertInstanceOf(KeyMessage.SignOpenpgp.class, stage.host.nextAsk());
    }

    private void repository() throws Exception {
        run("git", "init", "-q").expect(0);
        run("git", "remote", "add", "origin", "https://user:secret@forge.example/thing.git")
                .expect(0);
        Files.writeString(work.resolve("file"), "content\n");
        run("git", "add", "file").expect(0);
    }

    @Test
    void gitCommitsAndTagsAreSignedAndVerified() throws Exception {
        repository();
        run("git", "commit", "-q", "-S", "-m", "signed").expect(0);
        KeyMessage.SignOpenpgp ask = asked();
        assertEquals(Form.DETACHED, ask.form());
        assertEquals(stage.fingerprint, ask.key().<String>validate(text -> text));
        assertEquals(
                work.toRealPath() + " (https://forge.example/thing.git)",
                ask.origin().<String>validate(text -> text));
        run("git", "verify-commit", "HEAD").expect(0);
        String log = run("git", "log", "--show-signature").expect(0).out();
        assertTrue(log.contains("Good signature from \"" + KeyStage.USER + "\" [ultimate]"), log);
        run("git", "tag", "-s", "-m", "tagged", "v1").expect(0);
        asked();
        run("git", "verify-tag", "v1").expect(0);
        // None of the verifying went to the host.
        assertTrue(stage.host.asked.isEmpty());
        Files.writeString(work.resolve("file"), "changed\n");
        stage.host.mood = Mood.DENY;
        KeyStage.Result denied = run("git", "commit", "-q", "-a", "-S", "-m", "denied");
        assertTrue(denied.status() != 0);
        assertTrue(denied.err().contains("gpg failed to sign the data"), denied.err());
        assertEquals(
                "signed\n", run("git", "log", "-1", "--format=%s").expect(0).out());
    }

    @Test
    void everyFormIsWhatGpgMakes() throws Exception {
        Files.writeString(work.resolve("ä b"), "text \n- dash\n");
        for (var form : List.of(
                List.of("-b", "ä b.sig"),
                List.of("-ba", "ä b.asc"),
                List.of("-bt", "ä b.sig"),
                List.of("-s", "ä b.gpg"),
                List.of("-sa", "ä b.asc"),
                List.of("--clearsign", "ä b.asc"))) {
            String written = form.getLast();
            KeyStage.Result signed = run("spectrum-gpg", "--batch", "--status-fd=1", form.getFirst(), "ä b")
                    .expect(0);
            assertTrue(
                    signed.out()
                            .matches("\\[GNUPG:] BEGIN_SIGNING H\\d+\n\\[GNUPG:] SIG_CREATED [DSC] .*"
                                    + stage.fingerprint + "\n"),
                    signed.out());
            asked();
            KeyStage.Result verified = form.getFirst().startsWith("-b")
                    ? run("gpg", "--verify", written, "ä b")
                    : run("gpg", "--verify", written);
            verified.expect(0);
            KeyStage.Result again = run("spectrum-gpg", "--batch", "--status-fd", "2", form.getFirst(), "ä b");
            again.expect(2);
            assertTrue(again.err().contains("[GNUPG:] FAILURE sign 33587235\n"), again.err());
            assertTrue(again.err().contains("gpg: signing failed: File exists"), again.err());
            assertTrue(stage.host.asked.isEmpty(), "the user is not asked in vain");
            run("spectrum-gpg", "--yes", form.getFirst(), "ä b").expect(0);
            asked();
            Files.delete(work.resolve(written));
        }
        try (Stream<Path> left = Files.list(work)) {
            assertEquals(List.of(work.resolve("ä b")), left.toList());
        }
    }

    @Test
    void aPipeIsSignedAndStatusGoesToAnyDescriptor() throws Exception {
        KeyStage.Result signed = stage.run(
                Map.of(),
                work,
                "some words\n",
                "sh",
                "-c",
                "spectrum-gpg --status-fd 7 --logger-fd 8 -sau \"$0\" 7>status 8>log | gpg --verify",
                stage.fingerprint);
        signed.expect(0);
        assertTrue(signed.err().contains("Good signature"), signed.err());
        assertTrue(Files.readString(work.resolve("status")).contains("[GNUPG:] SIG_CREATED S "));
        KeyStage.Result closed = stage.run(Map.of(), work, "x", "spectrum-gpg", "--status-fd", "99", "-b");
        closed.expect(2);
        assertEquals("gpg: Fatal: status-fd is invalid: Bad file descriptor\n", closed.err());
    }

    @Test
    void failuresAreGpgs() throws Exception {
        Files.writeString(work.resolve("f"), "x");
        stage.host.mood = Mood.NO_KEY;
        KeyStage.Result none =
                run("spectrum-gpg", "--status-fd=2", "-bu", "nobody", "f").expect(2);
        assertTrue(none.err().contains("[GNUPG:] INV_SGNR 9 nobody\n"), none.err());
        assertTrue(none.err().contains("[GNUPG:] FAILURE sign 17\n"), none.err());
        assertTrue(none.err().contains("gpg: signing failed: No secret key\n"), none.err());
        stage.host.mood = Mood.DENY;
        KeyStage.Result denied = run("spectrum-gpg", "--status-fd=2", "-b", "f").expect(2);
        assertTrue(denied.err().contains("[GNUPG:] FAILURE sign 83886179\n"), denied.err());
        assertFalse(denied.err().contains("SIG_CREATED"));
        stage.host.mood = Mood.REFUSE;
        KeyStage.Result refused = run("spectrum-gpg", "-b", "f").expect(2);
        assertTrue(refused.err().contains("the host refuses: the policy names no key"), refused.err());
        stage.host.mood = Mood.HANG_UP;
        KeyStage.Result closed = run("spectrum-gpg", "-b", "f").expect(2);
        assertTrue(closed.err().contains("its policy must know this VM"), closed.err());
        KeyStage.Result away = run(
                "spectrum-agent", "--host", "unix:" + work.resolve("x"), "gpg-sign", "--", "-b", "--status-fd=2", "f");
        away.expect(2);
        assertTrue(away.err().contains("the portal on the host must be running"), away.err());
        assertTrue(away.err().contains("[GNUPG:] FAILURE sign 33554509\n"), away.err());
        KeyStage.Result comment =
                run("spectrum-gpg", "--comment", "hi", "-b", "f").expect(2);
        assertTrue(comment.err().contains("--comment is not possible"), comment.err());
        run("spectrum-gpg", "-b", "missing").expect(2);
        run("spectrum-gpg", "-b", "-o", "no/where", "f").expect(2);
        try (Stream<Path> left = Files.list(work)) {
            assertEquals(List.of(work.resolve("f")), left.toList());
        }
    }

    /** What is no signature is done by the guest's own gpg, with its own arguments, byte for byte, and its own descriptors. */
    @Test
    void theRestIsTheGuestsOwnGpg() throws Exception {
        Path own = Files.writeString(
                work.resolve("own"),
                "#!/bin/sh\nfor word; do printf '<%s>' \"$word\" | od -An -tx1; done\nls /proc/$$/fd\ngrep -E 'SigBlk|SigIgn' /proc/self/status | grep -oE '[0-9a-f]{7}$'\ncat\n");
        assertTrue(own.toFile().setExecutable(true));
        var given = Map.of("SPECTRUM_GPG", own.toString(), "LC_ALL", "C");
        for (var words : List.of(
                List.of("-e", "-r", "bob"),
                List.of("-es", "-r", "bob"),
                List.of("-bs", "--unknown"),
                List.of("--sign-key", "bob"),
                List.of("-s", "-u", "ÿ", "-c"))) {
            assertEquals(own(given, "./own", words), own(given, "spectrum-gpg", words));
        }
        assertTrue(stage.host.asked.isEmpty());
        KeyStage.Result without = stage.run(
                Map.of("PATH", work + ":/nowhere"),
                work,
                "",
                "/bin/sh",
                Path.of("src/main/guest/bin/spectrum-gpg").toAbsolutePath().toString(),
                "--version");
        without.expect(2);
        assertTrue(without.err().contains("no gpg of its own"), without.err());
    }

    private String own(Map<String, String> given, String program, List<String> words) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "sh", "-c", "exec 9<own; program=$1; shift; \"$program\" \"$@\"; echo; echo $?", "sh", program));
        command.addAll(words);
        command.add("aä");
        KeyStage.Result result = stage.run(given, work, "in", command.toArray(String[]::new));
        assertTrue(
                result.out().contains("61 c3 a4 3e") && result.out().endsWith("in\n0\n"), result.out() + result.err());
        return result.out();
    }

    @Test
    void aHundredMegabytesTakeNoMemoryAndAKillEndsThem() throws Exception {
        Path big = work.resolve("big");
        try (RandomAccessFile file = new RandomAccessFile(big.toFile(), "rw")) {
            file.setLength(100L * 1024 * 1024);
        }
        // The heap is 48 MiB: see KeyStage.
        KeyStage.Result signed =
                run("spectrum-gpg", "--status-fd=2", "-b", "big").expect(0);
        assertTrue(signed.err().contains("SIG_CREATED"), signed.err());
        asked();
        run("gpg", "--verify", "big.sig", "big").expect(0);
        stage.host.ended.clear();
        stage.host.mood = Mood.SILENT;
        Process waiting = stage.start(
                "waiting", "spectrum-gpg", "-s", "-o", work.resolve("out").toString(), big.toString());
        asked();
        waiting.destroy();
        waiting.waitFor();
        stage.host.awaitEnd();
        try (Stream<Path> left = Files.list(work)) {
            assertEquals(List.of(big, work.resolve("big.sig")), left.sorted().toList());
        }
    }
}
