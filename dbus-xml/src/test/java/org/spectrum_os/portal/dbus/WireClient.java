// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;
import org.spectrum_os.portal.dbus.marshal.MarshalException;
import org.spectrum_os.portal.dbus.marshal.MarshalReader;
import org.spectrum_os.portal.dbus.marshal.MarshalWriter;

/** A client that sends bodies as they are, in either byte order, and hears messages in the order in which they arrive. */
final class WireClient implements AutoCloseable {
    static final byte CALL = 1;
    static final byte REPLY = 2;
    static final byte ERROR = 3;
    static final byte SIGNAL = 4;

    /** What arrived: {@code name} is the error's name or the member. */
    record Received(byte type, int replySerial, String name, String signature, MarshalReader body) {}

    private final SocketChannel socket;
    private final ByteBuffer in = ByteBuffer.allocate(1 << 20).flip();
    private int serial;

    WireClient(String address) throws IOException, MarshalException {
        String path = address.replaceFirst("^unix:path=", "").replaceFirst(",.*", "");
        socket = SocketChannel.open(UnixDomainSocketAddress.of(path));
        // The bus knows by the socket who we are; no name is needed.
        write("\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n".getBytes(StandardCharsets.US_ASCII));
        readLine();
        readLine();
        call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "Hello", "", new MarshalWriter());
        next(message -> message.type() == REPLY);
    }

    private void readLine() throws IOException {
        byte last;
        do {
            last = take(1)[0];
        } while (last != '\n');
    }

    int call(String destination, String path, String iface, String member, String signature, MarshalWriter body)
            throws IOException, MarshalException {
        return call(ByteOrder.LITTLE_ENDIAN, 0, destination, path, iface, member, signature, body.toByteArray());
    }

    /** Sends a call whose body is in the byte order given. Returns its serial. */
    int call(
            ByteOrder order,
            int flags,
            String destination,
            String path,
            String iface,
            String member,
            String signature,
            byte[] body)
            throws IOException {
        var out = ByteBuffer.allocate(1024 + body.length).order(order);
        out.put((byte) (order == ByteOrder.LITTLE_ENDIAN ? 'l' : 'B'))
                .put(CALL)
                .put((byte) flags)
                .put((byte) 1);
        out.putInt(body.length).putInt(++serial).putInt(0);
        field(out, 1, 'o', path);
        if (!iface.isEmpty()) {
            field(out, 2, 's', iface);
        }
        field(out, 3, 's', member);
        field(out, 6, 's', destination);
        if (!signature.isEmpty()) {
            pad(out);
            out.put((byte) 8).put((byte) 1).put((byte) 'g').put((byte) 0).put((byte) signature.length());
            out.put(signature.getBytes(StandardCharsets.US_ASCII)).put((byte) 0);
        }
        out.putInt(12, out.position() - 16);
        pad(out);
        out.put(body);
        write(java.util.Arrays.copyOf(out.array(), out.position()));
        return serial;
    }

    private static void field(ByteBuffer out, int code, char type, String value) {
        pad(out);
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        out.put((byte) code).put((byte) 1).put((byte) type).put((byte) 0).putInt(bytes.length);
        out.put(bytes).put((byte) 0);
    }

    private static void pad(ByteBuffer out) {
        while (out.position() % 8 != 0) {
            out.put((byte) 0);
        }
    }

    Received next(Predicate<Received> wanted) throws IOException, MarshalException {
        while (true) {
            Received message = next();
            if (wanted.test(message)) {
                return message;
            }
        }
    }

    private Received next() throws IOException, MarshalException {
        byte[] start = take(16);
        ByteOrder order = start[0] == 'l' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        int fields = ByteBuffer.wrap(start).order(order).getInt(12);
        byte[] rest = take((fields + 7) & -8);
        byte[] head = java.util.Arrays.copyOf(start, 16 + rest.length);
        System.arraycopy(rest, 0, head, 16, rest.length);
        var reader = new MarshalReader(head, order);
        reader.skip("yyyy");
        int size = reader.readInt32();
        reader.skip("u");
        int replySerial = 0;
        String name = "";
        String signature = "";
        for (int end = reader.beginArray("(yv)"); reader.hasNext(end); ) {
            reader.beginStruct();
            byte code = reader.readByte();
            String type = reader.readSignature();
            switch (code) {
                case 3, 4 -> name = reader.readString();
                case 5 -> replySerial = reader.readInt32();
                case 8 -> signature = reader.readSignature();
                default -> reader.skip(type);
            }
        }
        return new Received(start[1], replySerial, name, signature, new MarshalReader(take(size), order));
    }

    private byte[] take(int size) throws IOException {
        byte[] bytes = new byte[size];
        for (int have = 0; have < size; ) {
            if (!in.hasRemaining()) {
                in.clear();
                int count = socket.read(in);
                in.flip();
                if (count < 0) {
                    throw new EOFException("the bus ended the connection");
                }
            }
            int some = Math.min(size - have, in.remaining());
            in.get(bytes, have, some);
            have += some;
        }
        return bytes;
    }

    private void write(byte[] bytes) throws IOException {
        for (ByteBuffer out = ByteBuffer.wrap(bytes); out.hasRemaining(); ) {
            socket.write(out);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
