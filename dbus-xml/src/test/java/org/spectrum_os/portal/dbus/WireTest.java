// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.freedesktop.dbus.types.Variant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireTest {
    @Test
    void signaturesSplitIntoCompleteTypes() {
        assertEquals(List.of("s", "a{sv}", "(sa(us))", "aay", "v"), Wire.split("sa{sv}(sa(us))aayv"));
        assertEquals(List.of(), Wire.split(""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "(", "()", "(s", "s)", "{sv}", "a{s}", "a{vs}", "a{svs}", "z", "a{s", "(s}"})
    void brokenSignaturesAreRefused(String signature) {
        assertThrows(IllegalArgumentException.class, () -> Wire.split(signature));
    }

    @Test
    void signaturesAreBounded() {
        assertEquals(1, Wire.split("a".repeat(32) + "s").size());
        assertThrows(IllegalArgumentException.class, () -> Wire.split("a".repeat(33) + "s"));
        assertThrows(IllegalArgumentException.class, () -> Wire.split("(".repeat(33) + "s" + ")".repeat(33)));
        assertThrows(IllegalArgumentException.class, () -> Wire.split("s".repeat(256)));
    }

    @Test
    void whatTheBusWouldPunishIsRefusedBeforehand() {
        assertThrows(IllegalArgumentException.class, () -> Variants.of("s", "a\0b"));
        assertThrows(IllegalArgumentException.class, () -> Variants.of("o", "/a//b"));
        assertThrows(IllegalArgumentException.class, () -> Variants.of("o", "a"));
        assertThrows(IllegalArgumentException.class, () -> Variants.of("g", "a"));
        assertThrows(IllegalArgumentException.class, () -> Variants.of("ss", "a"));
        assertThrows(IllegalArgumentException.class, () -> Variants.of("u", -1));
        assertThrows(IllegalArgumentException.class, () -> Variants.of("u", 4_294_967_296L));
        assertThrows(IllegalArgumentException.class, () -> Variants.of("y", 256));
        assertThrows(IllegalArgumentException.class, () -> Variants.of("b", 1));
        assertThrows(IllegalArgumentException.class, () -> Variants.of("(ss)", List.of("a")));
        assertThrows(IllegalArgumentException.class, () -> Variants.of("as", List.of(1)));
        assertThrows(IllegalArgumentException.class, () -> Variants.of("a{sv}", Map.of("a", "bare")));
    }

    @Test
    void readersGiveTheValueOrNothing() throws DBusErrorException {
        Map<String, Variant<?>> options = Map.of(
                "title", Variants.of("s", "Öffnen"),
                "multiple", Variants.of("b", true),
                "count", Variants.of("u", 4_294_967_295L),
                "names", Variants.of("as", List.of("a", "b")),
                "folder", Variants.of("ay", "/tmp/ä\0".getBytes(StandardCharsets.UTF_8)),
                "filters", Variants.of("a(sa(us))", List.of(List.of("Text", List.of(List.of(0, "*.txt"))))));
        assertEquals(Optional.of("Öffnen"), Variants.string(options, "title"));
        assertEquals(Optional.of(true), Variants.bool(options, "multiple"));
        assertEquals(Optional.of(4_294_967_295L), Variants.uint32(options, "count"));
        assertEquals(Optional.of(List.of("a", "b")), Variants.strings(options, "names"));
        assertEquals(Optional.of("/tmp/ä"), Variants.byteString(options, "folder"));
        assertArrayEquals(
                "/tmp/ä\0".getBytes(StandardCharsets.UTF_8),
                Variants.bytes(options, "folder").orElseThrow());
        assertEquals(Optional.empty(), Variants.string(options, "absent"));
        List<Object> filter = Values.list(
                Values.list(Variants.value(options, "filters", "a(sa(us))").orElseThrow())
                        .getFirst());
        assertEquals("Text", Values.string(filter.get(0)));
        List<Object> pattern = Values.list(Values.list(filter.get(1)).getFirst());
        assertEquals(0, Values.number(pattern.get(0)));
        assertEquals("*.txt", Values.string(pattern.get(1)));
    }

    @Test
    void readersNameTheTypeTheyExpected() {
        Map<String, Variant<?>> options = Map.of("title", Variants.of("b", true));
        var refusal = assertThrows(DBusErrorException.class, () -> Variants.string(options, "title"));
        assertEquals("org.freedesktop.portal.Error.InvalidArgument", refusal.name());
        assertEquals("Expected type 's' for option 'title', got 'b'", refusal.text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/tmp", "/tmp\0x\0", "\0\0"})
    void byteStringsEndInOneNul(String content) {
        Map<String, Variant<?>> options = Map.of("folder", Variants.of("ay", content.getBytes(StandardCharsets.UTF_8)));
        var refusal = assertThrows(DBusErrorException.class, () -> Variants.byteString(options, "folder"));
        assertTrue(refusal.text().contains("'folder'"), refusal.text());
    }

    @Test
    void namesFollowTheSpecification() {
        assertTrue(Names.isUnique(":1.42"));
        assertTrue(Names.isBusName("org.freedesktop.portal.Desktop"));
        assertEquals(false, Names.isBusName("org"));
        assertEquals(false, Names.isBusName("org.a',sender='x"));
        assertEquals(false, Names.isInterface("org.1a"));
        assertEquals(false, Names.isPath("/a/"));
        assertTrue(Names.isPath("/"));
        assertTrue(Names.isPath("/" + "a".repeat(4000)));
    }
}
