// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.spectrum_os.portal.protocol.Ports;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.SocketKind;

/** A guest's mount, as far as a test needs it: one connection to the lent files, which speaks as much 9P2000.L as opening and reading takes. */
final class GuestDouble implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int NO_FID = -1;
    private static final byte T_LOPEN = 12;
    private static final byte T_VERSION = 100;
    private static final byte T_ATTACH = 104;
    private static final byte T_WALK = 110;
    private static final byte T_READ = 116;
    private static final byte R_LERROR = 7;
    private static final int SIZE = 8192;

    private final Connection connection;
    private int lastFid;

    private GuestDouble(Connection connection) {
        this.connection = connection;
    }

    /** The server refused with an error of Linux. */
    static final class Refused extends IOException {
        private final int errno;

        Refused(int errno) {
            super("errno " + errno);
            this.errno = errno;
        }

        int errno() {
            return errno;
        }
    }

    /** Connects as the guest of a stage, and waits until the backend knows that it has mounted. */
    static GuestDouble mount(Stage stage) throws IOException {
        var guest = new GuestDouble(Connection.connectUnix(
                Ports.unixSocket(stage.folder().resolve("vm/vm.vsock"), Ports.FILES), SocketKind.STREAM));
        ByteBuffer version = guest.call(T_VERSION, SIZE, "9P2000.L");
        version.getInt();
        assertEquals("9P2000.L", string(version));
        guest.call(T_ATTACH, 0, NO_FID, "nobody", "", 65534);
        stage.backend().awaitInstance(Stage.INSTANCE, "mounted", true);
        return guest;
    }

    /** Opens a lent file; the number it returns is for {@link #read}. */
    int open(String lease, String name) throws IOException {
        int fid = ++lastFid;
        int found = call(T_WALK, 0, fid, (short) 2, lease, name).getShort();
        if (found != 2) {
            throw new Refused(2);
        }
        call(T_LOPEN, fid, 0);
        return fid;
    }

    /** The beginning of an open file. */
    String read(int fid) throws IOException {
        ByteBuffer answer = call(T_READ, fid, 0L, SIZE - 24);
        byte[] data = new byte[answer.getInt()];
        answer.get(data);
        return new String(data, StandardCharsets.UTF_8);
    }

    private ByteBuffer call(byte type, Object... fields) throws IOException {
        var out = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(0).put(type).putShort((short) (type == T_VERSION ? -1 : 1));
        for (Object field : fields) {
            switch (field) {
                case Integer number -> out.putInt(number);
                case Long number -> out.putLong(number);
                case Short number -> out.putShort(number);
                case String text -> {
                    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                    out.putShort((short) bytes.length).put(bytes);
                }
                default -> throw new IllegalArgumentException(field.toString());
            }
        }
        connection.write(out.putInt(0, out.position()).flip());
        ByteBuffer header = exactly(7);
        ByteBuffer body = exactly(header.getInt() - 7);
        byte answer = header.get();
        if (answer == R_LERROR) {
            throw new Refused(body.getInt());
        }
        assertEquals(type + 1, answer, "the type of the answer");
        return body;
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

    private static String string(ByteBuffer from) {
        byte[] bytes = new byte[Short.toUnsignedInt(from.getShort())];
        from.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        connection.close();
    }
}
