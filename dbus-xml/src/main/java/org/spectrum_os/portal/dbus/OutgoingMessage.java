// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import java.util.ArrayList;
import java.util.List;
import org.freedesktop.dbus.connections.transports.TransportConnection;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.exceptions.MarshallingException;
import org.freedesktop.dbus.messages.Message;
import org.freedesktop.dbus.messages.constants.HeaderField;
import org.freedesktop.dbus.messages.constants.MessageTypes;
import org.jspecify.annotations.Nullable;

/**
 * A message with exactly the headers that it needs. dbus-java's own factory cannot give a signal a destination and counts only
 * descriptors that are arguments themselves.
 */
final class OutgoingMessage extends Message {
    /** The specification allows 128 MiB; nothing here has a reason to come near. Bodies that come ready have a bound of their own. */
    private static final long MAX_BYTES = 16L << 20;

    private final List<Object> fields = new ArrayList<>();

    private OutgoingMessage(byte endian, MessageTypes type, byte flags) throws DBusException {
        super(endian, type.getId(), flags);
    }

    static OutgoingMessage call(
            byte endian,
            @Nullable String destination,
            String path,
            String iface,
            String member,
            boolean replyWanted,
            String signature,
            List<?> arguments)
            throws DBusException {
        var message = new OutgoingMessage(endian, MessageTypes.METHOD_CALL, (byte) (replyWanted ? 0 : 1));
        message.target(destination, path, iface, member);
        return message.finish(signature, arguments);
    }

    static OutgoingMessage signal(
            byte endian,
            @Nullable String destination,
            String path,
            String iface,
            String member,
            String signature,
            List<?> arguments)
            throws DBusException {
        var message = new OutgoingMessage(endian, MessageTypes.SIGNAL, (byte) 1);
        message.target(destination, path, iface, member);
        return message.finish(signature, arguments);
    }

    static OutgoingMessage reply(byte endian, String destination, long serial, String signature, List<?> values)
            throws DBusException {
        var message = new OutgoingMessage(endian, MessageTypes.METHOD_REPLY, (byte) 1);
        message.field(HeaderField.REPLY_SERIAL, "u", serial);
        message.field(HeaderField.DESTINATION, "s", destination);
        return message.finish(signature, values);
    }

    static OutgoingMessage error(byte endian, String destination, long serial, String name, String text)
            throws DBusException {
        var message = new OutgoingMessage(endian, MessageTypes.ERROR, (byte) 1);
        message.field(HeaderField.ERROR_NAME, "s", name);
        message.field(HeaderField.REPLY_SERIAL, "u", serial);
        message.field(HeaderField.DESTINATION, "s", destination);
        return message.finish("s", List.of(text.replace('\0', '\uFFFD')));
    }

    private void target(@Nullable String destination, String path, String iface, String member) {
        field(HeaderField.PATH, "o", Names.requirePath(path));
        field(HeaderField.INTERFACE, "s", Names.requireInterface(iface));
        field(HeaderField.MEMBER, "s", Names.requireMember(member));
        if (destination != null) {
            field(HeaderField.DESTINATION, "s", Names.requireBusName(destination));
        }
    }

    private void field(byte code, String type, Object value) {
        fields.add(createHeaderArgs(code, type, value));
    }

    private OutgoingMessage finish(String signature, List<?> values) throws DBusException {
        Object[] arguments = Wire.outgoing(signature, values);
        if (!signature.isEmpty()) {
            field(HeaderField.SIGNATURE, "g", signature);
        }
        long descriptors = Wire.countDescriptors(arguments);
        if (descriptors > 0) {
            field(HeaderField.UNIX_FDS, "u", descriptors);
        }
        padAndMarshall(fields, getSerial(), signature, arguments);
        if (getByteCounter() > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "a message of " + getByteCounter() + " bytes is too large; the most is " + MAX_BYTES);
        }
        return this;
    }

    /** All of the message. dbus-java keeps it in many small pieces. */
    byte[] bytes() {
        byte[] bytes = new byte[(int) getByteCounter()];
        int size = 0;
        for (byte[] piece : getWireData()) {
            if (piece == null) {
                break;
            }
            System.arraycopy(piece, 0, bytes, size, piece.length);
            size += piece.length;
        }
        return bytes;
    }

    /** What has to go with its first byte. */
    java.io.FileDescriptor[] javaDescriptors(TransportConnection connection) throws MarshallingException {
        var descriptors = new java.io.FileDescriptor[getFiledescriptors().size()];
        for (int i = 0; i < descriptors.length; i++) {
            descriptors[i] = getFiledescriptors().get(i).toJavaFileDescriptor(connection.getSocketProviderImpl());
        }
        return descriptors;
    }
}
