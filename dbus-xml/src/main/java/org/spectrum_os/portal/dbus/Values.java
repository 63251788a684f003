// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import java.util.List;
import java.util.Map;
import org.freedesktop.dbus.types.Variant;

/** Steps into a value whose type has been checked already; see {@link Variants} for the forms. A wrong step is a ClassCastException. */
public final class Values {
    private Values() {}

    /** The elements of an array, or the fields of a struct. */
    @SuppressWarnings("unchecked")
    public static List<Object> list(Object value) {
        return (List<Object>) value;
    }

    /** A value of type s, o or g. */
    public static String string(Object value) {
        return (String) value;
    }

    /** A value of type y, n, q, i, u or x. */
    public static long number(Object value) {
        return value instanceof Byte octet ? Byte.toUnsignedLong(octet) : ((Number) value).longValue();
    }

    /** A value of type a{sv}. */
    @SuppressWarnings("unchecked")
    public static Map<String, Variant<?>> dictionary(Object value) {
        return (Map<String, Variant<?>>) value;
    }
}
