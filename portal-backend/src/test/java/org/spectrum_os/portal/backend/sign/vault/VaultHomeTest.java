// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.spectrum_os.portal.backend.policy.LinkAddress;
import org.spectrum_os.portal.protocol.KeyChannel;
import org.spectrum_os.portal.protocol.KeyMessage;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Listener;
import org.spectrum_os.portal.transport.SocketKind;

/** A vault that means no good, behind the socket of a VM monitor. */
@Timeout(60)
class VaultHomeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final AtomicInteger asked = new AtomicInteger();
    private final CountDownLatch isAsked = new CountDownLatch(1);
    private Path folder;
    private Listener monitor;
    private VaultHome home;

    @BeforeEach
    void listen() throws Exception {
        folder = Files.createTempDirectory(Path.of("/tmp"), "k");
        Path socket = folder.resolve("monitor");
        monitor = Listener.unix(socket, SocketKind.STREAM, Listener.Identity.SOCKET);
        home = new VaultHome(
                "vault", new VaultLink("vault", new LinkAddress.Unix(socket), PATIENCE), folder.resolve("ring"));
    }

    @AfterEach
    void clearAway() throws Exception {
        home.close();
        monitor.close();
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private interface Answers {
        void to(KeyChannel host) throws IOException;
    }

    private void vault(Answers answers) {
        Thread.ofPlatform().daemon().start(() -> {
            try {
                while (true) {
                    Connection host = monitor.accept();
                    var line = ByteBuffer.allocate(1);
                    while (line.position() == 0 || line.get(0) != '\n') {
                        host.read(line.clear(), Duration.ZERO);
                    }
                    host.write(ByteBuffer.wrap("OK 1\n".getBytes(StandardCharsets.US_ASCII)));
                    var channel = new KeyChannel(host);
                    channel.receiveMessage(KeyMessage.Ask.class, Duration.ZERO);
                    asked.incrementAndGet();
                    isAsked.countDown();
                    answers.to(channel);
                }
            } catch (IOException _) {
                // The test is over, or the host has left.
            }
        });
    }

    /** A byte at a time, for ever. */
    private static void drip(KeyChannel host) throws IOException {
        host.send(new KeyMessage.Ready(), PATIENCE);
        while (true) {
            host.sendData(ByteBuffer.allocate(1));
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
    }

    @Test
    void aVaultThatNeverEndsIsGivenUpAndNotAskedAgainAtOnce() {
        vault(VaultHomeTest::drip);
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            assertThrows(IOException.class, home::keys);
            assertThrows(IOException.class, home::keys);
            assertThrows(IOException.class, home::keys);
        });
        assertEquals(1, asked.get());
    }

    @Test
    void whoEndsDoesNotWaitForASilentVault() throws Exception {
        vault(host -> {});
        Thread waiting = Thread.ofPlatform().daemon().start(() -> assertThrows(IOException.class, home::keys));
        assertTrue(isAsked.await(10, TimeUnit.SECONDS));
        assertTimeoutPreemptively(Duration.ofSeconds(5), home::close);
        assertTrue(waiting.isAlive(), "the vault has not answered");
    }

    @Test
    void whatAVaultSaysIsOneLineInTheLog() {
        vault(host -> host.send(new KeyMessage.Refused("no\n2026-01-01 all is well\u202e"), PATIENCE));
        String message =
                String.valueOf(assertThrows(IOException.class, home::keys).getMessage());
        assertTrue(message.contains("refuses: no"), message);
        assertFalse(message.contains("\n") || message.contains("\u202e"), message);
    }

    @Test
    void junkIsAFailureThatIsTold() {
        vault(host -> {
            host.send(new KeyMessage.Ready(), PATIENCE);
            host.sendData(ByteBuffer.wrap("junk".repeat(1000).getBytes(StandardCharsets.US_ASCII)));
            host.sendEnd();
            host.send(new KeyMessage.Keys(java.util.List.of()), PATIENCE);
        });
        String message =
                String.valueOf(assertThrows(IOException.class, home::keys).getMessage());
        assertTrue(message.contains("no valid OpenPGP data found"), message);
    }
}
