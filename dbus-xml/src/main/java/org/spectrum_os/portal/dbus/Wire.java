// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.freedesktop.dbus.FileDescriptor;
import org.freedesktop.dbus.types.UInt16;
import org.freedesktop.dbus.types.UInt32;
import org.freedesktop.dbus.types.UInt64;
import org.freedesktop.dbus.types.Variant;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.dbus.marshal.MarshalException;
import org.spectrum_os.portal.dbus.marshal.Types;

/**
 * Between the values of this package (see {@link Variants}) and those that dbus-java reads and writes. What goes out is checked here,
 * because the bus ends the connection of whoever sends a malformed value, and texts may come from a guest.
 */
final class Wire {
    /** Variants within variants, as deep as the D-Bus specification lets a message nest. */
    private static final int MAX_DEPTH = 64;

    private static final BigInteger UINT64_LIMIT = BigInteger.ONE.shiftLeft(64);

    private Wire() {}

    /** {@link Types#split} for signatures that our own code has given: a broken one is its mistake. */
    static List<String> split(String signature) {
        try {
            return Types.split(signature);
        } catch (MarshalException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static String single(String type) {
        if (split(type).size() != 1) {
            throw new IllegalArgumentException("'" + type + "' is not one complete D-Bus type");
        }
        return type;
    }

    private static List<String> members(String type) {
        return split(type.substring(1, type.length() - 1));
    }

    /**
     * The arguments of a message, ready for dbus-java's marshaller.
     *
     * @throws IllegalArgumentException when a value does not fit its type
     */
    static Object[] outgoing(String signature, List<?> values) {
        return outgoing(split(signature), values, signature, 0);
    }

    static Object outgoing(String type, Object value) {
        return outgoing(single(type), value, 0);
    }

    private static Object[] outgoing(List<String> types, List<?> values, String signature, int depth) {
        if (types.size() != values.size()) {
            throw new IllegalArgumentException("the signature '" + signature + "' has " + types.size()
                    + " types, but got " + values.size() + " values");
        }
        Object[] converted = new Object[types.size()];
        for (int i = 0; i < converted.length; i++) {
            converted[i] = outgoing(types.get(i), values.get(i), depth);
        }
        return converted;
    }

    private static Object outgoing(String type, Object value, int depth) {
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException("a value nests deeper than " + MAX_DEPTH + " levels");
        }
        return switch (type.charAt(0)) {
            case 'y' -> value instanceof Byte b ? b : (byte) whole(type, value, 0, 255);
            case 'b' -> requireType(Boolean.class, type, value);
            case 'n' -> (short) whole(type, value, Short.MIN_VALUE, Short.MAX_VALUE);
            case 'q' -> new UInt16((int) whole(type, value, 0, 65_535));
            case 'i' -> (int) whole(type, value, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case 'u' -> new UInt32(whole(type, value, 0, 4_294_967_295L));
            case 'x' -> whole(type, value, Long.MIN_VALUE, Long.MAX_VALUE);
            case 't' -> value instanceof UInt64 n ? n : uint64(type, value);
            case 'd' -> requireType(Double.class, type, value);
            case 's' -> text(type, value);
            case 'o' -> Names.requirePath(text(type, value));
            case 'g' -> String.join("", split(text(type, value)));
            case 'h' -> requireType(FileDescriptor.class, type, value);
            case 'v' -> {
                Variant<?> variant = requireType(Variant.class, type, value);
                yield new Variant<>(
                        outgoing(single(variant.getSig()), variant.getValue(), depth + 1), variant.getSig());
            }
            case '(' -> outgoing(members(type), list(type, value), type, depth + 1);
            default -> array(type, value, depth);
        };
    }

    private static Object array(String type, Object value, int depth) {
        if (value instanceof byte[] bytes && type.equals("ay")) {
            return bytes;
        }
        if (type.charAt(1) == '{') {
            if (!(value instanceof Map<?, ?> map)) {
                throw mismatch(type, value);
            }
            List<String> entry = members(type.substring(1));
            Map<Object, Object> converted = new LinkedHashMap<>();
            map.forEach((key, element) ->
                    converted.put(outgoing(entry.get(0), key, depth + 1), outgoing(entry.get(1), element, depth + 1)));
            return converted;
        }
        String element = type.substring(1);
        return list(type, value).stream()
                .map(item -> outgoing(element, item, depth + 1))
                .toList();
    }

    private static List<?> list(String type, Object value) {
        return switch (value) {
            case List<?> list -> list;
            case Object[] array -> List.of(array);
            default -> throw mismatch(type, value);
        };
    }

    private static String text(String type, Object value) {
        if (!(value instanceof String text)) {
            throw mismatch(type, value);
        }
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a D-Bus string cannot hold a NUL character");
        }
        return text;
    }

    private static long whole(String type, Object value, long least, long most) {
        long number = switch (value) {
            case Byte n -> n;
            case Short n -> n;
            case Integer n -> n;
            case Long n -> n;
            case UInt16 n -> n.longValue();
            case UInt32 n -> n.longValue();
            default -> throw mismatch(type, value);
        };
        if (number < least || number > most) {
            throw new IllegalArgumentException(number + " does not fit the D-Bus type '" + type + "'");
        }
        return number;
    }

    private static UInt64 uint64(String type, Object value) {
        BigInteger number =
                value instanceof BigInteger big ? big : BigInteger.valueOf(whole(type, value, 0, Long.MAX_VALUE));
        if (number.signum() < 0 || number.compareTo(UINT64_LIMIT) >= 0) {
            throw new IllegalArgumentException(number + " does not fit the D-Bus type '" + type + "'");
        }
        return new UInt64(number.toString());
    }

    private static <T> T requireType(Class<T> expected, String type, Object value) {
        if (!expected.isInstance(value)) {
            throw mismatch(type, value);
        }
        return expected.cast(value);
    }

    private static IllegalArgumentException mismatch(String type, Object value) {
        return new IllegalArgumentException(
                "a " + value.getClass().getSimpleName() + " cannot be sent as D-Bus type '" + type + "'");
    }

    /** How many descriptors the arguments of a message hold, at any depth. */
    static long countDescriptors(@Nullable Object value) {
        return switch (value) {
            case FileDescriptor descriptor -> 1;
            case Variant<?> variant -> countDescriptors(variant.getValue());
            case Object[] struct ->
                Arrays.stream(struct).mapToLong(Wire::countDescriptors).sum();
            case Collection<?> array ->
                array.stream().mapToLong(Wire::countDescriptors).sum();
            case Map<?, ?> map -> countDescriptors(map.keySet()) + countDescriptors(map.values());
            case null, default -> 0;
        };
    }

    /** A value of the type given that came from either side, in the form of this package. */
    static Object canonical(String type, Object value) {
        return incoming(type, outgoing(type, value));
    }

    /** The arguments of a message as dbus-java read them, in the form of this package. */
    static List<Object> incoming(String signature, Object[] values) {
        List<String> types = split(signature);
        if (types.size() != values.length) {
            throw new IllegalArgumentException(
                    "a message with signature '" + signature + "' holds " + values.length + " values");
        }
        List<Object> converted = new ArrayList<>(values.length);
        for (int i = 0; i < values.length; i++) {
            converted.add(incoming(types.get(i), values[i]));
        }
        return Collections.unmodifiableList(converted);
    }

    private static Object incoming(String type, Object value) {
        return switch (type.charAt(0)) {
            case 's', 'o', 'g' -> value.toString();
            case 'v' -> {
                Variant<?> variant = (Variant<?>) value;
                yield new Variant<>(incoming(variant.getSig(), variant.getValue()), variant.getSig());
            }
            case '(' -> incoming(type.substring(1, type.length() - 1), (Object[]) value);
            case 'a' -> incomingArray(type, value);
            default -> value;
        };
    }

    private static Object incomingArray(String type, Object value) {
        if (type.charAt(1) == '{') {
            List<String> entry = members(type.substring(1));
            Map<Object, Object> converted = new LinkedHashMap<>();
            ((Map<?, ?>) value)
                    .forEach((key, element) ->
                            converted.put(incoming(entry.get(0), key), incoming(entry.get(1), element)));
            return Collections.unmodifiableMap(converted);
        }
        if (value instanceof byte[] bytes) {
            return bytes;
        }
        List<?> list = (List<?>) value;
        if (type.equals("ay")) {
            byte[] bytes = new byte[list.size()];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (Byte) list.get(i);
            }
            return bytes;
        }
        return list.stream()
                .map(element -> incoming(type.substring(1), element))
                .toList();
    }
}
