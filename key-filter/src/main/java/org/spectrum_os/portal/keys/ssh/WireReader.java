// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.ssh;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.spectrum_os.portal.protocol.ProtocolException;

/**
 * Reads SSH's data types (RFC 4251, 5) from bytes, one after another, and strictly: each value has one form only. What is not there, or
 * not of that form, is a {@link ProtocolException}, whose message quotes nothing.
 */
final class WireReader {
    /** Bytes of a name of an algorithm, method or extension (RFC 4251, 6). */
    private static final int NAME_BYTES = 64;

    private final ByteBuffer rest;

    WireReader(byte[] bytes) {
        rest = ByteBuffer.wrap(bytes);
    }

    /** A byte, 0 to 255. */
    int octet() throws ProtocolException {
        require(1);
        return Byte.toUnsignedInt(rest.get());
    }

    /** A boolean, written as 0 or 1. */
    boolean flag() throws ProtocolException {
        int value = octet();
        if (value > 1) {
            throw new ProtocolException("a boolean is " + value);
        }
        return value == 1;
    }

    /** A uint32. */
    long uint32() throws ProtocolException {
        require(4);
        return Integer.toUnsignedLong(rest.getInt());
    }

    /** So many bytes as they are. */
    byte[] bytes(int count) throws ProtocolException {
        require(count);
        byte[] value = new byte[count];
        rest.get(value);
        return value;
    }

    /** A string of bytes, of {@code least} to {@code most}. */
    byte[] string(int least, int most) throws ProtocolException {
        long length = uint32();
        if (length < least || length > most) {
            throw new ProtocolException("a string of " + length + " bytes, allowed are " + least + " to " + most);
        }
        return bytes((int) length);
    }

    /** A string that is text in UTF-8 of {@code least} to {@code most} bytes and holds no NUL. */
    String text(int least, int most) throws ProtocolException {
        byte[] bytes = string(least, most);
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            if (text.indexOf('\0') >= 0) {
                throw new ProtocolException("a text holds a NUL");
            }
            return text;
        } catch (CharacterCodingException e) {
            throw new ProtocolException("a text is not UTF-8", e);
        }
    }

    /** A name: 1 to 64 printable ASCII characters without the space. */
    String name() throws ProtocolException {
        byte[] bytes = string(1, NAME_BYTES);
        for (byte one : bytes) {
            if (one <= ' ' || one == 0x7f) {
                throw new ProtocolException("a name holds something else than printable ASCII");
            }
        }
        return new String(bytes, US_ASCII);
    }

    /** An mpint above zero, of at most {@code mostBytes} without a leading zero byte. */
    BigInteger positive(int mostBytes) throws ProtocolException {
        byte[] bytes = string(1, mostBytes + 1);
        boolean padded = bytes[0] == 0;
        if (bytes[0] < 0
                || (padded && (bytes.length == 1 || bytes[1] >= 0))
                || bytes.length - (padded ? 1 : 0) > mostBytes) {
            throw new ProtocolException("a number is not positive, too long or not in its shortest form");
        }
        return new BigInteger(bytes);
    }

    /** That nothing is left. */
    void end() throws ProtocolException {
        if (rest.hasRemaining()) {
            throw new ProtocolException(rest.remaining() + " bytes too many");
        }
    }

    private void require(int count) throws ProtocolException {
        if (rest.remaining() < count) {
            throw new ProtocolException(count + " bytes are due, " + rest.remaining() + " are left");
        }
    }
}
