// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.spectrum_os.portal.transport.Connection;

/** The messages of 9P2000.L as a client sends and takes them, whatever is in them. Built from the protocol's layouts and not from the server's codec. */
public class NinepWire implements AutoCloseable {
    static final int NO_FID = -1;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** The server answered Rlerror. */
    public static final class Failed extends IOException {
        private final int errno;

        Failed(int errno) {
            super("errno " + errno);
            this.errno = errno;
        }

        public int errno() {
            return errno;
        }
    }

    /** One received message. */
    record Message(int type, int tag, ByteBuffer body) {}

    final Connection connection;
    private int nextTag = 1;

    NinepWire(Connection connection) {
        this.connection = connection;
    }

    /** Builds the fields of a message: Integer 4 bytes, Long 8, Short 2, Byte 1, String with its length, byte[] as it is. */
    static ByteBuffer message(int type, int tag, Object... fields) {
        int size = 7;
        for (Object field : fields) {
            size += field instanceof byte[] bytes ? bytes.length : field instanceof String s ? 2 + 3 * s.length() : 8;
        }
        var buffer = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(0).put((byte) type).putShort((short) tag);
        for (Object field : fields) {
            switch (field) {
                case Integer i -> buffer.putInt(i);
                case Long l -> buffer.putLong(l);
                case Short s -> buffer.putShort(s);
                case Byte b -> buffer.put(b);
                case byte[] b -> buffer.put(b);
                case String s -> {
                    byte[] bytes = s.getBytes(StandardCharsets.UTF_8);
                    buffer.putShort((short) bytes.length).put(bytes);
                }
                default -> throw new IllegalArgumentException(field.getClass().toString());
            }
        }
        return buffer.putInt(0, buffer.position()).flip();
    }

    int send(int type, Object... fields) throws IOException {
        int tag = type == 100 ? 0xffff : nextTag++ & 0x7fff;
        connection.write(message(type, tag, fields));
        return tag;
    }

    Message receive() throws IOException {
        ByteBuffer header = exactly(7);
        int size = header.getInt();
        int type = Byte.toUnsignedInt(header.get());
        int tag = Short.toUnsignedInt(header.getShort());
        return new Message(type, tag, exactly(size - 7));
    }

    private ByteBuffer exactly(int bytes) throws IOException {
        var buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (connection.read(buffer, PATIENCE) < 0) {
                throw new EOFException("the server closed the connection");
            }
        }
        return buffer.flip();
    }

    /** Sends and waits for the answer, which must be of the type that belongs to it. */
    ByteBuffer call(int type, Object... fields) throws IOException {
        int tag = send(type, fields);
        Message answer = receive();
        if (answer.tag() != tag) {
            throw new IOException("answer with tag " + answer.tag() + " to " + tag);
        }
        if (answer.type() == 7) {
            throw new Failed(answer.body().getInt());
        }
        if (answer.type() != type + 1) {
            throw new IOException("answer of type " + answer.type() + " to " + type);
        }
        return answer.body();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    static Qid qid(ByteBuffer from) {
        return new Qid(from.get(), from.getInt(), from.getLong());
    }

    static String string(ByteBuffer from) {
        byte[] bytes = new byte[Short.toUnsignedInt(from.getShort())];
        from.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        connection.close();
    }
}
