// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.spectrum_os.portal.protocol.LentFile;
import org.spectrum_os.portal.protocol.Message;
import org.spectrum_os.portal.protocol.MessageChannel;
import org.spectrum_os.portal.tests.guest.CommandResult;
import org.spectrum_os.portal.tests.guest.GuestVm;

/** A guest's kernel and its mount while the host's backend is killed, away, and back. */
@Tag("guest")
class MountAgainTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static void start(Stage stage, Path policy, Path file) throws Exception {
        stage.startBackend(policy, stage.scriptedWindow("lend", file.toString()));
        stage.backend().awaitLog("ready:");
    }

    /** Asks as the guest's agent would; the link ends with it, the lease does not. */
    private static LentFile borrow(Stage stage) throws Exception {
        try (MessageChannel link = BackendOnStage.link(stage, PATIENCE)) {
            return assertInstanceOf(Message.Granted.class, BackendOnStage.ask(link, 1, PATIENCE))
                    .files()
                    .getFirst();
        }
    }

    /** Somebody who has the file open, and says how reading it fails at last. */
    private static CompletableFuture<String> reader(GuestVm guest, GuestAgent agent, String path) throws Exception {
        CompletableFuture<String> failure = CompletableFuture.supplyAsync(() -> {
            try {
                return agent.readUntilItFails(path, PATIENCE);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        guest.sh(
                        "for i in $(seq 300); do ls -l /proc/[0-9]*/fd 2>/dev/null | grep -q ' -> " + path
                                + "$' && exit 0; sleep 0.1; done; exit 1",
                        PATIENCE)
                .orThrow();
        return failure;
    }

    @Test
    void theMountComesBackByItself() throws Exception {
        try (var stage = new Stage()) {
            Path file = stage.documents().resolve("report.txt");
            Files.writeString(file, "figures");
            stage.own(file);
            Path policy = stage.policyLendingFor("10m", 120);
            start(stage, policy, file);
            GuestVm guest = stage.startGuest(line -> System.err.println("guest: " + line), false);
            var agent = new GuestAgent(guest);
            agent.keepMounted();
            stage.backend().awaitInstance(Stage.INSTANCE, "mounted", true);
            agent.awaitMounted();
            String mounts = guest.sh("grep ' /run/portal ' /proc/mounts", PATIENCE)
                    .orThrow()
                    .text();
            assertTrue(mounts.contains(" 9p rw,nosuid,nodev,") && mounts.contains("directio"), mounts);

            LentFile lent = borrow(stage);
            String path = "/run/portal/" + lent.lease() + "/" + lent.name();
            String read = "cat '" + path + "'";
            assertEquals("figures", guest.sh(read, PATIENCE).orThrow().text());
            CompletableFuture<String> holding = reader(guest, agent, path);

            stage.backend().kill();
            String error = holding.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertTrue(GuestAgent.HOST_GONE.contains(error), error);
            String gone =
                    "for i in $(seq 100); do grep -q ' /run/portal ' /proc/mounts || exec ls -A /run/portal; sleep 0.1; done; exit 1";
            CommandResult empty = guest.sh(gone, PATIENCE).orThrow();
            assertEquals("", empty.text(), agent.mountLog());

            start(stage, policy, file);
            stage.backend().awaitInstance(Stage.INSTANCE, "mounted", true);
            agent.awaitMounted();
            assertEquals("figures", guest.sh(read, PATIENCE).orThrow().text(), agent.mountLog());
            assertTrue(agent.mountLog().contains("the host has closed the connection behind /run/portal"));

            // And the new mount feels a revoke, at the next read of what is open.
            CompletableFuture<String> again = reader(guest, agent, path);
            stage.backend().command("revoke", lent.lease());
            assertEquals("ESTALE", again.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        }
    }
}
