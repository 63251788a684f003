// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.spectrum_os.portal.dbus.marshal.MarshalException;
import org.spectrum_os.portal.dbus.marshal.MarshalReader;
import org.spectrum_os.portal.dbus.marshal.Types;

/** From D-Bus's wire form to JSON. The reader is over a checked value, which bounds how deep the recursion goes. */
final class JsonWriting {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private JsonWriting() {}

    static ObjectNode typed(String type, MarshalReader in) throws MarshalException {
        ObjectNode typed = JSON.objectNode();
        typed.put(TypedJson.TYPE, type);
        typed.set(TypedJson.VALUE, bare(type, in));
        return typed;
    }

    private static JsonNode bare(String type, MarshalReader in) throws MarshalException {
        return switch (type.charAt(0)) {
            case 'y' -> JSON.numberNode(Byte.toUnsignedInt(in.readByte()));
            case 'b' -> JSON.booleanNode(in.readBoolean());
            case 'n' -> JSON.numberNode((int) in.readInt16());
            case 'q' -> JSON.numberNode(Short.toUnsignedInt(in.readInt16()));
            case 'i' -> JSON.numberNode(in.readInt32());
            case 'u' -> JSON.numberNode(Integer.toUnsignedLong(in.readInt32()));
            case 'x' -> JSON.numberNode(in.readInt64());
            case 't' -> unsigned(in.readInt64());
            case 'd' -> floating(in.readInt64());
            case 's', 'o' -> JSON.textNode(in.readString());
            case 'g' -> JSON.textNode(in.readSignature());
            case 'v' -> typed(Types.requireSingle(in.readSignature()), in);
            case '(' -> struct(type, in);
            case 'a' -> array(Types.element(type), in);
            default -> throw new MarshalException("type '" + type + "' has no JSON form");
        };
    }

    private static JsonNode unsigned(long bits) {
        return bits >= 0
                ? JSON.numberNode(bits)
                : JSON.numberNode(BigInteger.valueOf(bits & Long.MAX_VALUE).setBit(63));
    }

    private static JsonNode floating(long bits) {
        double value = Double.longBitsToDouble(bits);
        // The shortest decimal form of a finite double reads back to the same bits, but for the sign of zero some
        // programs drop.
        return Double.isFinite(value) && bits != Long.MIN_VALUE
                ? JSON.numberNode(value)
                : JSON.textNode("0x" + HexFormat.of().toHexDigits(bits));
    }

    private static ArrayNode struct(String type, MarshalReader in) throws MarshalException {
        in.beginStruct();
        ArrayNode struct = JSON.arrayNode();
        for (String member : Types.members(type)) {
            struct.add(bare(member, in));
        }
        return struct;
    }

    private static JsonNode array(String element, MarshalReader in) throws MarshalException {
        int end = in.beginArray(element);
        if (element.equals("y")) {
            return JSON.textNode(Base64.getEncoder().encodeToString(in.readBytes(end)));
        }
        if (element.startsWith("{")) {
            return dictionary(element, in, end);
        }
        ArrayNode array = JSON.arrayNode();
        while (in.hasNext(end)) {
            array.add(bare(element, in));
        }
        return array;
    }

    private static JsonNode dictionary(String entry, MarshalReader in, int end) throws MarshalException {
        List<String> types = Types.members(entry);
        String keyType = types.get(0);
        ObjectNode object = JSON.objectNode();
        ArrayNode pairs = JSON.arrayNode();
        boolean named = JsonReading.isText(keyType);
        while (in.hasNext(end)) {
            in.beginStruct();
            JsonNode key = bare(keyType, in);
            JsonNode value = bare(types.get(1), in);
            pairs.add(JSON.arrayNode().add(key).add(value));
            named = named && object.replace(key.textValue(), value) == null;
        }
        return named ? object : pairs;
    }
}
