// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.spectrum_os.portal.agent.KeyStage;
import org.spectrum_os.portal.protocol.KeyChannel;
import org.spectrum_os.portal.protocol.KeyMessage;
import org.spectrum_os.portal.protocol.Untrusted;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Peer;
import org.spectrum_os.portal.transport.SocketKind;

/** {@code spectrum-agent vault} with a real gpg-agent and ssh-agent, asked as the host asks it. */
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class VaultTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    private KeyStage stage;
    private Path socket;

    @BeforeAll
    void start() throws Exception {
        stage = new KeyStage();
        // This VM is the one with the secret keys; its gpg-agent is not running yet.
        stage.environment.put("GNUPGHOME", stage.hostHome.toString());
        stage.environment.put("SSH_AUTH_SOCK", stage.folder.resolve("ssh-agent").toString());
        stage.run("gpgconf", "--kill", "all");
        socket = stage.folder.resolve("vault");
        stage.start("vault", "spectrum-agent", "vault", "--listen", "unix:" + socket);
        stage.awaitLog("vault", "lent to the host");
    }

    @AfterAll
    void stop() throws Exception {
        stage.close();
    }

    private KeyChannel ask(KeyMessage.Ask ask) throws IOException {
        var channel = new KeyChannel(Connection.connectUnix(socket, SocketKind.STREAM));
        channel.send(ask, SOON);
        return channel;
    }

    private static String line(Connection from) throws IOException {
        var line = new StringBuilder();
        var one = ByteBuffer.allocate(1);
        while (line.indexOf("\n") < 0 && from.read(one.clear(), SOON) >= 0) {
            line.append((char) one.get(0));
        }
        return line.toString();
    }

    @Test
    void theHostReachesTheRealAgents() throws Exception {
        try (KeyChannel channel = ask(new KeyMessage.GpgAgent(KeyMessage.VERSION))) {
            assertInstanceOf(KeyMessage.Ready.class, channel.receiveMessage(KeyMessage.Answer.class, SOON));
            assertTrue(line(channel.connection()).startsWith("OK Pleased"));
            channel.connection().write(ByteBuffer.wrap("GETINFO version\n".getBytes(StandardCharsets.UTF_8)));
            assertTrue(line(channel.connection()).startsWith("D 2."));
        }
        try (KeyChannel channel = ask(new KeyMessage.SshAgent(KeyMessage.VERSION))) {
            assertInstanceOf(KeyMessage.Ready.class, channel.receiveMessage(KeyMessage.Answer.class, SOON));
            // SSH_AGENTC_REQUEST_IDENTITIES, answered by SSH_AGENT_IDENTITIES_ANSWER with one key.
            channel.connection().write(ByteBuffer.wrap(new byte[] {0, 0, 0, 1, 11}));
            var answer = ByteBuffer.allocate(9);
            while (answer.hasRemaining() && channel.connection().read(answer, SOON) >= 0) {
                // The rest of it.
            }
            assertEquals(12, answer.get(4));
            assertEquals(1, answer.getInt(5));
        }
    }

    @Test
    void thePublicKeysOfItsSecretKeysAreSent() throws Exception {
        try (KeyChannel channel = ask(new KeyMessage.PublicKeys(KeyMessage.VERSION))) {
            assertInstanceOf(KeyMessage.Ready.class, channel.receiveMessage(KeyMessage.Answer.class, SOON));
            Path keys = stage.folder.resolve("keys.gpg");
            try (SeekableByteChannel file =
                    Files.newByteChannel(keys, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                while (channel.receive(KeyMessage.Answer.class, SOON)
                        instanceof KeyChannel.Piece.Data<KeyMessage.Answer>(ByteBuffer data)) {
                    file.write(data);
                }
            }
            assertEquals(
                    new KeyMessage.Keys(List.of(stage.fingerprint)),
                    channel.receiveMessage(KeyMessage.Answer.class, SOON));
            String shown = stage.run(
                            Map.of(),
                            stage.folder,
                            "",
                            "gpg",
                            "--batch",
                            "--with-colons",
                            "--show-keys",
                            keys.toString())
                    .expect(0)
                    .out();
            assertTrue(shown.contains(stage.fingerprint) && shown.startsWith("pub:"), shown);
        }
    }

    @Test
    void onlyTheHostIsHeard() {
        assertTrue(Vault.isHost(new Peer.Vsock(2)));
        for (int cid : new int[] {0, 1, 3, -1}) {
            assertFalse(Vault.isHost(new Peer.Vsock(cid)), "CID " + cid);
        }
    }

    @Test
    void whatItDoesNotDoIsRefused() throws Exception {
        for (KeyMessage.Ask ask : List.of(
                new KeyMessage.SignSsh(KeyMessage.VERSION, Untrusted.of(""), Untrusted.of("git"), Untrusted.of("")),
                new KeyMessage.GpgAgent(KeyMessage.VERSION + 1))) {
            try (KeyChannel channel = ask(ask)) {
                assertInstanceOf(KeyMessage.Refused.class, channel.receiveMessage(KeyMessage.Answer.class, SOON));
                assertThrows(EOFException.class, () -> channel.receiveMessage(KeyMessage.Answer.class, SOON));
            }
        }
        try (Connection raw = Connection.connectUnix(socket, SocketKind.STREAM)) {
            raw.write(ByteBuffer.wrap(new byte[] {0, 0, 0, 1, 'X'}));
            assertEquals(-1, raw.read(ByteBuffer.allocate(1), SOON));
        }
    }
}
