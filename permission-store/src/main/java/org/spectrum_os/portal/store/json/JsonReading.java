// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.spectrum_os.portal.dbus.marshal.MarshalException;
import org.spectrum_os.portal.dbus.marshal.MarshalWriter;
import org.spectrum_os.portal.dbus.marshal.MarshalledValue;
import org.spectrum_os.portal.dbus.marshal.Types;

/** From JSON, which may be anything, to D-Bus's wire form. */
final class JsonReading {
    private static final Pattern BITS = Pattern.compile("0x[0-9a-fA-F]{16}");

    private final MarshalWriter out = new MarshalWriter();

    private JsonReading() {}

    static MarshalledValue value(JsonNode json) throws MarshalException {
        String type = type(json);
        var reading = new JsonReading();
        reading.bare(type, json.required(TypedJson.VALUE), 0);
        return MarshalledValue.of(type, reading.out.toByteArray());
    }

    /** Whether a value of this type is a JSON string, so that it can name a member. */
    static boolean isText(String type) {
        return switch (type.charAt(0)) {
            case 's', 'o', 'g' -> true;
            default -> false;
        };
    }

    private static String type(JsonNode json) throws MarshalException {
        if (!(json instanceof ObjectNode object)
                || object.size() != 2
                || !object.has(TypedJson.VALUE)
                || !object.path(TypedJson.TYPE).isTextual()) {
            throw new MarshalException(
                    "a D-Bus value in JSON is an object of the members \"type\", a string, and \"value\"");
        }
        return Types.requireSingle(object.path(TypedJson.TYPE).textValue());
    }

    private void bare(String type, JsonNode json, int depth) throws MarshalException {
        if (depth > TypedJson.MAX_DEPTH) {
            throw new MarshalException("a value nests deeper than " + TypedJson.MAX_DEPTH + " levels");
        }
        switch (type.charAt(0)) {
            case 'y' -> out.writeByte((byte) integer(type, json, 0, 0xff));
            case 'b' -> out.writeBoolean(truth(json));
            case 'n' -> out.writeInt16((short) integer(type, json, Short.MIN_VALUE, Short.MAX_VALUE));
            case 'q' -> out.writeInt16((short) integer(type, json, 0, 0xffff));
            case 'i' -> out.writeInt32((int) integer(type, json, Integer.MIN_VALUE, Integer.MAX_VALUE));
            case 'u' -> out.writeInt32((int) integer(type, json, 0, 0xffff_ffffL));
            case 'x' -> out.writeInt64(integer(type, json, Long.MIN_VALUE, Long.MAX_VALUE));
            case 't' -> out.writeInt64(unsigned(json));
            case 'd' -> out.writeInt64(bits(json));
            case 's', 'o', 'g' -> text(type, text(type, json));
            case 'v' -> {
                String inner = type(json);
                out.writeSignature(inner);
                bare(inner, json.required(TypedJson.VALUE), depth + 1);
            }
            case '(' -> struct(type, json, depth);
            case 'a' -> array(Types.element(type), json, depth);
            default -> throw new MarshalException("a value of type '" + type + "' means nothing outside its message");
        }
    }

    private static long integer(String type, JsonNode json, long least, long most) throws MarshalException {
        if (!json.isIntegralNumber()) {
            throw not(type, "an integer", json);
        }
        if (!json.canConvertToLong() || json.longValue() < least || json.longValue() > most) {
            throw new MarshalException(
                    "an integer is beyond the range of type '" + type + "', " + least + " to " + most);
        }
        return json.longValue();
    }

    private static long unsigned(JsonNode json) throws MarshalException {
        if (!json.isIntegralNumber()) {
            throw not("t", "an integer", json);
        }
        BigInteger value = json.bigIntegerValue();
        if (value.signum() < 0 || value.bitLength() > Long.SIZE) {
            throw new MarshalException("an integer is beyond the range of type 't', 0 to 2^64-1");
        }
        return value.longValue();
    }

    private static boolean truth(JsonNode json) throws MarshalException {
        if (!json.isBoolean()) {
            throw not("b", "true or false", json);
        }
        return json.booleanValue();
    }

    private static long bits(JsonNode json) throws MarshalException {
        if (json.isTextual() && BITS.matcher(json.textValue()).matches()) {
            return Long.parseUnsignedLong(json.textValue(), 2, 18, 16);
        }
        if (!json.isNumber()) {
            throw not("d", "a number, or a string of \"0x\" and 16 hexadecimal digits", json);
        }
        double value = json.doubleValue();
        if (!Double.isFinite(value)) {
            throw new MarshalException("a number is beyond the range of type 'd'");
        }
        return Double.doubleToRawLongBits(value);
    }

    private static String text(String type, JsonNode json) throws MarshalException {
        if (!json.isTextual()) {
            throw not(type, "a string", json);
        }
        return json.textValue();
    }

    private void text(String type, String text) throws MarshalException {
        switch (type.charAt(0)) {
            case 'o' -> out.writeObjectPath(text);
            case 'g' -> out.writeSignature(text);
            default -> out.writeString(text);
        }
    }

    private void struct(String type, JsonNode json, int depth) throws MarshalException {
        List<String> members = Types.members(type);
        if (!json.isArray() || json.size() != members.size()) {
            throw not(type, "an array of " + members.size(), json);
        }
        out.beginStruct();
        for (int i = 0; i < members.size(); i++) {
            bare(members.get(i), json.required(i), depth + 1);
        }
    }

    private void array(String element, JsonNode json, int depth) throws MarshalException {
        int array = out.beginArray(element);
        if (element.equals("y")) {
            out.writeBytes(bytes(json));
        } else if (element.startsWith("{")) {
            dictionary(element, json, depth + 1);
        } else if (json.isArray()) {
            for (JsonNode each : json) {
                bare(element, each, depth + 1);
            }
        } else {
            throw not("a" + element, "an array", json);
        }
        out.endArray(array);
    }

    private static byte[] bytes(JsonNode json) throws MarshalException {
        try {
            return Base64.getDecoder().decode(text("ay", json));
        } catch (IllegalArgumentException e) {
            throw new MarshalException("the text of a value of type 'ay' is not base64: " + e.getMessage());
        }
    }

    /** Writes the entries, each at {@code depth} itself, as D-Bus counts. */
    private void dictionary(String entry, JsonNode json, int depth) throws MarshalException {
        List<String> types = Types.members(entry);
        String keyType = types.get(0);
        if (json.isObject() && isText(keyType)) {
            for (Map.Entry<String, JsonNode> member : json.properties()) {
                out.beginStruct();
                text(keyType, member.getKey());
                bare(types.get(1), member.getValue(), depth + 1);
            }
            return;
        }
        if (!json.isArray()) {
            throw not("a" + entry, isText(keyType) ? "an object, or an array of pairs" : "an array of pairs", json);
        }
        for (JsonNode pair : json) {
            if (!pair.isArray() || pair.size() != 2) {
                throw not(entry, "an array of two", pair);
            }
            out.beginStruct();
            bare(keyType, pair.required(0), depth + 1);
            bare(types.get(1), pair.required(1), depth + 1);
        }
    }

    private static MarshalException not(String type, String expected, JsonNode json) {
        String found = json.getNodeType().name().toLowerCase(java.util.Locale.ROOT);
        String size = json.isArray() ? " of " + json.size() : "";
        return new MarshalException("a value of type '" + type + "' is " + expected + " in JSON, not " + found + size);
    }
}
