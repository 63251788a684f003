// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus.marshal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MarshalTest {
    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    private static MarshalledValue value(String type, String bytes) throws MarshalException {
        return MarshalledValue.of(type, hex(bytes));
    }

    /** The bytes are those of the specification's marshalling rules, worked out by hand. */
    @ParameterizedTest
    @CsvSource({
        "y, ff, ff",
        "b, 01000000, 00000001",
        "n, feff, fffe",
        "q, 0180, 8001",
        "i, 01020380, 80030201",
        "u, ffffffff, ffffffff",
        "x, 0102030405060780, 8007060504030201",
        "t, ffffffffffffffff, ffffffffffffffff",
        "d, 010000000000f07f, 7ff0000000000001",
        "s, 02000000 c3b6 00, 00000002 c3b6 00",
        "o, 01000000 2f 00, 00000001 2f 00",
        "g, 02 6173 00, 02 6173 00",
        "v, 01 73 00 00 00000000 00, 01 73 00 00 00000000 00",
        "ay, 02000000 0102, 00000002 0102",
        "ax, 00000000 00000000, 00000000 00000000",
        "a(y), 09000000 00000000 01 00000000000000 02, 00000009 00000000 01 00000000000000 02",
        "(yq), 01 00 0200, 01 00 0002",
        "a{yy}, 0a000000 00000000 0101 000000000000 0102, 0000000a 00000000 0101 000000000000 0102"
    })
    void bothByteOrdersGiveTheSameValue(String type, String little, String big) throws MarshalException {
        MarshalledValue value = value(type, little);
        assertArrayEquals(hex(little), value.toByteArray());
        var reader = new MarshalReader(hex(big), ByteOrder.BIG_ENDIAN);
        assertEquals(value, reader.readValue(type));
        assertTrue(reader.atEnd());
        for (int length = 0; length < hex(big).length; length++) {
            byte[] cut = java.util.Arrays.copyOf(hex(big), length);
            assertThrows(
                    MarshalException.class, () -> new MarshalReader(cut, ByteOrder.BIG_ENDIAN).readValue(type), type);
        }
        assertThrows(MarshalException.class, () -> value(type, little + "00"));
    }

    @Test
    void everyTypeIsAlignedAtEveryOffset() throws MarshalException {
        for (int offset = 0; offset < 16; offset++) {
            for (String type : List.of("y", "b", "n", "q", "i", "u", "x", "t", "d", "s", "o", "g", "v", "a", "(")) {
                var out = new MarshalWriter();
                for (int i = 0; i < offset; i++) {
                    out.writeByte((byte) 0xee);
                }
                int size = write(type, out);
                int alignment = Types.alignment(type);
                int start = (offset + alignment - 1) / alignment * alignment;
                assertEquals(start + size, out.size(), type + " at " + offset);
                String whole = type.equals("a") ? "ay" : type.equals("(") ? "(y)" : type;
                out.requireSignature("y".repeat(offset) + whole);
                byte[] bytes = out.toByteArray();
                for (int padding = offset; padding < start; padding++) {
                    assertEquals(0, bytes[padding]);
                    bytes[padding] = 1;
                    int before = offset;
                    assertThrows(
                            MarshalException.class,
                            () -> new MarshalReader(bytes, ByteOrder.LITTLE_ENDIAN).skip("y".repeat(before) + whole));
                    bytes[padding] = 0;
                }
            }
        }
    }

    private static int write(String type, MarshalWriter out) throws MarshalException {
        switch (type) {
            case "y" -> out.writeByte((byte) 7);
            case "b" -> out.writeBoolean(true);
            case "n", "q" -> out.writeInt16((short) 7);
            case "i", "u" -> out.writeInt32(7);
            case "x", "t", "d" -> out.writeInt64(7);
            case "s" -> out.writeString("/");
            case "o" -> out.writeObjectPath("/");
            case "g" -> out.writeSignature("s");
            case "v" -> out.writeVariant(value("y", "07"));
            case "a" -> out.endArray(out.beginArray("y"));
            default -> {
                out.beginStruct();
                out.writeByte((byte) 7);
            }
        }
        return switch (type) {
            case "y", "(" -> 1;
            case "n", "q" -> 2;
            case "x", "t", "d" -> 8;
            case "s", "o" -> 6;
            case "g" -> 3;
            default -> 4;
        };
    }

    @ParameterizedTest
    @CsvSource({
        "b, 02000000",
        "b, 00000001",
        "s, 01000000 ff 00",
        "s, 02000000 c080 00",
        "s, 03000000 eda080 00",
        "s, 04000000 f4908080 00",
        "s, 03000000 610062 00",
        "s, 01000000 61 01",
        "s, ffffffff 61 00",
        "s, ffffff7f 61 00",
        "o, 00000000 00",
        "o, 02000000 2f2f 00",
        "o, 02000000 612f 00",
        "g, 01 61 00",
        "g, 01 7a 00",
        "v, 00 00 00",
        "v, 02 7979 00 0000",
        "v, 01 7b 00 00",
        "v, 01 68 00 00 00000000",
        "v, 02 6168 00 00000000",
        "h, 00000000",
        "ah, 00000000",
        "a(sh), 00000000 00000000",
        "as, 04000000 00000000 00",
        "aq, 03000000 010203",
        "aq, 03000000 01020304",
        "ay, 01000004 00",
        "ay, ffffffff 00",
        "ax, 01000000 00000000 0102030405060708",
        "aas, 08000000 09000000 00000000 00",
        "(yq), 01 01 0200",
        "ax, 00000000 00000001"
    })
    void whatIsMalformedIsRefused(String type, String bytes) {
        assertThrows(MarshalException.class, () -> value(type, bytes));
        assertThrows(MarshalException.class, () -> MarshalledValue.of("ss", new byte[16]));
        assertThrows(MarshalException.class, () -> MarshalledValue.of("", new byte[0]));
    }

    @Test
    void anArrayMayHave64MiBAndNoMore() throws MarshalException {
        var out = new MarshalWriter();
        int array = out.beginArray("y");
        out.writeBytes(new byte[64 << 20]);
        out.endArray(array);
        out.requireSignature("ay");
        out.writeByte((byte) 0);
        assertThrows(MarshalException.class, () -> out.endArray(array));
        byte[] tooLong = new byte[(64 << 20) + 5];
        tooLong[0] = 1;
        tooLong[3] = 4;
        assertThrows(MarshalException.class, () -> MarshalledValue.of("ay", tooLong));
        assertThrows(IllegalStateException.class, () -> out.writeBytes(new byte[64 << 20]));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "000000000000f87f",
                "010000000000f87f",
                "010000000000f0ff",
                "ffffffffffffffff",
                "0000000000000080"
            })
    void nanKeepsItsPayload(String bits) throws MarshalException {
        MarshalledValue value = value("d", bits);
        assertArrayEquals(hex(bits), value.toByteArray());
        var out = new MarshalWriter();
        out.writeInt64(value.reader().readInt64());
        assertArrayEquals(hex(bits), out.toByteArray());
    }

    @Test
    void aKeyThatOccursTwiceIsKeptTwiceAndInOrder() throws MarshalException {
        var out = new MarshalWriter();
        int array = out.beginArray("{sy}");
        for (byte i = 0; i < 3; i++) {
            out.beginStruct();
            out.writeString("key");
            out.writeByte(i);
        }
        out.endArray(array);
        MarshalledValue value = MarshalledValue.of("a{sy}", out.toByteArray());
        assertArrayEquals(out.toByteArray(), value.toByteArray());
    }

    private static MarshalWriter variants(int count) throws MarshalException {
        var out = new MarshalWriter();
        for (int i = 1; i < count; i++) {
            out.writeSignature("v");
        }
        out.writeVariant(value("y", "2a"));
        return out;
    }

    @Test
    void variantsNestSixtyFourDeep() throws MarshalException {
        MarshalWriter deepest = variants(64);
        deepest.requireSignature("v");
        MarshalledValue held = new MarshalReader(deepest.toByteArray(), ByteOrder.LITTLE_ENDIAN).readVariant();
        assertEquals("v", held.type());
        var again = new MarshalWriter();
        again.writeVariant(held);
        assertArrayEquals(deepest.toByteArray(), again.toByteArray());
        MarshalWriter tooDeep = variants(65);
        assertThrows(MarshalException.class, () -> tooDeep.requireSignature("v"));
        assertThrows(
                MarshalException.class,
                () -> new MarshalReader(tooDeep.toByteArray(), ByteOrder.LITTLE_ENDIAN).readVariant());
        // By itself it might stand, but nothing could carry it.
        assertThrows(MarshalException.class, () -> MarshalledValue.of("v", deepest.toByteArray()));
    }

    @Test
    void arraysAndStructsNestThirtyTwoDeepEach() throws MarshalException {
        String deepest = "a".repeat(32) + "(".repeat(32) + "y" + ")".repeat(32);
        assertEquals(List.of(deepest), Types.split(deepest));
        var out = new MarshalWriter();
        int[] arrays = new int[32];
        for (int i = 0; i < 32; i++) {
            arrays[i] = out.beginArray(i < 31 ? "a" : "(");
        }
        for (int i = 0; i < 32; i++) {
            out.beginStruct();
        }
        out.writeByte((byte) 1);
        for (int i = 31; i >= 0; i--) {
            out.endArray(arrays[i]);
        }
        out.requireSignature(deepest);
        assertThrows(MarshalException.class, () -> Types.split("a" + deepest));
        assertThrows(MarshalException.class, () -> Types.split("(" + deepest + ")"));
        assertEquals(1, Types.split("a{y".repeat(32) + "y" + "}".repeat(32)).size());
    }

    @Test
    void textsThatHaveNoWireFormAreRefusedBeforehand() {
        var out = new MarshalWriter();
        assertThrows(MarshalException.class, () -> out.writeString("a\0b"));
        assertThrows(MarshalException.class, () -> out.writeString("\uD800"));
        assertThrows(MarshalException.class, () -> out.writeObjectPath("/a/"));
        assertThrows(MarshalException.class, () -> out.writeSignature("a"));
        assertThrows(MarshalException.class, () -> out.writeSignature("y".repeat(256)));
    }

    @Test
    void longTextsAndPathsAreNoMatter() throws MarshalException {
        String path = "/a".repeat(500_000);
        var out = new MarshalWriter();
        out.writeObjectPath(path);
        out.writeString("ö".repeat(500_000));
        out.requireSignature("os");
        var in = new MarshalReader(out.toByteArray(), ByteOrder.LITTLE_ENDIAN);
        assertEquals(path, in.readString());
        assertEquals("ö".repeat(500_000), in.readString());
    }

    @Test
    void partsAreReadAsTheyWereWritten() throws MarshalException {
        var out = new MarshalWriter();
        out.writeStrings(List.of("b", "a", "a", ""));
        int array = out.beginArray("{sas}");
        out.beginStruct();
        out.writeString("app");
        out.writeStrings(List.of());
        out.endArray(array);
        out.writeBoolean(true);
        out.requireSignature("asa{sas}b");
        var in = new MarshalReader(out.toByteArray(), ByteOrder.LITTLE_ENDIAN);
        assertEquals(List.of("b", "a", "a", ""), in.readStrings());
        int end = in.beginArray("{sas}");
        assertTrue(in.hasNext(end));
        in.beginStruct();
        assertEquals("app", in.readString());
        assertEquals(List.of(), in.readStrings());
        assertFalse(in.hasNext(end));
        assertTrue(in.readBoolean());
        assertTrue(in.atEnd());
        var body = new MarshalWriter();
        body.writeByte((byte) 1);
        body.writeBody(out);
        assertEquals(8 + out.size(), body.size());
        assertThrows(MarshalException.class, () -> out.requireSignature("asa{sas}"));
        assertThrows(MarshalException.class, () -> out.requireSignature("asa{sas}by"));
    }

    @Test
    void valuesAreEqualWhenTypeAndBytesAre() throws MarshalException {
        assertEquals(value("u", "01000000"), value("u", "01000000"));
        assertEquals(value("u", "01000000").hashCode(), value("u", "01000000").hashCode());
        assertFalse(value("u", "01000000").equals(value("i", "01000000")));
        assertFalse(value("u", "01000000").equals(value("u", "02000000")));
        MarshalledValue value = value("ay", "01000000 05");
        value.toByteArray()[4] = 6;
        assertArrayEquals(hex("01000000 05"), value.toByteArray());
        assertEquals(5, value.size());
    }
}
