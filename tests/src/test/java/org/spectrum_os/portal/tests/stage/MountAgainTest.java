// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.spectrum_os.portal.protocol.FileRequest;
import org.spectrum_os.portal.protocol.LentFile;
import org.spectrum_os.portal.protocol.Message;
import org.spectrum_os.portal.protocol.MessageChannel;
import org.spectrum_os.portal.protocol.Ports;
import org.spectrum_os.portal.protocol.Untrusted;
import org.spectrum_os.portal.tests.guest.CommandResult;
import org.spectrum_os.portal.tests.guest.GuestVm;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.SocketKind;

/** A guest's kernel and its mount while the host's backend is killed, away, and back. */
@Tag("guest")
class MountAgainTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static void start(Stage stage, Path policy, Path file) throws Exception {
        Path program = stage.programs().root().resolve("bin/consent-double");
        if (!Files.exists(program)) {
            program = Installation.checkout().resolve("tests/consent-double");
        }
        stage.startBackend(policy, List.of("--consent-ui", program + " lend " + file));
        stage.backend().awaitLog("ready:");
    }

    /** Asks as the guest's agent would; the link ends with it, the lease does not. */
    private static LentFile borrow(Stage stage) throws Exception {
        try (var link = new MessageChannel(Connection.connectUnix(
                Ports.unixSocket(stage.folder().resolve("vm/vm.vsock"), Ports.LINK), SocketKind.STREAM))) {
            link.send(new Message.Hello(Message.VERSION, Untrusted.of("test")));
            assertInstanceOf(Message.Welcome.class, link.receive(Message.FromHost.class, PATIENCE));
            link.send(new Message.OpenFile(
                    1,
                    new FileRequest(
                            Untrusted.of("org.example.App"),
                            Untrusted.of("Attach"),
                            false,
                            false,
                            List.of(),
                            null,
                            List.of(),
                            Untrusted.of(""))));
            return assertInstanceOf(Message.Granted.class, link.receive(Message.FromHost.class, PATIENCE))
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
            assertTrue(List.of("EIO", "ECONNRESET", "ENOTCONN", "EREMOTEIO")
                    .contains(holding.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)));
            String gone =
                    "for i in $(seq 100); do grep -q ' /run/portal ' /proc/mounts || exec ls -A /run/portal; sleep 0.1; done; exit 1";
            CommandResult empty = guest.sh(gone, PATIENCE).orThrow();
            assertEquals("", empty.text(), agent.mountLog());

            start(stage, policy, file);
            stage.backend().awaitInstance(Stage.INSTANCE, "mounted", true);
            assertEquals("figures", guest.sh(read, PATIENCE).orThrow().text(), agent.mountLog());
            assertTrue(agent.mountLog().contains("the host has closed the connection behind /run/portal"));

            // And the new mount feels a revoke, at the next read of what is open.
            CompletableFuture<String> again = reader(guest, agent, path);
            stage.backend().command("revoke", lent.lease());
            assertEquals("ESTALE", again.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        }
    }
}
