// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.backend.policy.PolicyReader;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Listener;
import org.spectrum_os.portal.transport.SocketKind;

/** Keys of agents that do not do what they should. */
@Timeout(60)
class KeychainTest {
    @TempDir
    Path folder;

    private Instance mail() throws Exception {
        String rule =
                "{\"ssh\": \"SHA256:%s\", \"agent\": \"" + folder.resolve("agent") + "\", \"authenticate\": \"ask\"}";
        return PolicyReader.parse(
                        "test",
                        "{\"version\": 1, \"instances\": {\"mail\": {\"colour\": \"#3584e4\", \"link\": {\"vsock\": 12},"
                                + " \"rules\": {}, \"keys\": [" + rule.formatted("A".repeat(43)) + ", "
                                + rule.formatted("B".repeat(42) + "A") + "]}}}")
                .instance("mail")
                .orElseThrow();
    }

    @Test
    void anAgentThatLetsUsWaitIsAskedOnceForAllItsKeysAndNotAgainAtOnce() throws Exception {
        Instance mail = mail();
        var asked = new AtomicInteger();
        try (var agent = Listener.unix(folder.resolve("agent"), SocketKind.STREAM, Listener.Identity.PROCESS);
                var places = new KeyPlaces(folder, Optional.empty(), _ -> Optional.of(mail))) {
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    while (true) {
                        Connection connection = agent.accept();
                        asked.incrementAndGet();
                        // Half an answer, late, and the end.
                        var request = ByteBuffer.allocate(5);
                        connection.read(request, Duration.ZERO);
                        Thread.sleep(1500);
                        connection.close();
                    }
                } catch (java.io.IOException | InterruptedException _) {
                    // The test is over.
                }
            });
            var keychain = new Keychain(places, _ -> Optional.of(mail));
            assertEquals(List.of(), keychain.ssh("mail"));
            assertEquals(List.of(), keychain.ssh("mail"));
        }
        assertEquals(1, asked.get());
        Files.deleteIfExists(folder.resolve("agent"));
    }
}
