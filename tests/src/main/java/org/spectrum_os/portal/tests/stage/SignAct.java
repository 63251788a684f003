// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import org.spectrum_os.portal.tests.guest.CommandResult;

/** The demonstration's part about keys: a commit that git in the guest has signed by a key that the guest does not have. */
final class SignAct {
    /** What the commit says. */
    static final String SUBJECT = "Tell Ada that the engine runs";

    private final Stage stage;
    private final KeysInGuest keys;
    private final Narrator narrator;

    SignAct(Stage stage, Narrator narrator) {
        this.stage = stage;
        this.narrator = narrator;
        keys = new KeysInGuest(stage.guest());
    }

    /** Has git commit, signed; it is to be answered now. */
    CompletableFuture<CommandResult> ask() throws IOException, InterruptedException {
        KeyRing.Key key = stage.keyRing().key(KeyRing.Kind.ED25519);
        new KeyPolicy(stage)
                .key(stage.keyRing().rule(KeyRing.Kind.ED25519, "\"sign\": \"ask\", \"content\": \"required\""))
                .write();
        var reloaded = stage.backend().command("policy", "reload");
        if (reloaded.status() != 0) {
            throw new IOException("\"spectrum-portal policy reload\" failed: " + reloaded.out() + reloaded.err());
        }
        keys.install();
        narrator.step(
                "Now the policy lets the guest ask for signatures by a key of yours, of content that this computer sees:");
        narrator.more(key.userId());
        narrator.more(key.fingerprint());
        narrator.step("In the guest: git -c gpg.program=spectrum-gpg commit -S");
        return keys.starting("""
                set -e
                git init -q letters && cd letters
                git config user.name 'Ada Modern' && git config user.email ada@example.org
                git config gpg.program spectrum-gpg
                echo 'Dear Ada, the engine runs.' >letter.txt && git add letter.txt
                git commit -q -S -m '%s' -m 'It took a while.'
                git bundle create -q - --all | base64
                """.formatted(SUBJECT));
    }

    /** Goes on once git has ended; says whether everything was as it should be. */
    boolean goOn(CommandResult committed) throws IOException, InterruptedException {
        if (committed.status() != 0) {
            narrator.step("git was told no, and made no commit. It said:");
            committed.errors().lines().forEach(narrator::more);
            return true;
        }
        narrator.step(
                "The guest has the signature, and nothing else of the key. Its repository, fetched and verified on the host:");
        HostCommands host = stage.keyRing().commands();
        Path folder = Files.createTempDirectory(stage.keyRing().home(), "demo");
        Files.write(folder.resolve("bundle"), Base64.getMimeDecoder().decode(committed.output()));
        stage.own(folder);
        String clone = folder.resolve("clone").toString();
        host.must("git", "clone", "-q", "--mirror", folder.resolve("bundle").toString(), clone);
        var verified = host.run(new byte[0], "git", "-C", clone, "verify-commit", "HEAD");
        verified.errors().lines().forEach(narrator::more);
        return verified.status() == 0;
    }
}
