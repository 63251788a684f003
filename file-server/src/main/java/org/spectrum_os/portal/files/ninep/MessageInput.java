// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.transport.Connection;

/**
 * Cuts a connection's stream into messages. Its memory does not grow with what the guest sends: the only large request there is, a
 * write, is skipped without being kept. Used by one thread.
 */
final class MessageInput {
    /** The largest message other than a Twrite; 16 names of 255 bytes, or a link target of 4096, fit well. */
    static final int MOST_BYTES = 16 * 1024;

    private final Connection connection;
    /** Direct, so that the socket reads into it without a copy; always between its data's start and end (flipped). */
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(2 * MOST_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .limit(0);

    /** Data of the last Twrite still to come. */
    private int toSkip;

    MessageInput(Connection connection) {
        this.connection = connection;
    }

    /**
     * One message's frame.
     *
     * @param body what follows the tag, of a Twrite without its data; valid until the next message is asked for
     */
    record Incoming(int type, int tag, ByteBuffer body) {}

    /**
     * Waits for the next message, for ever: a mount may be idle for days.
     *
     * @param msize the largest message agreed on
     * @return null at the end of the stream
     */
    @Nullable
    Incoming next(int msize) throws IOException {
        skip();
        if (!fill(RequestDecoder.HEADER_BYTES)) {
            return null;
        }
        int start = buffer.position();
        int size = buffer.getInt(start);
        int type = Byte.toUnsignedInt(buffer.get(start + 4));
        int tag = Short.toUnsignedInt(buffer.getShort(start + 5));
        if (size < RequestDecoder.HEADER_BYTES || size > msize) {
            throw new MalformedMessageException("a message of " + Integer.toUnsignedString(size)
                    + " bytes, allowed are " + RequestDecoder.HEADER_BYTES + " to " + msize);
        }
        int kept = type == RequestDecoder.TWRITE ? writeHeader(size) : size;
        if (kept > MOST_BYTES) {
            throw new MalformedMessageException(
                    "a message of type " + type + " of " + size + " bytes, at most " + MOST_BYTES + " make sense");
        }
        if (!fill(kept)) {
            throw new MalformedMessageException("the stream ended inside a message");
        }
        ByteBuffer body = buffer.slice(
                        buffer.position() + RequestDecoder.HEADER_BYTES, kept - RequestDecoder.HEADER_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        buffer.position(buffer.position() + kept);
        return new Incoming(type, tag, body);
    }

    private int writeHeader(int size) throws IOException {
        if (size < RequestDecoder.WRITE_HEADER_BYTES) {
            throw new MalformedMessageException("a write of " + size + " bytes has no room for its count");
        }
        if (!fill(RequestDecoder.WRITE_HEADER_BYTES)) {
            throw new MalformedMessageException("the stream ended inside a message");
        }
        int count = buffer.getInt(buffer.position() + RequestDecoder.WRITE_HEADER_BYTES - 4);
        if (count != size - RequestDecoder.WRITE_HEADER_BYTES) {
            throw new MalformedMessageException("a write whose count is not the length of its data");
        }
        toSkip = count;
        return RequestDecoder.WRITE_HEADER_BYTES;
    }

    private void skip() throws IOException {
        while (toSkip > 0) {
            if (!buffer.hasRemaining() && !fill(1)) {
                throw new MalformedMessageException("the stream ended inside a message");
            }
            int now = Math.min(toSkip, buffer.remaining());
            buffer.position(buffer.position() + now);
            toSkip -= now;
        }
    }

    /** Makes at least {@code bytes} available; false if the stream ended before the first of them. */
    private boolean fill(int bytes) throws IOException {
        if (buffer.remaining() >= bytes) {
            return true;
        }
        buffer.compact();
        try {
            while (buffer.position() < bytes) {
                if (connection.read(buffer, Duration.ZERO) < 0) {
                    if (buffer.position() == 0) {
                        return false;
                    }
                    throw new MalformedMessageException("the stream ended inside a message");
                }
            }
        } finally {
            buffer.flip();
        }
        return true;
    }
}
