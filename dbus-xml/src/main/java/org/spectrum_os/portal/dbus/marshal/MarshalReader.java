// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus.marshal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads values from a message body, or from a {@link MarshalledValue}, one after the other. Each method skips the padding before its value
 * and throws when what follows is not such a value; after that the reader must not be used any more. Not thread-safe.
 */
public final class MarshalReader {
    /** The specification's bound for one array, in bytes. */
    static final int MAX_ARRAY = 64 << 20;

    private final ByteBuffer in;

    /**
     * A reader of {@code bytes}, whose first byte counts as aligned to eight.
     *
     * @param order the byte order of the message
     */
    public MarshalReader(byte[] bytes, ByteOrder order) {
        this(bytes, bytes.length, order);
    }

    /** For this package: a reader of the first {@code length} bytes. */
    MarshalReader(byte[] bytes, int length, ByteOrder order) {
        in = ByteBuffer.wrap(bytes, 0, length).order(order);
    }

    /** Whether every byte has been read. */
    public boolean atEnd() {
        return !in.hasRemaining();
    }

    /** Bytes read so far, to be compared with what {@link #beginArray} returned. */
    public int position() {
        return in.position();
    }

    public byte readByte() throws MarshalException {
        return number(1).get();
    }

    /** A value of type b; anything but 0 and 1 is malformed. */
    public boolean readBoolean() throws MarshalException {
        int value = readInt32();
        if (value != 0 && value != 1) {
            throw new MarshalException("a boolean has the value " + Integer.toUnsignedString(value));
        }
        return value == 1;
    }

    /** A value of type n or q. */
    public short readInt16() throws MarshalException {
        return number(2).getShort();
    }

    /** A value of type i or u. */
    public int readInt32() throws MarshalException {
        return number(4).getInt();
    }

    /** A value of type x or t, or the bits of a d. */
    public long readInt64() throws MarshalException {
        return number(8).getLong();
    }

    /** A value of type s or o; a path's form is not checked. */
    public String readString() throws MarshalException {
        return text(length(readInt32()));
    }

    /** A value of type g. */
    public String readSignature() throws MarshalException {
        String signature = text(Byte.toUnsignedInt(readByte()));
        Types.split(signature);
        return signature;
    }

    /** Reads the length of an array and goes to its first element. The array ends at the {@link #position()} that this returns. */
    public int beginArray(String elementType) throws MarshalException {
        return beginArray(elementType.charAt(0));
    }

    int beginArray(char element) throws MarshalException {
        int length = readInt32();
        if (length < 0 || length > MAX_ARRAY) {
            throw new MarshalException(
                    "an array has " + Integer.toUnsignedString(length) + " bytes; the most is " + MAX_ARRAY);
        }
        align(Types.alignment(element));
        return in.position() + length(length);
    }

    /** Whether the array that ends at {@code end} has another element. */
    public boolean hasNext(int end) throws MarshalException {
        if (in.position() > end) {
            throw new MarshalException("the last element of an array reaches beyond its end");
        }
        return in.position() < end;
    }

    /** Goes to the first member of a struct or of a dictionary's entry. */
    public void beginStruct() throws MarshalException {
        align(8);
    }

    /** A value of type as. */
    public List<String> readStrings() throws MarshalException {
        List<String> texts = new ArrayList<>();
        for (int end = beginArray("s"); hasNext(end); ) {
            texts.add(readString());
        }
        return texts;
    }

    /**
     * A variant, as it is.
     *
     * @throws MarshalException also when its type has a file descriptor in it: outside its message that means nothing; and when it
     *     nests so deep that no variant could carry it
     */
    public MarshalledValue readVariant() throws MarshalException {
        return readValue(Types.requireSingle(readSignature()));
    }

    /** A value of any type, as it is. Throws as {@link #readVariant} does. */
    public MarshalledValue readValue(String type) throws MarshalException {
        var out = new MarshalWriter();
        copyInto(out, type);
        return MarshalledValue.checked(type, out.toByteArray());
    }

    /** Skips values, and throws unless they are of these types. Depth counts from here. */
    public void skip(String signature) throws MarshalException {
        var walk = new ValueWalk(this, null);
        for (int at = 0; at < signature.length(); ) {
            at = walk.walk(signature, at, 0);
        }
    }

    /** Copies one value, so that its padding fits the place where it is written. Depth counts as inside a variant. */
    void copyInto(MarshalWriter out, String type) throws MarshalException {
        new ValueWalk(this, out).walk(ValueWalk.withoutDescriptors(type), 0, 1);
    }

    /** The bytes of an array of bytes whose end {@link #beginArray} has told. */
    public byte[] readBytes(int end) throws MarshalException {
        if (end < in.position() || end > in.limit()) {
            throw new MarshalException("an array has been read beyond its end");
        }
        byte[] bytes = new byte[end - in.position()];
        in.get(bytes);
        return bytes;
    }

    private ByteBuffer number(int size) throws MarshalException {
        align(size);
        if (in.remaining() < size) {
            throw truncated();
        }
        return in;
    }

    private void align(int to) throws MarshalException {
        int aligned = (in.position() + to - 1) & -to;
        if (aligned > in.limit()) {
            throw truncated();
        }
        while (in.position() < aligned) {
            if (in.get() != 0) {
                throw new MarshalException("the padding before a value is not zero");
            }
        }
    }

    private int length(int length) throws MarshalException {
        if (length < 0 || length > in.remaining()) {
            throw truncated();
        }
        return length;
    }

    private String text(int length) throws MarshalException {
        if (in.remaining() < length + 1) {
            throw truncated();
        }
        int start = in.position();
        boolean ascii = true;
        for (int i = 0; i < length; i++) {
            byte b = in.get(start + i);
            if (b == 0) {
                throw new MarshalException("a string holds a NUL");
            }
            ascii &= b > 0;
        }
        if (in.get(start + length) != 0) {
            throw new MarshalException("a string does not end with NUL");
        }
        in.position(start + length + 1);
        byte[] bytes = in.array();
        return ascii
                ? new String(bytes, start, length, StandardCharsets.ISO_8859_1)
                : decode(ByteBuffer.wrap(bytes, start, length));
    }

    private static String decode(ByteBuffer bytes) throws MarshalException {
        CharsetDecoder strict = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        try {
            CharBuffer text = strict.decode(bytes);
            return text.toString();
        } catch (CharacterCodingException e) {
            throw new MarshalException("a string is not UTF-8");
        }
    }

    private static MarshalException truncated() {
        return new MarshalException("the bytes end within a value");
    }
}
