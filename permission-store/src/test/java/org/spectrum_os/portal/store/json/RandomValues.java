// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.json;

import java.util.List;
import java.util.random.RandomGenerator;
import org.spectrum_os.portal.dbus.marshal.MarshalException;
import org.spectrum_os.portal.dbus.marshal.MarshalWriter;
import org.spectrum_os.portal.dbus.marshal.MarshalledValue;
import org.spectrum_os.portal.dbus.marshal.Types;

/** Values of random types: every type that a value may have, limits and awkward texts more often than chance would. Not thread-safe. */
public final class RandomValues {
    /** Texts that JSON, Java or people handle in a special way. */
    public static final List<String> AWKWARD = List.of(
            "",
            " ",
            "\u2028\u2029",
            "\ufffe\uffff\ufdd0",
            "\ud83d\ude00",
            "\udbff\udfff",
            "\ufeff",
            "\u0001\u001f\u007f\u0080\u009f",
            "\b\f\n\r\t",
            "\"\\\\/'",
            "e\u0301",
            "\u202eabc",
            "type",
            "value",
            "..",
            "/",
            "../../etc",
            "null",
            "0x7ff8000000000000",
            "</script>");

    private static final String BASIC = "ybnqiuxtdsog";
    private static final long[] DOUBLES = {
        0L,
        Long.MIN_VALUE,
        1L,
        Double.doubleToRawLongBits(Double.MAX_VALUE),
        0x7ff0000000000000L,
        0xfff0000000000000L,
        0x7ff8000000000000L,
        0x7ff0000000000001L,
        0xffffffffffffffffL,
        Double.doubleToRawLongBits(0.1),
        Double.doubleToRawLongBits(1e23),
        Double.doubleToRawLongBits(9007199254740994.0),
    };

    private final RandomGenerator random;

    public RandomValues(RandomGenerator random) {
        this.random = random;
    }

    /** A value of a random type. */
    public MarshalledValue next() {
        return next(type(4));
    }

    /** A value of the given type, without file descriptors. */
    public MarshalledValue next(String type) {
        try {
            var out = new MarshalWriter();
            write(type, out, 4);
            return MarshalledValue.of(type, out.toByteArray());
        } catch (MarshalException e) {
            throw new AssertionError("a value of type " + type + " was made wrongly", e);
        }
    }

    /** A complete type, at most {@code depth} containers deep. */
    public String type(int depth) {
        int kind = depth == 0 ? 0 : random.nextInt(8);
        return switch (kind) {
            case 4 -> "v";
            case 5 -> "a" + type(depth - 1);
            case 6 -> "a{" + basic() + type(depth - 1) + "}";
            case 7 -> {
                var struct = new StringBuilder("(");
                for (int members = 1 + random.nextInt(4); members > 0; members--) {
                    struct.append(type(depth - 1));
                }
                yield struct.append(')').toString();
            }
            default -> basic();
        };
    }

    /** A text that D-Bus can carry. */
    public String text() {
        if (random.nextInt(4) == 0) {
            return AWKWARD.get(random.nextInt(AWKWARD.size()));
        }
        var text = new StringBuilder();
        for (int length = random.nextInt(12); length > 0; length--) {
            int point = 1 + random.nextInt(random.nextBoolean() ? 0x7f : Character.MAX_CODE_POINT);
            boolean half = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
            text.appendCodePoint(half ? 'x' : point);
        }
        return text.toString();
    }

    private String basic() {
        return String.valueOf(BASIC.charAt(random.nextInt(BASIC.length())));
    }

    private void write(String type, MarshalWriter out, int depth) throws MarshalException {
        switch (type.charAt(0)) {
            case 'y' -> out.writeByte((byte) integer());
            case 'b' -> out.writeBoolean(random.nextBoolean());
            case 'n', 'q' -> out.writeInt16((short) integer());
            case 'i', 'u' -> out.writeInt32((int) integer());
            case 'x', 't' -> out.writeInt64(integer());
            case 'd' -> out.writeInt64(bits());
            case 's' -> out.writeString(text());
            case 'o' -> out.writeObjectPath(random.nextInt(4) == 0 ? "/" : "/a_" + random.nextInt(9) + "/B");
            case 'g' -> out.writeSignature(random.nextInt(4) == 0 ? "" : type(3) + type(1));
            case 'v' -> {
                String inner = type(Math.max(0, depth - 1));
                out.writeSignature(inner);
                write(inner, out, depth - 1);
            }
            case '(', '{' -> {
                out.beginStruct();
                for (String member : Types.members(type)) {
                    write(member, out, depth - 1);
                }
            }
            default -> {
                String element = Types.element(type);
                int array = out.beginArray(element);
                for (int count = random.nextInt(5); count > 0; count--) {
                    write(element, out, depth - 1);
                }
                out.endArray(array);
            }
        }
    }

    private long integer() {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextInt(-2, 3);
            case 1 -> Long.MAX_VALUE >>> random.nextInt(64);
            case 2 -> Long.MIN_VALUE >> random.nextInt(64);
            default -> random.nextLong();
        };
    }

    private long bits() {
        return switch (random.nextInt(4)) {
            case 0 -> DOUBLES[random.nextInt(DOUBLES.length)];
            case 1 -> Double.doubleToRawLongBits(random.nextInt(1000) / 8.0);
            case 2 -> random.nextLong() >>> 12;
            default -> random.nextLong();
        };
    }
}
