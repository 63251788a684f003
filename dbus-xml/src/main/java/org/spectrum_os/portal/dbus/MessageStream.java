// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.freedesktop.dbus.FileDescriptor;
import org.newsclub.net.unix.AFUNIXSocketChannel;
import org.newsclub.net.unix.FileDescriptorCast;
import org.spectrum_os.portal.dbus.marshal.MarshalException;

/**
 * Takes messages off the socket, as many at a time as there are. For one thread.
 *
 * <p>Descriptors come with the first bytes of their message and in the order of the messages, and each header tells how many belong to it
 * (D-Bus specification, UNIX_FDS); that is how the reference implementation, too, finds them their messages.
 */
final class MessageStream {
    private static final int BUFFER = 64 << 10;
    private static final int FIXED = 16;
    private static final int MAX_FIELDS = 64 << 20;
    private static final int MAX_MESSAGE = 128 << 20;

    private final AFUNIXSocketChannel channel;
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER).limit(0);
    private final Queue<FileDescriptor> descriptors = new ArrayDeque<>();

    MessageStream(AFUNIXSocketChannel channel) {
        this.channel = channel;
    }

    /** Whether {@link #next} will not have to wait. */
    boolean isReady() throws IOException {
        return in.remaining() >= FIXED && in.remaining() >= headSize() + bodySize();
    }

    /**
     * The next message, once it is complete.
     *
     * @throws IOException when there will be none any more
     * @throws MarshalException when its header is malformed; the next one can be read nevertheless
     */
    Incoming next() throws IOException, MarshalException {
        while (in.remaining() < FIXED) {
            fill();
        }
        int bodySize = bodySize();
        byte[] head = take(headSize());
        byte[] body = take(bodySize);
        ByteOrder order = head[0] == 'l' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        Incoming.Fields fields;
        try {
            fields = Incoming.fields(head, order);
        } catch (MarshalException e) {
            // How many of them were its own cannot be known.
            new ReceivedDescriptors(List.copyOf(descriptors)).close();
            descriptors.clear();
            throw e;
        }
        List<FileDescriptor> own = new ArrayList<>();
        while (own.size() < fields.descriptors() && !descriptors.isEmpty()) {
            own.add(descriptors.remove());
        }
        return new Incoming(head, body, order, fields, own);
    }

    /** Closes the descriptors whose messages did not come to their end. */
    void close() {
        new ReceivedDescriptors(List.copyOf(descriptors)).close();
        descriptors.clear();
    }

    private int headSize() throws IOException {
        byte order = in.get(in.position());
        byte version = in.get(in.position() + 3);
        if ((order != 'l' && order != 'B') || version != 1) {
            throw new IOException("the bus speaks another protocol");
        }
        in.order(order == 'l' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        int fields = in.getInt(in.position() + 12);
        if (fields < 0 || fields > MAX_FIELDS) {
            throw new IOException("a message has a header of " + Integer.toUnsignedString(fields) + " bytes");
        }
        return FIXED + ((fields + 7) & -8);
    }

    private int bodySize() throws IOException {
        int headSize = headSize();
        int body = in.getInt(in.position() + 4);
        if (body < 0 || body > MAX_MESSAGE - headSize) {
            throw new IOException("a message has a body of " + Integer.toUnsignedString(body) + " bytes");
        }
        return body;
    }

    private byte[] take(int size) throws IOException {
        byte[] bytes = new byte[size];
        for (int have = 0; have < size; ) {
            if (!in.hasRemaining()) {
                fill();
            }
            int some = Math.min(in.remaining(), size - have);
            in.get(bytes, have, some);
            have += some;
        }
        return bytes;
    }

    private void fill() throws IOException {
        in.compact();
        int count;
        try {
            count = channel.read(in);
        } finally {
            in.flip();
        }
        if (count < 0) {
            throw new EOFException("end of stream");
        }
        for (java.io.FileDescriptor received : channel.getReceivedFileDescriptors()) {
            descriptors.add(
                    new FileDescriptor(FileDescriptorCast.using(received).as(Integer.class)));
        }
    }
}
