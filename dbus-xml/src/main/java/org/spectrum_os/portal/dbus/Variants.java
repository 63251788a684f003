// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.freedesktop.dbus.types.Variant;

/**
 * Making variants, and reading the {@code a{sv}} dictionaries in which portals pass options and results.
 *
 * <p>Throughout this package a value has this Java form, by D-Bus type: y Byte, b Boolean, n Short, q UInt16, i Integer, u UInt32, x Long,
 * t UInt64, d Double; s, o, g String; h {@link org.freedesktop.dbus.FileDescriptor}; v {@link Variant}; ay {@code byte[]}; any other
 * array {@code List<Object>}, a dictionary {@code Map} in the order of the message, a struct {@code List<Object>}. Values to be sent may
 * also be any whole number that fits, and {@code Object[]} where a list is meant. A string never holds a NUL.
 */
public final class Variants {
    private Variants() {}

    /**
     * A variant of the type given, for instance {@code of("a(ss)", List.of(List.of("id", "x")))}.
     *
     * @throws IllegalArgumentException when the value does not fit the type
     */
    public static Variant<?> of(String type, Object value) {
        return new Variant<>(Wire.canonical(type, value), type);
    }

    /** An option of type s. */
    public static Optional<String> string(Map<String, Variant<?>> options, String key) throws DBusErrorException {
        return value(options, key, "s").map(String.class::cast);
    }

    /** An option of type b. */
    public static Optional<Boolean> bool(Map<String, Variant<?>> options, String key) throws DBusErrorException {
        return value(options, key, "b").map(Boolean.class::cast);
    }

    /** An option of type u, 0 to 4294967295. */
    public static Optional<Long> uint32(Map<String, Variant<?>> options, String key) throws DBusErrorException {
        return value(options, key, "u").map(number -> ((Number) number).longValue());
    }

    /** An option of type as. */
    public static Optional<List<String>> strings(Map<String, Variant<?>> options, String key)
            throws DBusErrorException {
        return value(options, key, "as")
                .map(list -> Values.list(list).stream().map(Values::string).toList());
    }

    /** An option of type ay, as it is. */
    public static Optional<byte[]> bytes(Map<String, Variant<?>> options, String key) throws DBusErrorException {
        return value(options, key, "ay").map(byte[].class::cast);
    }

    /**
     * An option of type ay that holds a file name with one NUL byte at its end, as portals pass paths; it comes back without the NUL.
     * Bytes that are not UTF-8 become U+FFFD.
     *
     * @throws DBusErrorException also when the NUL is missing or is not the only one
     */
    public static Optional<String> byteString(Map<String, Variant<?>> options, String key) throws DBusErrorException {
        Optional<byte[]> found = bytes(options, key);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        byte[] bytes = found.get();
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (bytes.length == 0 || text.indexOf('\0') != text.length() - 1) {
            throw new DBusErrorException(
                    ErrorNames.PORTAL_INVALID_ARGUMENT,
                    "Expected a byte string with one NUL byte, at its end, for option '" + key + "'");
        }
        return Optional.of(text.substring(0, text.length() - 1));
    }

    /**
     * An option of any type, in the form that this class describes.
     *
     * @return empty when the option is not there
     * @throws DBusErrorException InvalidArgument when it is there with another type
     */
    public static Optional<Object> value(Map<String, Variant<?>> options, String key, String expectedType)
            throws DBusErrorException {
        Variant<?> variant = options.get(key);
        if (variant == null) {
            return Optional.empty();
        }
        if (!variant.getSig().equals(expectedType)) {
            throw new DBusErrorException(
                    ErrorNames.PORTAL_INVALID_ARGUMENT,
                    "Expected type '" + expectedType + "' for option '" + key + "', got '" + variant.getSig() + "'");
        }
        return Optional.of(Wire.canonical(expectedType, variant.getValue()));
    }
}
