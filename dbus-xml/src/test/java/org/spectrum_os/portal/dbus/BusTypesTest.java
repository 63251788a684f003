// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.freedesktop.dbus.types.UInt16;
import org.freedesktop.dbus.types.UInt32;
import org.freedesktop.dbus.types.UInt64;
import org.freedesktop.dbus.types.Variant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.spectrum_os.portal.dbus.testing.PrivateBus;

/** Values of every type, there and back through a real bus, and as GLib's tool shows them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BusTypesTest {
    private static final String SERVICE = "org.spectrum_os.portal.TestTypes";
    private static final String PATH = "/test";
    private PrivateBus bus;
    private BusConnection server;
    private BusConnection client;

    @BeforeAll
    void start() throws Exception {
        bus = PrivateBus.start();
        server = BusConnection.connect(bus.address());
        client = BusConnection.connect(bus.address());
        var echo = new TestInterface()
                .with(
                        "EchoVariant",
                        "v",
                        "v",
                        call -> Reply.of("v", call.arguments().getFirst()));
        types().map(given -> (String) given.get()[0])
                .distinct()
                .forEach(type -> echo.with(
                        member(type),
                        type,
                        type,
                        call -> Reply.of(call.signature(), call.arguments().getFirst())));
        server.export(PATH, ExportedObject.of(echo));
        server.requestName(SERVICE, java.util.Set.of(NameFlag.DO_NOT_QUEUE));
    }

    @AfterAll
    void stop() throws Exception {
        client.close();
        server.close();
        bus.close();
    }

    private static String member(String type) {
        var name = new StringBuilder("Echo");
        type.chars().forEach(c -> name.append('_').append(c));
        return name.toString();
    }

    static Stream<Arguments> types() {
        Map<String, Variant<?>> nested = new LinkedHashMap<>();
        nested.put("filters", Variants.of("a(sa(us))", List.of(List.of("Text", List.of(List.of(0, "*.txt"))))));
        nested.put("none", Variants.of("a(sa(us))", List.of()));
        nested.put("inner", Variants.of("v", Variants.of("as", List.of("deep"))));
        return Stream.of(
                Arguments.of("y", (byte) 200, (byte) 200, "(byte 0xc8,)"),
                Arguments.of("b", true, true, "(true,)"),
                Arguments.of("n", (short) -2, (short) -2, "(int16 -2,)"),
                Arguments.of("q", 65_535, new UInt16(65_535), "(uint16 65535,)"),
                Arguments.of("i", -7, -7, "(-7,)"),
                Arguments.of("u", 4_294_967_295L, new UInt32(4_294_967_295L), "(uint32 4294967295,)"),
                Arguments.of("x", Long.MIN_VALUE, Long.MIN_VALUE, "(int64 -9223372036854775808,)"),
                Arguments.of(
                        "t",
                        BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE),
                        new UInt64("18446744073709551615"),
                        "(uint64 18446744073709551615,)"),
                Arguments.of("d", 2.5, 2.5, "(2.5,)"),
                Arguments.of("s", "grüße 🗎", "grüße 🗎", "('grüße 🗎',)"),
                Arguments.of("s", "", "", "('',)"),
                Arguments.of("o", "/org/x_1", "/org/x_1", "(objectpath '/org/x_1',)"),
                Arguments.of("g", "a{sv}", "a{sv}", "(signature 'a{sv}',)"),
                Arguments.of("as", List.of("a", "b"), List.of("a", "b"), "(['a', 'b'],)"),
                Arguments.of("as", List.of(), List.of(), "(@as [],)"),
                Arguments.of("au", List.of(1, 2), List.of(new UInt32(1), new UInt32(2)), "([uint32 1, 2],)"),
                Arguments.of("a(ss)", List.of(List.of("id", "x")), List.of(List.of("id", "x")), "([('id', 'x')],)"),
                Arguments.of(
                        "(sa(us))",
                        List.of("Text", List.of(List.of(0, "*.txt"), List.of(1, "text/plain"))),
                        List.of("Text", List.of(List.of(new UInt32(0), "*.txt"), List.of(new UInt32(1), "text/plain"))),
                        "(('Text', [(uint32 0, '*.txt'), (1, 'text/plain')]),)"),
                Arguments.of(
                        "(sa(us))", List.of("None", List.of()), List.of("None", List.of()), "(('None', @a(us) []),)"),
                Arguments.of(
                        "a(ssa(ss)s)",
                        List.of(List.of("enc", "Encoding", List.of(List.of("u", "UTF-8")), "u")),
                        List.of(List.of("enc", "Encoding", List.of(List.of("u", "UTF-8")), "u")),
                        "([('enc', 'Encoding', [('u', 'UTF-8')], 'u')],)"),
                Arguments.of("a{sv}", Map.of(), Map.of(), "(@a{sv} {},)"),
                Arguments.of("aa{sv}", List.of(Map.of()), List.of(Map.of()), "([@a{sv} {}],)"),
                Arguments.of("a{us}", Map.of(1, "a"), Map.of(new UInt32(1), "a"), "({uint32 1: 'a'},)"),
                Arguments.of(
                        "a{sv}",
                        nested,
                        nested,
                        "({'filters': <[('Text', [(uint32 0, '*.txt')])]>, 'none': <@a(sa(us)) []>, 'inner': <<['deep']>>},)"));
    }

    @ParameterizedTest
    @MethodSource("types")
    void comesBackAsItWasSent(String type, Object sent, Object expected, String shown) throws Exception {
        List<Object> direct = client.call(SERVICE, PATH, TestInterface.NAME, member(type), type, sent);
        assertEquals(1, direct.size());
        assertSame(type, expected, direct.getFirst());
        Object inVariant = client.call(SERVICE, PATH, TestInterface.NAME, "EchoVariant", "v", Variants.of(type, sent))
                .getFirst();
        Variant<?> variant = assertInstanceOf(Variant.class, inVariant);
        assertEquals(type, variant.getSig());
        assertSame(type, expected, variant.getValue());
    }

    @ParameterizedTest
    @MethodSource("types")
    void othersSeeTheSame(String type, Object sent, Object expected, String shown) throws Exception {
        String literal = shown.substring(1, shown.length() - (shown.endsWith(",)") ? 2 : 1));
        var finished = bus.run(
                "gdbus",
                "call",
                "--session",
                "--dest",
                SERVICE,
                "--object-path",
                PATH,
                "--method",
                TestInterface.NAME + "." + member(type),
                "--",
                literal);
        assertEquals("", finished.errors());
        assertEquals(shown, finished.output().strip());
    }

    /** Compares by how the value would be sent: dbus-java's variants compare without their types. */
    private static void assertSame(String type, Object expected, Object actual) {
        assertEquals(render(expected), render(actual), type);
        assertEquals(expected.getClass() == byte[].class, actual.getClass() == byte[].class);
    }

    private static String render(Object value) {
        return switch (value) {
            case Variant<?> variant -> variant.getSig() + "<" + render(variant.getValue()) + ">";
            case List<?> list ->
                list.stream().map(BusTypesTest::render).toList().toString();
            case Map<?, ?> map -> {
                var text = new StringBuilder("{");
                map.forEach((key, element) -> text.append(render(key))
                        .append('=')
                        .append(render(element))
                        .append(' '));
                yield text.append('}').toString();
            }
            case byte[] bytes -> java.util.HexFormat.of().formatHex(bytes);
            default -> value.getClass().getSimpleName() + ":" + value;
        };
    }

    @Test
    void bytesComeAsBytes() throws Exception {
        byte[] path = "/tmp/x\0".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        Object back = client.call(SERVICE, PATH, TestInterface.NAME, "EchoVariant", "v", Variants.of("ay", path))
                .getFirst();
        assertArrayEquals(path, (byte[]) ((Variant<?>) back).getValue());
        Object several = client.call(
                        SERVICE,
                        PATH,
                        TestInterface.NAME,
                        "EchoVariant",
                        "v",
                        Variants.of("aay", List.of(path, new byte[0])))
                .getFirst();
        List<Object> list = Values.list(((Variant<?>) several).getValue());
        assertArrayEquals(path, (byte[]) list.get(0));
        assertArrayEquals(new byte[0], (byte[]) list.get(1));
        var finished = bus.run(
                "gdbus",
                "call",
                "--session",
                "--dest",
                SERVICE,
                "--object-path",
                PATH,
                "--method",
                TestInterface.NAME + ".EchoVariant",
                "<b'/tmp/x'>");
        assertEquals("(<b'/tmp/x'>,)", finished.output().strip());
    }

    @Test
    void largeMessagesArriveWhole() throws Exception {
        byte[] bytes = new byte[8 << 20];
        new java.util.Random(7).nextBytes(bytes);
        Object back = client.call(SERVICE, PATH, TestInterface.NAME, "EchoVariant", "v", Variants.of("ay", bytes))
                .getFirst();
        assertArrayEquals(bytes, (byte[]) ((Variant<?>) back).getValue());
    }
}
