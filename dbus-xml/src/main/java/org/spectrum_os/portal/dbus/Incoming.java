// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.freedesktop.dbus.FileDescriptor;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.exceptions.MessageTypeException;
import org.freedesktop.dbus.messages.Message;
import org.freedesktop.dbus.messages.MessageFactory;
import org.freedesktop.dbus.messages.constants.Flags;
import org.freedesktop.dbus.messages.constants.HeaderField;
import org.freedesktop.dbus.messages.constants.MessageTypes;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.dbus.marshal.MarshalException;
import org.spectrum_os.portal.dbus.marshal.MarshalReader;

/** A message as it arrived: its header taken apart, its body untouched. Nobody changes its bytes. */
final class Incoming {
    private static final int FIXED = 12;

    private final byte[] head;
    private final byte[] body;
    private final ByteOrder order;
    private final Fields fields;
    private final List<FileDescriptor> descriptors;

    /**
     * @param head the header's bytes, with the padding behind it
     * @param descriptors those that came with it; whoever handles the message closes them
     */
    Incoming(byte[] head, byte[] body, ByteOrder order, Fields fields, List<FileDescriptor> descriptors) {
        this.head = head;
        this.body = body;
        this.order = order;
        this.fields = fields;
        this.descriptors = List.copyOf(descriptors);
    }

    /** The fields that matter here. Without a signature the body is empty. */
    record Fields(
            @Nullable String path,
            @Nullable String iface,
            @Nullable String member,
            @Nullable String sender,
            String signature,
            int descriptors) {}

    /** Reads the fields (D-Bus specification, "Header Fields"); those that are not known are ignored. */
    static Fields fields(byte[] head, ByteOrder order) throws MarshalException {
        String path = null;
        String iface = null;
        String member = null;
        String sender = null;
        String signature = "";
        int descriptors = 0;
        var in = new MarshalReader(head, order);
        in.skip("yyyyuu");
        for (int end = in.beginArray("(yv)"); in.hasNext(end); ) {
            in.beginStruct();
            byte code = in.readByte();
            String type = in.readSignature();
            switch (code) {
                case HeaderField.PATH -> path = text(in, type, "o");
                case HeaderField.INTERFACE -> iface = text(in, type, "s");
                case HeaderField.MEMBER -> member = text(in, type, "s");
                case HeaderField.SENDER -> sender = text(in, type, "s");
                case HeaderField.SIGNATURE -> signature = text(in, type, "g");
                case HeaderField.UNIX_FDS -> {
                    require(type, "u");
                    descriptors = in.readInt32();
                }
                default -> in.skip(type);
            }
        }
        return new Fields(path, iface, member, sender, signature, descriptors);
    }

    private static String text(MarshalReader in, String type, String expected) throws MarshalException {
        require(type, expected);
        return type.equals("g") ? in.readSignature() : in.readString();
    }

    private static void require(String type, String expected) throws MarshalException {
        if (!type.equals(expected)) {
            throw new MarshalException("a header field has type '" + type + "' instead of '" + expected + "'");
        }
    }

    byte[] body() {
        return body;
    }

    /** Of the whole message, in bytes. */
    long size() {
        return (long) head.length + body.length;
    }

    ByteOrder order() {
        return order;
    }

    byte type() {
        return head[1];
    }

    int serial() {
        return ByteBuffer.wrap(head).order(order).getInt(8);
    }

    Fields fields() {
        return fields;
    }

    List<FileDescriptor> descriptors() {
        return descriptors;
    }

    boolean isCall() {
        return type() == MessageTypes.METHOD_CALL.getId();
    }

    boolean replyWanted() {
        return (head[2] & Flags.NO_REPLY_EXPECTED) == 0;
    }

    String signature() {
        return fields.signature();
    }

    /** The same message for dbus-java, whose header begins with the length of the fields, aligned as if it were a message's. */
    Message toMessage() throws DBusException {
        byte[] header = new byte[head.length - 8];
        System.arraycopy(head, FIXED, header, 0, 4);
        System.arraycopy(head, FIXED + 4, header, 8, head.length - FIXED - 4);
        try {
            return MessageFactory.createMessage(type(), Arrays.copyOf(head, FIXED), header, body, descriptors);
        } catch (MessageTypeException e) {
            throw new DBusException("a message of type " + type(), e);
        }
    }
}
