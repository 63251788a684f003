// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.service;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.freedesktop.dbus.types.UInt16;
import org.freedesktop.dbus.types.UInt32;
import org.freedesktop.dbus.types.UInt64;
import org.freedesktop.dbus.types.Variant;
import org.spectrum_os.portal.dbus.Variants;
import org.spectrum_os.portal.dbus.marshal.MarshalException;
import org.spectrum_os.portal.dbus.marshal.MarshalReader;
import org.spectrum_os.portal.dbus.marshal.MarshalledValue;
import org.spectrum_os.portal.dbus.marshal.Types;

/** Values in the form in which calls are made with them ({@link Variants}). */
final class JavaForms {
    private JavaForms() {}

    static Variant<?> variant(MarshalledValue value) throws MarshalException {
        return Variants.of(value.type(), read(value.reader(), value.type()));
    }

    private static Object read(MarshalReader in, String type) throws MarshalException {
        return switch (type.charAt(0)) {
            case 'y' -> in.readByte();
            case 'b' -> in.readBoolean();
            case 'n' -> in.readInt16();
            case 'q' -> new UInt16(Short.toUnsignedInt(in.readInt16()));
            case 'i' -> in.readInt32();
            case 'u' -> new UInt32(Integer.toUnsignedLong(in.readInt32()));
            case 'x' -> in.readInt64();
            case 't' -> new UInt64(Long.toUnsignedString(in.readInt64()));
            case 'd' -> Double.longBitsToDouble(in.readInt64());
            case 's', 'o' -> in.readString();
            case 'g' -> in.readSignature();
            case 'v' -> variant(in.readVariant());
            case '(' -> members(in, type);
            case 'a' -> array(in, Types.element(type));
            default -> throw new MarshalException("a value of type '" + type + "' cannot be sent");
        };
    }

    private static List<Object> members(MarshalReader in, String type) throws MarshalException {
        in.beginStruct();
        List<Object> members = new ArrayList<>();
        for (String member : Types.members(type)) {
            members.add(read(in, member));
        }
        return members;
    }

    private static Object array(MarshalReader in, String element) throws MarshalException {
        int end = in.beginArray(element);
        if (element.equals("y")) {
            return in.readBytes(end);
        }
        if (element.startsWith("{")) {
            Map<Object, Object> entries = new LinkedHashMap<>();
            while (in.hasNext(end)) {
                List<Object> entry = members(in, element);
                entries.put(entry.getFirst(), entry.getLast());
            }
            return entries;
        }
        List<Object> elements = new ArrayList<>();
        while (in.hasNext(end)) {
            elements.add(read(in, element));
        }
        return elements;
    }
}
