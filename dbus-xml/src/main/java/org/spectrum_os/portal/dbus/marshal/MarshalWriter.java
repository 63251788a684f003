// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus.marshal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Writes values one after the other, little-endian, each preceded by the padding that it needs. The first byte counts as aligned to eight.
 * Not thread-safe.
 */
public final class MarshalWriter {
    private static final Pattern PATH = Pattern.compile("/|(/[A-Za-z0-9_]++)++");

    private ByteBuffer out = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);

    /** A writer that has written nothing. */
    public MarshalWriter() {}

    /** What has been written so far. */
    public byte[] toByteArray() {
        return Arrays.copyOf(out.array(), out.position());
    }

    public void writeByte(byte value) {
        room(1).put(value);
    }

    public void writeBoolean(boolean value) {
        writeInt32(value ? 1 : 0);
    }

    /** A value of type n or q. */
    public void writeInt16(short value) {
        align(2);
        room(2).putShort(value);
    }

    /** A value of type i or u. */
    public void writeInt32(int value) {
        align(4);
        room(4).putInt(value);
    }

    /** A value of type x or t, or the bits of a d. */
    public void writeInt64(long value) {
        align(8);
        room(8).putLong(value);
    }

    /**
     * A value of type s.
     *
     * @throws MarshalException when the text has no UTF-8 form (half a surrogate pair) or holds a NUL
     */
    public void writeString(String text) throws MarshalException {
        byte[] bytes = utf8(text);
        writeInt32(bytes.length);
        room(bytes.length + 1).put(bytes).put((byte) 0);
    }

    /** A value of type o. */
    public void writeObjectPath(String path) throws MarshalException {
        if (!PATH.matcher(path).matches()) {
            throw new MarshalException("'" + path + "' is no valid D-Bus object path");
        }
        writeString(path);
    }

    /** A value of type g. */
    public void writeSignature(String signature) throws MarshalException {
        Types.split(signature);
        byte[] bytes = signature.getBytes(StandardCharsets.US_ASCII);
        room(bytes.length + 2).put((byte) bytes.length).put(bytes).put((byte) 0);
    }

    /** The elements of an array of bytes, between {@link #beginArray} and {@link #endArray}. */
    public void writeBytes(byte[] bytes) {
        room(bytes.length).put(bytes);
    }

    /** Begins an array. The elements follow, then {@link #endArray} with what this returns. */
    public int beginArray(String elementType) {
        writeInt32(0);
        int lengthAt = out.position() - 4;
        align(Types.alignment(elementType));
        // The length counts neither itself nor the padding before the first element. Both numbers fit: arrays are at
        // most 64 MiB.
        return lengthAt * 2 + (out.position() - lengthAt == 4 ? 0 : 1);
    }

    /** Ends the array that {@link #beginArray} began. */
    public void endArray(int array) throws MarshalException {
        int lengthAt = array >> 1;
        int first = lengthAt + ((array & 1) == 0 ? 4 : 8);
        int length = out.position() - first;
        if (length > MarshalReader.MAX_ARRAY) {
            throw new MarshalException("an array has " + length + " bytes; the most is " + MarshalReader.MAX_ARRAY);
        }
        out.putInt(lengthAt, length);
    }

    /** Begins a struct or a dictionary's entry; nothing ends it. */
    public void beginStruct() {
        align(8);
    }

    /** A value of type as. */
    public void writeStrings(List<String> texts) throws MarshalException {
        int array = beginArray("s");
        for (String text : texts) {
            writeString(text);
        }
        endArray(array);
    }

    /** A value as a variant. */
    public void writeVariant(MarshalledValue value) throws MarshalException {
        writeSignature(value.type());
        writeValue(value);
    }

    /** A value by itself. */
    public void writeValue(MarshalledValue value) throws MarshalException {
        if (out.position() % 8 == 0) {
            room(value.size()).put(value.bytes());
            return;
        }
        value.reader().copyInto(this, value.type());
    }

    private static byte[] utf8(String text) throws MarshalException {
        if (text.indexOf('\0') >= 0) {
            throw new MarshalException("a D-Bus string cannot hold a NUL character");
        }
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException e) {
            throw new MarshalException("a text has no UTF-8 form");
        }
    }

    private void align(int to) {
        int padding = -out.position() & (to - 1);
        room(padding);
        for (int i = 0; i < padding; i++) {
            out.put((byte) 0);
        }
    }

    private ByteBuffer room(int bytes) {
        if (out.remaining() < bytes) {
            int capacity = Math.max(out.capacity() * 2, Math.addExact(out.position(), bytes));
            out = ByteBuffer.wrap(Arrays.copyOf(out.array(), capacity))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .position(out.position());
        }
        return out;
    }
}
