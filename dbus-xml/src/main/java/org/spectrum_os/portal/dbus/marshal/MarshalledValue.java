// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus.marshal;

import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * One complete D-Bus value in its wire form: little-endian, beginning at a multiple of eight, without file descriptors, valid, and not
 * too deep to stand in a variant that is an argument itself (63 containers within containers). Two are equal when type and bytes are. Immutable.
 */
public final class MarshalledValue {
    private final String type;
    private final byte[] bytes;

    private MarshalledValue(String type, byte[] bytes) {
        this.type = type;
        this.bytes = bytes;
    }

    /** For this package: bytes that have just been checked, and that nobody else holds. */
    static MarshalledValue checked(String type, byte[] bytes) {
        return new MarshalledValue(type, bytes);
    }

    /**
     * Checks bytes that should be a value.
     *
     * @param type one complete D-Bus type
     * @throws MarshalException when they are not exactly one value of that type
     */
    public static MarshalledValue of(String type, byte[] littleEndian) throws MarshalException {
        var reader = new MarshalReader(littleEndian, ByteOrder.LITTLE_ENDIAN);
        MarshalledValue value = reader.readValue(Types.requireSingle(type));
        if (!reader.atEnd()) {
            throw new MarshalException("there are bytes behind a value of type '" + type + "'");
        }
        return value;
    }

    /** The value's type: what a variant's signature says. */
    public String type() {
        return type;
    }

    /** Its size in bytes, without its type. */
    public int size() {
        return bytes.length;
    }

    /** A copy of its wire form. */
    public byte[] toByteArray() {
        return bytes.clone();
    }

    /** Reads the value's parts. */
    public MarshalReader reader() {
        return new MarshalReader(bytes, ByteOrder.LITTLE_ENDIAN);
    }

    /** For this package, which does not change them. */
    byte[] bytes() {
        return bytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MarshalledValue value && type.equals(value.type) && Arrays.equals(bytes, value.bytes);
    }

    @Override
    public int hashCode() {
        return 31 * type.hashCode() + Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "a value of type " + type + ", " + bytes.length + " bytes";
    }
}
