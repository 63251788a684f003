// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.gvdb;

import java.util.ArrayList;
import java.util.List;
import org.spectrum_os.portal.dbus.marshal.MarshalException;
import org.spectrum_os.portal.dbus.marshal.Types;

/**
 * How GVariant lays out a type (GVariant specification, "Alignment" and "Fixed Size").
 *
 * @param type a D-Bus type, or a dictionary's entry
 * @param alignment 1, 2, 4 or 8
 * @param fixedSize in bytes; 0 when the size varies
 * @param parts an array's element, or the members of a struct or entry
 */
record Shape(String type, int alignment, int fixedSize, List<Shape> parts) {
    private static final int SHOWN = 60;

    /**
     * The layout of a complete type.
     *
     * @throws MarshalException when D-Bus has no such type
     */
    static Shape of(String type) throws MarshalException {
        try {
            return shape(Types.requireSingle(type));
        } catch (MarshalException e) {
            String shown = type.length() > SHOWN ? type.substring(0, SHOWN) + "…" : type;
            throw new MarshalException("D-Bus has no type '" + shown + "'");
        }
    }

    /** The layout of an entry of a table: data and permissions. */
    static Shape ofEntry() {
        try {
            return shape("(va{sas})");
        } catch (MarshalException e) {
            throw new IllegalStateException(e);
        }
    }

    char kind() {
        return type.charAt(0);
    }

    private static Shape shape(String type) throws MarshalException {
        return switch (type.charAt(0)) {
            case 'y', 'b' -> basic(type, 1);
            case 'n', 'q' -> basic(type, 2);
            case 'i', 'u', 'h' -> basic(type, 4);
            case 'x', 't', 'd' -> basic(type, 8);
            case 'v' -> new Shape(type, 8, 0, List.of());
            case 'a' -> {
                Shape element = shape(Types.element(type));
                yield new Shape(type, element.alignment, 0, List.of(element));
            }
            case '(', '{' -> struct(type);
            default -> new Shape(type, 1, 0, List.of());
        };
    }

    private static Shape basic(String type, int size) {
        return new Shape(type, size, size, List.of());
    }

    private static Shape struct(String type) throws MarshalException {
        List<Shape> members = new ArrayList<>();
        int alignment = 1;
        int size = 0;
        boolean fixed = true;
        for (String member : Types.members(type)) {
            Shape shape = shape(member);
            members.add(shape);
            alignment = Math.max(alignment, shape.alignment);
            fixed &= shape.fixedSize > 0;
            size = aligned(size, shape.alignment) + shape.fixedSize;
        }
        return new Shape(type, alignment, fixed ? aligned(size, alignment) : 0, List.copyOf(members));
    }

    private static int aligned(int at, int alignment) {
        return (at + alignment - 1) & -alignment;
    }
}
