// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import java.util.concurrent.atomic.AtomicInteger;
import org.freedesktop.dbus.messages.constants.HeaderField;
import org.freedesktop.dbus.messages.constants.MessageTypes;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.dbus.marshal.MarshalException;
import org.spectrum_os.portal.dbus.marshal.MarshalWriter;

/**
 * Messages whose bodies are written already, in their wire form (D-Bus specification, "Message Format"), little-endian. The bodies are
 * checked once more, because the bus ends the connection of whoever sends a malformed one.
 */
final class RawMessage {
    /**
     * One array of the greatest length that there is (64 MiB), and a MiB for what stands around it: whatever a caller has stored in one
     * value, it can have back.
     */
    static final int MAX_BYTES = 65 << 20;

    private static final int NO_REPLY_EXPECTED = 1;

    /** dbus-java counts the serials of its own messages from one; these have the upper half of the numbers for themselves. */
    private static final AtomicInteger SERIAL = new AtomicInteger();

    private final MarshalWriter out = new MarshalWriter();
    private final int fields;

    private RawMessage(MessageTypes type, MarshalWriter body) {
        out.writeByte((byte) 'l');
        out.writeByte(type.getId());
        out.writeByte((byte) NO_REPLY_EXPECTED);
        out.writeByte((byte) 1);
        out.writeInt32(body.size());
        out.writeInt32(SERIAL.incrementAndGet() | 1 << 31);
        fields = out.beginArray("(yv)");
    }

    static byte[] reply(int serial, String destination, String signature, MarshalWriter body) throws MarshalException {
        var message = new RawMessage(MessageTypes.METHOD_REPLY, body);
        message.replyTo(serial, destination);
        return message.finish(signature, body);
    }

    static byte[] error(int serial, String destination, String name, String text) throws MarshalException {
        var body = new MarshalWriter();
        body.writeString(text.replace('\0', '\uFFFD'));
        var message = new RawMessage(MessageTypes.ERROR, body);
        message.text(HeaderField.ERROR_NAME, "s", name);
        message.replyTo(serial, destination);
        return message.finish("s", body);
    }

    /**
     * @throws MarshalException when the body is not of that signature
     * @throws IllegalArgumentException when a name is malformed, or the message too large
     */
    static byte[] signal(
            @Nullable String destination,
            String path,
            String iface,
            String member,
            String signature,
            MarshalWriter body)
            throws MarshalException {
        var message = new RawMessage(MessageTypes.SIGNAL, body);
        message.text(HeaderField.PATH, "o", Names.requirePath(path));
        message.text(HeaderField.INTERFACE, "s", Names.requireInterface(iface));
        message.text(HeaderField.MEMBER, "s", Names.requireMember(member));
        if (destination != null) {
            message.text(HeaderField.DESTINATION, "s", Names.requireBusName(destination));
        }
        return message.finish(signature, body);
    }

    private void replyTo(int serial, String destination) throws MarshalException {
        begin(HeaderField.REPLY_SERIAL, "u");
        out.writeInt32(serial);
        text(HeaderField.DESTINATION, "s", destination);
    }

    private void text(byte field, String type, String value) throws MarshalException {
        begin(field, type);
        out.writeString(value);
    }

    private void begin(byte field, String type) throws MarshalException {
        out.beginStruct();
        out.writeByte(field);
        out.writeSignature(type);
    }

    private byte[] finish(String signature, MarshalWriter body) throws MarshalException {
        if (body.size() > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "a message body of " + body.size() + " bytes is too large; the most is " + MAX_BYTES);
        }
        body.requireSignature(signature);
        if (!signature.isEmpty()) {
            begin(HeaderField.SIGNATURE, "g");
            out.writeSignature(signature);
        }
        out.endArray(fields);
        out.writeBody(body);
        return out.toByteArray();
    }
}
