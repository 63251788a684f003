// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign;

import static java.lang.System.Logger.Level.DEBUG;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.spectrum_os.portal.protocol.KeyChannel;
import org.spectrum_os.portal.protocol.KeyMessage;
import org.spectrum_os.portal.protocol.ProtocolException;

/** The content that a guest sends to be signed, and the guest's patience: its leaving is noticed while a person reads. */
final class GuestContent {
    private static final System.Logger LOG = System.getLogger(GuestContent.class.getName());
    /** For the next piece to come; a guest may read from a slow source. */
    private static final Duration IDLE = Duration.ofMinutes(2);
    /** For the guest to take what it is told. */
    static final Duration TAKE = Duration.ofMinutes(1);
    /** Between two messages of progress. */
    private static final long PROGRESS_BYTES = 16L * 1024 * 1024;

    private final KeyChannel channel;
    private final ReceivedContent received;

    /**
     * @param forSsh whether an SSH key is to sign it
     */
    GuestContent(KeyChannel channel, boolean forSsh) {
        this.channel = channel;
        received = new ReceivedContent(forSsh);
    }

    /** Takes each piece besides. */
    @FunctionalInterface
    interface Sink {
        void take(ByteBuffer piece) throws IOException, RefusedException;
    }

    /** Receives all of it, in constant memory. */
    ReceivedContent receive(Sink sink) throws IOException, RefusedException {
        long told = 0;
        while (true) {
            switch (channel.receive(KeyMessage.Ask.class, IDLE)) {
                case KeyChannel.Piece.Data(ByteBuffer piece) -> {
                    received.add(piece);
                    sink.take(piece);
                    if (received.bytes() - told >= PROGRESS_BYTES) {
                        told = received.bytes();
                        channel.send(new KeyMessage.Received(told), TAKE);
                    }
                }
                case KeyChannel.Piece.End() -> {
                    return received;
                }
                case KeyChannel.Piece.Said(var message) -> throw new ProtocolException("a message amid the content");
            }
        }
    }

    /** After the end the guest has nothing more to say: whatever comes, its leaving above all, ends the operation. */
    void watch(Abort abort) {
        Thread.ofPlatform().daemon().name("guest that waits for a signature").start(() -> {
            try {
                var _ = channel.receive(KeyMessage.Ask.class, Duration.ZERO);
                LOG.log(DEBUG, "a guest said something after its content");
            } catch (IOException e) {
                LOG.log(DEBUG, "a guest that waits for a signature left, or has it: {0}", e.getMessage());
            }
            abort.abort();
        });
    }
}
