// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.SocketKind;

class MessageChannelTest {
    private static final Duration SOON = Duration.ofSeconds(5);

    private Connection guest;
    private MessageChannel host;

    @BeforeEach
    void connect() throws Exception {
        var ends = Connection.pair(SocketKind.STREAM);
        guest = ends.first();
        host = new MessageChannel(ends.second());
    }

    @AfterEach
    void close() {
        guest.close();
        host.close();
    }

    private Message.FromGuest received() throws Exception {
        return host.receive(Message.FromGuest.class, SOON);
    }

    private void raw(int length, String json) throws Exception {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        guest.write(
                ByteBuffer.allocate(4 + bytes.length).putInt(length).put(bytes).flip());
    }

    @Test
    void aPeerThatDoesNotReadEndsTheChannelInTime() {
        var message = new Message.Ended(1, Outcome.DENIED);
        assertThrows(SocketTimeoutException.class, () -> {
            while (true) {
                host.send(message, Duration.ofMillis(200));
            }
        });
        assertThrows(ClosedChannelException.class, () -> host.send(message, SOON));
    }

    @Test
    void carriesMessagesBothWays() throws Exception {
        var agent = new MessageChannel(guest);
        agent.send(new Message.Hello(1, Untrusted.of("agent")));
        agent.send(new Message.Cancel(3));
        assertInstanceOf(Message.Hello.class, received());
        assertEquals(new Message.Cancel(3), received());
        host.send(new Message.Welcome(1, "mail"));
        assertEquals(new Message.Welcome(1, "mail"), agent.receive(Message.FromHost.class, SOON));
    }

    @Test
    void aFrameMayArriveByteByByte() throws Exception {
        byte[] json = MessageCodec.encode(new Message.Cancel(3));
        var frame = ByteBuffer.allocate(4 + json.length)
                .putInt(json.length)
                .put(json)
                .flip();
        var reading = CompletableFuture.supplyAsync(() -> {
            try {
                return received();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        while (frame.hasRemaining()) {
            guest.write(ByteBuffer.wrap(new byte[] {frame.get()}));
        }
        assertEquals(new Message.Cancel(3), reading.join());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Limits.FRAME_BYTES + 1, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void aFrameTooLongIsRefusedBeforeItIsRead(int length) throws Exception {
        raw(length, "");
        var error = assertThrows(ProtocolException.class, this::received);
        assertTrue(String.valueOf(error.getMessage()).contains(Integer.toUnsignedString(length)));
    }

    @Test
    void theLongestFrameIsAccepted() throws Exception {
        String start = "{\"type\":\"hello\",\"version\":1,\"agent\":\"";
        String json = start + "a".repeat(Limits.FRAME_BYTES - start.length() - 2) + "\"}";
        assertEquals(Limits.FRAME_BYTES, json.length());
        var writing = CompletableFuture.runAsync(() -> {
            try {
                raw(json.length(), json);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        assertInstanceOf(Message.Hello.class, received());
        writing.join();
    }

    @Test
    void halfAFrameThenTheEndIsRefused() throws Exception {
        raw(100, "{\"type\":");
        guest.close();
        assertThrows(ProtocolException.class, this::received);
    }

    @Test
    void halfALengthThenTheEndIsRefused() throws Exception {
        guest.write(ByteBuffer.wrap(new byte[] {0, 0}));
        guest.close();
        assertThrows(ProtocolException.class, this::received);
    }

    @Test
    void aPeerThatClosesBetweenFramesIsNoError() {
        guest.close();
        assertThrows(EOFException.class, this::received);
    }

    @Test
    void silenceTimesOut() {
        assertThrows(SocketTimeoutException.class, () -> host.receive(Message.FromGuest.class, Duration.ofMillis(30)));
    }

    @Test
    void closingWakesTheReceiver() throws Exception {
        var reading = CompletableFuture.supplyAsync(() ->
                assertThrows(java.io.IOException.class, () -> host.receive(Message.FromGuest.class, Duration.ZERO)));
        host.close();
        assertInstanceOf(ClosedChannelException.class, reading.join());
    }
}
