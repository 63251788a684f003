// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.ssh;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.spectrum_os.portal.protocol.FrameChannel;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.SocketKind;

/** What a guest may say to its ssh-agent, byte by byte. */
@Timeout(60)
class SshConversationTest implements GuestIdentities {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final SshKey KEY = SignedDataTest.KEY;
    private static final byte[] FILE = FakeServer.file("git", "sha512", new byte[64]);
    private static final byte[] SIGNATURE = {1, 2, 3};

    private final List<String> log = new CopyOnWriteArrayList<>();
    private final List<SshRequest> asked = new CopyOnWriteArrayList<>();
    private final CountDownLatch signing = new CountDownLatch(1);
    private final CountDownLatch gone = new CountDownLatch(1);
    private final CountDownLatch answered = new CountDownLatch(1);
    private volatile boolean asking;
    private List<SshKey> keys = List.of(KEY, SignedDataTest.RSA);
    private Connection.Ends ends;
    private FrameChannel guest;
    private CompletableFuture<Void> ended;

    @BeforeEach
    void begin() throws IOException {
        ends = Connection.pair(SocketKind.STREAM);
        guest = new FrameChannel(ends.first());
        ended = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                new SshConversation(ends.second(), this, log::add, gone::countDown).run();
                ended.complete(null);
            } catch (InterruptedException | RuntimeException e) {
                ended.completeExceptionally(e);
            }
        });
    }

    @AfterEach
    void endsWithItsGuest() throws Exception {
        guest.close();
        answered.countDown();
        ended.get(20, TimeUnit.SECONDS);
        assertTrue(gone.await(0, TimeUnit.SECONDS));
        assertTrue(ends.second().isClosed());
    }

    @Override
    public List<SshKey> all() {
        return keys;
    }

    @Override
    public Optional<byte[]> sign(SshKey key, SshRequest what, byte[] data, int flags) {
        asked.add(what);
        if (asking) {
            signing.countDown();
            try {
                answered.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        return Optional.of(SIGNATURE);
    }

    private byte[] say(byte[] message) throws IOException {
        guest.send(message);
        return guest.receive(LONG);
    }

    private void expectEnd() throws Exception {
        assertThrows(EOFException.class, () -> guest.receive(LONG));
        guest.close();
        ended.get(20, TimeUnit.SECONDS);
        assertEquals(1, log.size(), log::toString);
        assertTrue(log.getFirst().contains("does not speak the ssh-agent protocol"), log::toString);
    }

    @Test
    void theKeysThatMayBeUsedAreListed() throws Exception {
        byte[] expected = new WireWriter()
                .octet(12)
                .uint32(2)
                .string(KEY.blob())
                .string("mine")
                .string(SignedDataTest.RSA.blob())
                .string("old")
                .toBytes();
        assertArrayEquals(expected, say(new byte[] {11}));
        keys = List.of();
        assertArrayEquals(HexFormat.of().parseHex("0c00000000"), say(new byte[] {11}));
    }

    @Test
    void moreKeysThanFitAreNotListed() throws Exception {
        keys = java.util.Collections.nCopies(1000, new SshKey(SignedDataTest.RSA.hex(), "c".repeat(100)));
        byte[] answer = say(new byte[] {11});
        assertTrue(answer.length <= Limits.FRAME_BYTES && answer.length > Limits.FRAME_BYTES - 200);
    }

    @Test
    void whatIsUnderstoodIsSigned() throws Exception {
        byte[] expected = new WireWriter().octet(14).string(SIGNATURE).toBytes();
        assertArrayEquals(expected, say(FakeServer.signRequest(KEY, FILE, 0)));
        assertEquals(1, asked.size());
    }

    @Test
    void whatIsNotIsRefusedAndNobodyIsAsked() throws Exception {
        SshKey unknown = SshKey.of(new byte[] {9}, "");
        for (byte[] message : List.of(
                FakeServer.signRequest(KEY, "raw".getBytes(US_ASCII), 0),
                FakeServer.signRequest(KEY, FILE, 4),
                FakeServer.signRequest(unknown, FILE, 0),
                new WireWriter()
                        .octet(13)
                        .string(SignedDataTest.RSA.blob())
                        .string(FILE)
                        .uint32(0x8000_0004L)
                        .toBytes())) {
            assertArrayEquals(new byte[] {5}, say(message));
        }
        assertEquals(List.of(), asked);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 5, 6, 7, 8, 9, 12, 14, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 28, 200, 255})
    void everyOtherRequestIsRefusedAndLoggedAndTheNextIsAnswered(int type) throws Exception {
        assertArrayEquals(new byte[] {5}, say(new byte[] {(byte) type, 0, 0, 0, 1}));
        assertEquals(1, log.size());
        assertTrue(log.getFirst().startsWith("refused: the guest asked the ssh-agent to "), log::toString);
        assertEquals(12, say(new byte[] {11})[0]);
    }

    @Test
    void extensionsAreQueriedAndUnknownOnesRefused() throws Exception {
        byte[] query = new WireWriter().octet(27).string("query").toBytes();
        byte[] expected = new WireWriter()
                .octet(29)
                .string("query")
                .string("session-bind@openssh.com")
                .toBytes();
        assertArrayEquals(expected, say(query));
        byte[] unknown =
                new WireWriter().octet(27).string("other@example").octet(1).toBytes();
        assertArrayEquals(new byte[] {5}, say(unknown));
    }

    @Test
    void aBoundServerIsKnownInTheLoginAndABadBindingIsNot() throws Exception {
        var server = new FakeServer();
        byte[] session = FakeServer.session(1);
        byte[] request =
                FakeServer.signRequest(KEY, FakeServer.login(session, "jo", KEY, "ssh-ed25519", server.key()), 0);
        byte[] forged = FakeServer.bindMessage(server.key(), session, new FakeServer().sign(session), false);

        assertArrayEquals(new byte[] {28}, say(forged));
        assertEquals(14, say(request)[0]);
        assertArrayEquals(new byte[] {6}, say(server.bind(session, false)));
        assertEquals(14, say(request)[0]);

        assertEquals(
                java.util.Arrays.asList(null, SshKey.of(server.key(), "")),
                asked.stream().map(one -> ((SshRequest.Login) one).server()).toList());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00000000", // No message.
                "00010001", // A byte more than a message may have.
                "ffffffff", // Four gigabytes.
                "00000002" + "0b00", // A list, and something behind it.
                "00000001" + "0d", // A signature, of what?
                "00000005" + "0d" + "ffffffff", // By a key of four gigabytes.
                "00000009" + "0d" + "00000000" + "00000000", // By a key of no bytes.
                "00000001" + "1b", // An extension without a name.
                "0000000a" + "1b" + "00000005" + "71c3bc7279", // A name that is none.
                "0000000b" + "1b" + "00000005" + "7175657279" + "00" // A query, and something behind it.
            })
    void aBrokenMessageEndsTheConnection(String bytes) throws Exception {
        guest.connection().write(ByteBuffer.wrap(HexFormat.of().parseHex(bytes)));
        expectEnd();
    }

    @Test
    void aBrokenBindingEndsTheConnection() throws Exception {
        byte[] whole = new FakeServer().bind(FakeServer.session(1), false);
        byte[] neither = whole.clone();
        neither[whole.length - 1] = 2;
        guest.send(neither);
        expectEnd();
    }

    @Test
    void halfAMessageAndTheEndIsAnEnd() throws Exception {
        guest.connection().write(ByteBuffer.wrap(new byte[] {0, 0, 0, 5, 13}));
        guest.connection().finishWriting();
        expectEnd();
    }

    @Test
    void aGuestThatGoesWhileAPersonIsAskedIsNoticed() throws Exception {
        asking = true;
        guest.send(FakeServer.signRequest(KEY, FILE, 0));
        assertTrue(signing.await(20, TimeUnit.SECONDS));
        assertEquals(1, gone.getCount());

        guest.close();

        assertTrue(gone.await(20, TimeUnit.SECONDS));
    }

    @Test
    void requestsWaitForTheirTurnButNotMoreThanSome() throws Exception {
        asking = true;
        guest.send(FakeServer.signRequest(KEY, FILE, 0));
        assertTrue(signing.await(20, TimeUnit.SECONDS));
        for (int i = 0; i < SshConversation.MOST_WAITING; i++) {
            guest.send(new byte[] {11});
        }
        answered.countDown();
        assertEquals(14, guest.receive(LONG)[0]);
        for (int i = 0; i < SshConversation.MOST_WAITING; i++) {
            assertEquals(12, guest.receive(LONG)[0]);
        }
    }

    @Test
    void aGuestThatDoesNotWaitForItsAnswersIsSentAway() throws Exception {
        asking = true;
        guest.send(FakeServer.signRequest(KEY, FILE, 0));
        assertTrue(signing.await(20, TimeUnit.SECONDS));
        for (int i = 0; i <= SshConversation.MOST_WAITING; i++) {
            guest.send(new byte[] {11});
        }
        assertTrue(gone.await(20, TimeUnit.SECONDS));
        answered.countDown();
        // The signature that was being made may still arrive.
        byte[] last = guest.receive(LONG);
        assertArrayEquals(new byte[] {14}, Arrays.copyOf(last, 1));
        expectEnd();
    }
}
