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
 * Beyond 128 MiB, which no message can have, each method throws IllegalStateException. Not thread-safe.
 */
public final class MarshalWriter {
    /** The specification's bound for a whole message, in bytes. */
    private static final int MAX_SIZE = 128 << 20;

    private static final Pattern PATH = Pattern.compile("/|(/[A-Za-z0-9_]++)++");

    private ByteBuffer out = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);

    /** A writer that has written nothing. */
    public MarshalWriter() {}

    /** Bytes written so far. */
    public int size() {
        return out.position();
    }

    /** Throws unless exactly values of these types have been written: what a bus would refuse is better found before. */
    public void requireSignature(String signature) throws MarshalException {
        Types.split(signature);
        var reader = new MarshalReader(out.array(), out.position(), ByteOrder.LITTLE_ENDIAN);
        reader.skip(signature);
        if (!reader.atEnd()) {
            throw new MarshalException("there are bytes behind the values of type '" + signature + "'");
        }
    }

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
        room(Math.addExact(bytes.length, 1)).put(bytes).put((byte) 0);
    }

    /** A value of type o. */
    public void writeObjectPath(String path) throws MarshalException {
        writeString(requirePath(path));
    }

    static String requirePath(String path) throws MarshalException {
        if (!PATH.matcher(path).matches()) {
            throw new MarshalException("a text of " + path.length() + " characters is no valid D-Bus object path");
        }
        return path;
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
        return beginArray(elementType.charAt(0));
    }

    int beginArray(char element) {
        writeInt32(0);
        int lengthAt = out.position() - 4;
        align(Types.alignment(element));
        // The length counts neither itself nor the padding before the first element. Both numbers fit: see MAX_SIZE.
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

    /** What another writer has written, so that it begins at a multiple of eight, as a message's body does. */
    public void writeBody(MarshalWriter body) {
        align(8);
        room(body.size()).put(body.out.array(), 0, body.size());
    }

    /** A value as a variant. */
    public void writeVariant(MarshalledValue value) throws MarshalException {
        writeSignature(value.type());
        writeValue(value);
    }

    /** A value by itself. */
    public void writeValue(MarshalledValue value) throws MarshalException {
        align(Types.alignment(value.type()));
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
        if (isAscii(text)) {
            return text.getBytes(StandardCharsets.US_ASCII);
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

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
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
            if (bytes > MAX_SIZE - out.position()) {
                throw new IllegalStateException("what is written exceeds a D-Bus message, " + MAX_SIZE + " bytes");
            }
            int capacity = Math.min(MAX_SIZE, Math.max(out.capacity() * 2, out.position() + bytes));
            out = ByteBuffer.wrap(Arrays.copyOf(out.array(), capacity))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .position(out.position());
        }
        return out;
    }
}
