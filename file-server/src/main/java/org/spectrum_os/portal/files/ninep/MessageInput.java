// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.transport.Connection;

/**
 * Cuts a connection's stream into messages. Its memory does not grow with what the guest sends: the data of a write, the only large
 * request there is, goes where the caller wants it. Used by one thread at a time.
 */
final class MessageInput {
    /** The largest message other than a Twrite; 16 names of 255 bytes, or a link target of 4095, fit well. */
    static final int MOST_BYTES = 8 * 1024;

    private final Connection connection;
    private final MemorySegment memory;
    /** A view of the memory; what was received and not yet taken is between position and limit. */
    private final ByteBuffer buffer;

    /** Data of the last Twrite still to come. */
    private int dataLeft;

    /** Reads into memory of {@code arena}, which must live as long as this. */
    MessageInput(Connection connection, Arena arena) {
        this.connection = connection;
        this.memory = arena.allocate(MOST_BYTES, 8);
        this.buffer = memory.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN).limit(0);
    }

    /**
     * One message's frame.
     *
     * @param body what follows the tag, of a Twrite without its data; valid until the next message or its data is asked for
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
        skipData();
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
        require(kept);
        ByteBuffer body = buffer.slice(
                        buffer.position() + RequestDecoder.HEADER_BYTES, kept - RequestDecoder.HEADER_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        buffer.position(buffer.position() + kept);
        return new Incoming(type, tag, body);
    }

    /** Whether part of a next message has come already. */
    boolean hasMore() {
        return buffer.hasRemaining();
    }

    private int writeHeader(int size) throws IOException {
        if (size < RequestDecoder.WRITE_HEADER_BYTES) {
            throw new MalformedMessageException("a write of " + size + " bytes has no room for its count");
        }
        require(RequestDecoder.WRITE_HEADER_BYTES);
        int count = buffer.getInt(buffer.position() + RequestDecoder.WRITE_HEADER_BYTES - 4);
        if (count != size - RequestDecoder.WRITE_HEADER_BYTES) {
            throw new MalformedMessageException("a write whose count is not the length of its data");
        }
        dataLeft = count;
        return RequestDecoder.WRITE_HEADER_BYTES;
    }

    /** Receives the data of the Twrite that came last, all of it; most of it straight from the socket. */
    void data(MemorySegment into) throws IOException {
        if (into.byteSize() != dataLeft) {
            throw new IllegalArgumentException("the data of a write is taken whole");
        }
        long done = Math.min(buffer.remaining(), dataLeft);
        MemorySegment.copy(memory, buffer.position(), into, 0, done);
        buffer.position(buffer.position() + (int) done);
        while (done < into.byteSize()) {
            int count = connection.read(into.asSlice(done));
            if (count < 0) {
                throw endedInside();
            }
            done += count;
        }
        dataLeft = 0;
    }

    private void skipData() throws IOException {
        while (dataLeft > 0) {
            if (!buffer.hasRemaining()) {
                require(1);
            }
            int now = Math.min(dataLeft, buffer.remaining());
            buffer.position(buffer.position() + now);
            dataLeft -= now;
        }
    }

    private void require(int bytes) throws IOException {
        if (!fill(bytes)) {
            throw endedInside();
        }
    }

    private static MalformedMessageException endedInside() {
        return new MalformedMessageException("the stream ended inside a message");
    }

    /** Makes at least {@code bytes} available; false if the stream ended before the first of them. */
    private boolean fill(int bytes) throws IOException {
        if (buffer.remaining() >= bytes) {
            return true;
        }
        buffer.compact();
        try {
            while (buffer.position() < bytes) {
                int count = connection.read(memory.asSlice(buffer.position()));
                if (count < 0) {
                    if (buffer.position() == 0) {
                        return false;
                    }
                    throw endedInside();
                }
                buffer.position(buffer.position() + count);
            }
        } finally {
            buffer.flip();
        }
        return true;
    }
}
