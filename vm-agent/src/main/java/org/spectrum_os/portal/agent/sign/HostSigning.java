// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.sign;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.spectrum_os.portal.agent.keys.HostKeys;
import org.spectrum_os.portal.agent.link.HostAddress;
import org.spectrum_os.portal.protocol.KeyChannel;
import org.spectrum_os.portal.protocol.KeyMessage;
import org.spectrum_os.portal.protocol.ProtocolException;

/** One signature by the host: sends the content and at the same time receives what is made of it, with a fixed amount of memory. */
final class HostSigning {
    private final KeyChannel channel;
    /** Set before the end is said, so that an answer to it finds it set. */
    private final AtomicBoolean ended = new AtomicBoolean();

    private final AtomicReference<IOException> unread = new AtomicReference<>();

    private HostSigning(KeyChannel channel) {
        this.channel = channel;
    }

    /**
     * Asks, and waits for the user for as long as the host lets that take.
     *
     * @param content  read to its end on another thread, and left open
     * @param output   is written what the host sends
     * @param most     bytes that the host may send
     * @param received is told now and then how many bytes of the content the host has
     * @return {@link KeyMessage.Signed} or {@link KeyMessage.Failed}
     * @throws HostKeys.NoKeysException if the host is not there, refuses, or goes away
     * @throws IOException              if the content cannot be read, the output not be written, or the host makes no sense
     */
    static KeyMessage.Answer sign(
            HostAddress host,
            KeyMessage.Sign ask,
            InputStream content,
            OutputStream output,
            long most,
            LongConsumer received)
            throws IOException {
        try (KeyChannel channel = HostKeys.open(host, ask)) {
            var signing = new HostSigning(channel);
            Thread.ofPlatform().daemon().name("content").start(() -> signing.send(content));
            return signing.receive(output, most, received);
        }
    }

    private void send(InputStream content) {
        byte[] piece = new byte[KeyChannel.PIECE_BYTES];
        while (true) {
            int count;
            try {
                count = content.read(piece);
            } catch (IOException e) {
                unread.set(e);
                // Without an end: what was sent is not what was to be signed.
                channel.close();
                return;
            }
            try {
                if (count < 0) {
                    ended.set(true);
                    channel.sendEnd();
                    return;
                }
                channel.sendData(ByteBuffer.wrap(piece, 0, count));
            } catch (IOException _) {
                // The host has stopped listening; what it said last is being received.
                return;
            }
        }
    }

    private KeyMessage.Answer receive(OutputStream output, long most, LongConsumer received) throws IOException {
        long left = most;
        boolean whole = false;
        while (true) {
            KeyChannel.Piece<KeyMessage.Answer> piece = next();
            if (piece instanceof KeyChannel.Piece.Data<KeyMessage.Answer>(ByteBuffer data) && !whole) {
                left -= data.remaining();
                if (left < 0) {
                    throw new ProtocolException("the host sends more than a signature can be");
                }
                output.write(data.array(), data.arrayOffset() + data.position(), data.remaining());
            } else if (piece instanceof KeyChannel.Piece.End && !whole) {
                whole = true;
            } else if (piece instanceof KeyChannel.Piece.Said<KeyMessage.Answer>(KeyMessage.Answer answer)) {
                switch (answer) {
                    case KeyMessage.Received(long bytes) -> received.accept(bytes);
                    case KeyMessage.Failed failed -> {
                        return failed;
                    }
                    case KeyMessage.Signed signed -> {
                        if (!ended.get() || left == most) {
                            throw new ProtocolException(
                                    "the host has signed what it does not have, or sent no signature");
                        }
                        return signed;
                    }
                    default -> throw nonsense();
                }
            } else {
                throw nonsense();
            }
        }
    }

    private static ProtocolException nonsense() {
        return new ProtocolException("the host says something that makes no sense while it signs");
    }

    private KeyChannel.Piece<KeyMessage.Answer> next() throws IOException {
        try {
            return channel.receive(KeyMessage.Answer.class, Duration.ZERO);
        } catch (EOFException e) {
            throw new HostKeys.NoKeysException(
                    "the host closed the connection before there was a signature; the portal on the host may have been stopped",
                    e);
        } catch (IOException e) {
            IOException cause = unread.get();
            if (cause != null) {
                throw new IOException("cannot read the content: " + cause.getMessage(), cause);
            }
            throw e;
        }
    }
}
