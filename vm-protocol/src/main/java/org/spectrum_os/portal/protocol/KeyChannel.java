// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.protocol;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import org.spectrum_os.portal.transport.Connection;

/**
 * A connection about keys: {@link KeyMessage}s, and data in pieces, each in one frame of a {@link FrameChannel}. The frame's first byte
 * says what it holds. After {@link KeyMessage.Ready} to {@link KeyMessage.GpgAgent} and {@link KeyMessage.SshAgent} there are no frames any
 * more: {@link #connection} carries that protocol's own bytes.
 *
 * <p>Any thread may send; one thread receives. {@link #close} may come from any thread and wakes both.
 */
public final class KeyChannel implements AutoCloseable {
    /** Bytes of data in one frame. */
    public static final int PIECE_BYTES = Limits.FRAME_BYTES - 1;

    private static final byte MESSAGE = 'M';
    private static final byte DATA = 'D';
    private static final byte END = 'E';

    private final FrameChannel frames;

    public KeyChannel(Connection connection) {
        frames = new FrameChannel(connection);
    }

    /** One frame, by what it holds. */
    public sealed interface Piece<M extends KeyMessage> {
        /** A message. */
        record Said<M extends KeyMessage>(M message) implements Piece<M> {}

        /** 1 to {@link #PIECE_BYTES} bytes of data; the buffer is the receiver's. */
        record Data<M extends KeyMessage>(ByteBuffer bytes) implements Piece<M> {}

        /** No more data follows in this direction. */
        record End<M extends KeyMessage>() implements Piece<M> {}
    }

    public Connection connection() {
        return frames.connection();
    }

    /**
     * Writes one message, or gives up; then the channel is closed.
     *
     * @param longest for all of it
     */
    public void send(KeyMessage message, Duration longest) throws IOException {
        frames.send(tagged(MESSAGE, ByteBuffer.wrap(MessageCodec.encodeJson(message))), longest);
    }

    /** Writes all of {@code data}, in as many pieces as it takes; blocks while the peer does not read. Empty data writes nothing. */
    public void sendData(ByteBuffer data) throws IOException {
        while (data.hasRemaining()) {
            frames.send(tagged(DATA, nextPiece(data)));
        }
    }

    private static ByteBuffer nextPiece(ByteBuffer data) {
        ByteBuffer piece = data.slice(data.position(), Math.min(PIECE_BYTES, data.remaining()));
        data.position(data.position() + piece.remaining());
        return piece;
    }

    /**
     * As {@link #sendData(ByteBuffer)}, or gives up; then the channel is closed.
     *
     * @param longest for each piece
     * @throws java.net.SocketTimeoutException if the peer did not take a piece in time
     */
    public void sendData(ByteBuffer data, Duration longest) throws IOException {
        while (data.hasRemaining()) {
            frames.send(tagged(DATA, nextPiece(data)), longest);
        }
    }

    /** Says that no more data follows in this direction. */
    public void sendEnd() throws IOException {
        frames.send(new byte[] {END});
    }

    private static byte[] tagged(byte tag, ByteBuffer content) throws ProtocolException {
        if (content.remaining() > PIECE_BYTES) {
            throw new ProtocolException("a message of " + content.remaining() + " bytes does not fit a frame");
        }
        byte[] frame = new byte[1 + content.remaining()];
        frame[0] = tag;
        content.get(frame, 1, content.remaining());
        return frame;
    }

    /**
     * Waits for the next frame.
     *
     * @param side the family of its message, {@code KeyMessage.Ask.class} or {@code KeyMessage.Answer.class}
     * @param idle how long to wait for it to begin; zero waits for ever
     * @throws java.io.EOFException            if the peer closed the connection between two frames
     * @throws java.net.SocketTimeoutException if nothing came in time
     * @throws ProtocolException               if what came is no such frame
     */
    public <M extends KeyMessage> Piece<M> receive(Class<M> side, Duration idle) throws IOException {
        byte[] frame = frames.receive(idle);
        return switch (frame[0]) {
            case MESSAGE -> new Piece.Said<>(MessageCodec.decodeJson(Arrays.copyOfRange(frame, 1, frame.length), side));
            case DATA -> {
                if (frame.length == 1) {
                    throw new ProtocolException("a piece of data without data");
                }
                yield new Piece.Data<>(ByteBuffer.wrap(frame, 1, frame.length - 1));
            }
            case END -> {
                if (frame.length != 1) {
                    throw new ProtocolException("an end with something behind it");
                }
                yield new Piece.End<>();
            }
            default -> throw new ProtocolException("a frame of no known kind");
        };
    }

    /** As {@link #receive}, where only a message makes sense. */
    public <M extends KeyMessage> M receiveMessage(Class<M> side, Duration idle) throws IOException {
        if (receive(side, idle) instanceof Piece.Said<M>(M message)) {
            return message;
        }
        throw new ProtocolException("data where a message was due");
    }

    @Override
    public void close() {
        frames.close();
    }
}
