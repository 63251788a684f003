// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.spectrum_os.portal.protocol.KeyChannel.Piece;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.SocketKind;

/** Messages and data on a connection about keys, and what a hostile peer may send in their place. */
@Timeout(60)
final class KeyChannelTest {
    private static final Duration SOON = Duration.ofSeconds(5);

    private Connection peer;
    private KeyChannel channel;

    @BeforeEach
    void connect() throws Exception {
        var ends = Connection.pair(SocketKind.STREAM);
        peer = ends.first();
        channel = new KeyChannel(ends.second());
    }

    @AfterEach
    void close() {
        peer.close();
        channel.close();
    }

    private void raw(byte[] frame) throws Exception {
        peer.write(ByteBuffer.allocate(4 + frame.length)
                .putInt(frame.length)
                .put(frame)
                .flip());
    }

    private void raw(String frame) throws Exception {
        raw(frame.getBytes(StandardCharsets.UTF_8));
    }

    private Piece<KeyMessage.Ask> received() throws Exception {
        return channel.receive(KeyMessage.Ask.class, SOON);
    }

    @Test
    void messagesDataAndTheEndArriveInOrder() throws Exception {
        try (var asker = new KeyChannel(peer)) {
            asker.send(new KeyMessage.PublicKeys(1), SOON);
            asker.sendData(ByteBuffer.allocate(0));
            asker.sendData(ByteBuffer.wrap(new byte[] {7, 8}));
            asker.sendEnd();
            assertEquals(new Piece.Said<>(new KeyMessage.PublicKeys(1)), received());
            var data = assertInstanceOf(Piece.Data.class, received());
            assertEquals(ByteBuffer.wrap(new byte[] {7, 8}), data.bytes());
            assertInstanceOf(Piece.End.class, received());
            channel.send(new KeyMessage.Received(2), SOON);
            assertEquals(new KeyMessage.Received(2), asker.receiveMessage(KeyMessage.Answer.class, SOON));
        }
        assertThrows(EOFException.class, this::received);
    }

    @Test
    void muchDataGoesInPiecesOfBoundedSize() throws Exception {
        byte[] content = new byte[3 * KeyChannel.PIECE_BYTES + 1];
        new Random(5).nextBytes(content);
        var sender = new KeyChannel(peer);
        var sending = CompletableFuture.runAsync(() -> {
            try {
                sender.sendData(ByteBuffer.wrap(content));
                sender.sendEnd();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        var all = ByteBuffer.allocate(content.length);
        while (received() instanceof Piece.Data<KeyMessage.Ask>(ByteBuffer bytes)) {
            all.put(bytes);
        }
        sending.join();
        assertArrayEquals(content, all.array());
    }

    /** After an agent's ask the connection carries another protocol: not one byte of it may be lost in a buffer. */
    @Test
    void nothingBehindAMessageIsRead() throws Exception {
        raw("M{\"type\":\"gpg-agent\",\"version\":1}");
        peer.write(ByteBuffer.wrap("BYE\n".getBytes(StandardCharsets.UTF_8)));
        assertEquals(new KeyMessage.GpgAgent(1), channel.receiveMessage(KeyMessage.Ask.class, SOON));
        var rest = ByteBuffer.allocate(16);
        assertEquals(4, channel.connection().read(rest, SOON));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X",
                "m{\"type\":\"public-keys\",\"version\":1}",
                "{\"type\":\"public-keys\",\"version\":1}",
                "M",
                "D",
                "EE",
                "E{}",
                "Mnull",
                "M{\"type\":\"ready\"}",
                "M{\"type\":\"hello\",\"version\":1,\"agent\":\"\"}"
            })
    void framesOfNoKnownKindAreRefused(String frame) throws Exception {
        raw(frame);
        assertThrows(ProtocolException.class, this::received);
    }

    @Test
    void dataIsNoMessage() throws Exception {
        raw("Dx");
        assertThrows(ProtocolException.class, () -> channel.receiveMessage(KeyMessage.Ask.class, SOON));
        raw("E");
        assertThrows(ProtocolException.class, () -> channel.receiveMessage(KeyMessage.Ask.class, SOON));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Limits.FRAME_BYTES + 1, Integer.MAX_VALUE})
    void lengthsOutOfRangeAreRefused(int length) throws Exception {
        peer.write(ByteBuffer.allocate(4).putInt(length).flip());
        assertThrows(ProtocolException.class, this::received);
    }

    @Test
    void halfAFrameIsRefused() throws Exception {
        peer.write(
                ByteBuffer.allocate(6).putInt(10).put((byte) 'D').put((byte) 1).flip());
        peer.close();
        assertThrows(ProtocolException.class, this::received);
    }

    @Test
    void aMessageThatFitsNoFrameIsNotSent() {
        var message = new KeyMessage.SignOpenpgp(
                1,
                Untrusted.of("k".repeat(KeyChannel.PIECE_BYTES)),
                KeyMessage.SignOpenpgp.Form.CLEAR,
                true,
                Untrusted.of(""));
        assertThrows(ProtocolException.class, () -> channel.send(message, SOON));
    }

    /** Random frames: a piece or a ProtocolException, nothing else. */
    @Test
    void noiseNeverThrowsAnythingElse() throws Exception {
        var random = new Random(11);
        byte[] good = "M{\"type\":\"sign-ssh\",\"version\":1,\"key\":\"k\",\"namespace\":\"git\",\"origin\":\"\"}"
                .getBytes(StandardCharsets.UTF_8);
        int rounds = Integer.getInteger("fuzz.rounds", 50_000) / 5;
        for (int round = 0; round < rounds; round++) {
            byte[] frame = Arrays.copyOf(good, 1 + random.nextInt(good.length));
            for (int edits = random.nextInt(3); edits > 0; edits--) {
                frame[random.nextInt(frame.length)] = (byte) random.nextInt(256);
            }
            raw(frame);
            try {
                received();
            } catch (ProtocolException expected) {
                // Refused, and the next frame is read.
            }
        }
    }
}
