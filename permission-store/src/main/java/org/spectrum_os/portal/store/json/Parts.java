// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.json;

import org.spectrum_os.portal.dbus.marshal.MarshalException;
import org.spectrum_os.portal.dbus.marshal.MarshalReader;
import org.spectrum_os.portal.dbus.marshal.MarshalledValue;
import org.spectrum_os.portal.dbus.marshal.Types;

/** How much JSON a value is: a tree of it takes hundreds of bytes for a part that has four on the wire. */
public final class Parts {
    private Parts() {}

    /** Whether a value has at most so many basic values, variants, structs and arrays in it. An array of bytes is one. */
    public static boolean atMost(int most, MarshalledValue value) {
        // A part has a byte at least, but for structs, which have members.
        if (value.size() < most / 2) {
            return true;
        }
        try {
            return count(value.type(), value.reader(), most) >= 0;
        } catch (MarshalException e) {
            throw new IllegalStateException("a checked value could not be read: " + value, e);
        }
    }

    /** What is left of {@code most}; negative when it was not enough. */
    private static int count(String type, MarshalReader in, int most) throws MarshalException {
        int left = most - 1;
        switch (type.charAt(0)) {
            case 'v' -> left = count(Types.requireSingle(in.readSignature()), in, left);
            case '(', '{' -> {
                in.beginStruct();
                for (String member : Types.members(type)) {
                    left = left < 0 ? left : count(member, in, left);
                }
            }
            case 'a' -> {
                String element = Types.element(type);
                int end = in.beginArray(element);
                if (element.equals("y")) {
                    in.readBytes(end);
                } else {
                    while (left >= 0 && in.hasNext(end)) {
                        left = count(element, in, left);
                    }
                }
            }
            default -> in.skip(type);
        }
        return left;
    }
}
