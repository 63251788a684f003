// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.gvdb;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.dbus.marshal.MarshalException;
import org.spectrum_os.portal.dbus.marshal.MarshalReader;
import org.spectrum_os.portal.dbus.marshal.MarshalWriter;
import org.spectrum_os.portal.dbus.marshal.Types;

/** A client of a bus that sends and receives bodies as bytes, so that values can be compared bit for bit. Not thread-safe. */
public final class BusClient implements AutoCloseable {
    private static final int MAX_MESSAGE = 128 << 20;

    private final SocketChannel channel;
    private final DataInputStream in;
    private int serial;

    /**
     * A message as it came.
     *
     * @param type 1 call, 2 reply, 3 error, 4 signal
     * @param replySerial 0 unless it is a reply or error
     * @param errorName null unless it is an error
     * @param body little-endian, as all senders are on the machines that tests run on
     */
    public record Message(
            int type, int replySerial, @Nullable String errorName, MarshalReader body) {}

    /** Connects to {@code unix:path=…}. */
    public BusClient(String address) throws IOException, MarshalException {
        String path = address.replaceFirst("unix:path=", "").replaceFirst(",.*", "");
        channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(path));
        in = new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel)));
        write("\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n".getBytes(StandardCharsets.US_ASCII));
        for (int lines = 0; lines < 2; ) {
            lines += in.readByte() == '\n' ? 1 : 0;
        }
        receive(send("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "Hello", "", writer()));
    }

    static MarshalWriter writer() {
        return new MarshalWriter();
    }

    /** Sends a call and tells its serial. */
    public int send(String destination, String path, String iface, String member, String signature, MarshalWriter body)
            throws IOException, MarshalException {
        byte[] bytes = body.toByteArray();
        var message = new MarshalWriter();
        message.writeBytes(new byte[] {'l', 1, 0, 1});
        message.writeInt32(bytes.length);
        message.writeInt32(++serial);
        int fields = message.beginArray("(yv)");
        field(message, 1, "o", path);
        field(message, 2, "s", iface);
        field(message, 3, "s", member);
        field(message, 6, "s", destination);
        field(message, 8, "g", signature);
        message.endArray(fields);
        message.beginStruct();
        message.writeBytes(bytes);
        write(message.toByteArray());
        return serial;
    }

    private static void field(MarshalWriter out, int code, String type, String value) throws MarshalException {
        out.beginStruct();
        out.writeByte((byte) code);
        out.writeSignature(type);
        if (type.equals("g")) {
            out.writeSignature(value);
        } else {
            out.writeString(value);
        }
    }

    /** Waits for the answer to a call; what else comes is dropped. */
    public Message receive(int call) throws IOException, MarshalException {
        while (true) {
            Message message = receive();
            if (message.replySerial() == call) {
                return message;
            }
        }
    }

    /** The next message. */
    public Message receive() throws IOException, MarshalException {
        byte[] fixed = in.readNBytes(16);
        ByteBuffer header = ByteBuffer.wrap(fixed).order(ByteOrder.LITTLE_ENDIAN);
        int fields = (header.getInt(12) + 7) & ~7;
        int body = header.getInt(4);
        if (fixed[0] != 'l' || fields + body > MAX_MESSAGE) {
            throw new IOException("not a message that this client understands");
        }
        byte[] all = Arrays.copyOf(fixed, 16 + fields);
        in.readFully(all, 16, fields);
        byte[] bytes = new byte[body];
        in.readFully(bytes);
        var reader = new MarshalReader(all, ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 3; i++) {
            reader.readInt32();
        }
        int reply = 0;
        String error = null;
        for (int end = reader.beginArray("(yv)"); reader.hasNext(end); ) {
            reader.beginStruct();
            int code = reader.readByte();
            String type = Types.requireSingle(reader.readSignature());
            switch (code) {
                case 4 -> error = reader.readString();
                case 5 -> reply = reader.readInt32();
                default -> reader.readValue(type);
            }
        }
        return new Message(fixed[1], reply, error, new MarshalReader(bytes, ByteOrder.LITTLE_ENDIAN));
    }

    private void write(byte[] bytes) throws IOException {
        for (ByteBuffer left = ByteBuffer.wrap(bytes); left.hasRemaining(); ) {
            channel.write(left);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
