// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.spectrum_os.portal.dbus.iface.FileChooserPortal;
import org.spectrum_os.portal.dbus.testing.PrivateBus;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class BusDispatchTest {
    private static final String SERVICE = "org.spectrum_os.portal.TestDispatch";
    private static final String PATH = "/org/spectrum_os/portal/test";
    private static final String IFACE = TestInterface.NAME;
    private PrivateBus bus;
    private BusConnection server;
    private BusConnection client;

    @BeforeAll
    void start() throws Exception {
        bus = PrivateBus.start();
        server = BusConnection.connect(bus.address());
        client = BusConnection.connect(bus.address());
        var test = new TestInterface()
                .with(
                        "Greet",
                        "s",
                        "s",
                        call -> Reply.of("s", "Hello " + call.arguments().getFirst()))
                .with("Sender", "", "s", call -> Reply.of("s", call.sender()))
                .with("Refuse", "", "", call -> {
                    throw new DBusErrorException(ErrorNames.PORTAL_NOT_ALLOWED, "not you");
                })
                .with("Break", "", "", call -> {
                    throw new IllegalStateException("a secret detail");
                })
                .with("Lie", "", "s", call -> Reply.of("u", 1));
        server.export(PATH, ExportedObject.of(test, new TestInterface("org.spectrum_os.portal.Other")));
        server.export("/org/spectrum_os/portal/chooser", ExportedObject.of(chooser()));
        server.requestName(SERVICE, Set.of(NameFlag.DO_NOT_QUEUE));
    }

    private static ExportedInterface chooser() {
        return new ExportedInterface() {
            @Override
            public InterfaceDescription description() {
                return FileChooserPortal.DESCRIPTION;
            }

            @Override
            public Reply handle(MethodCall call) throws DBusErrorException {
                return switch (FileChooserPortal.Call.of(call)) {
                    case FileChooserPortal.OpenFile open ->
                        Reply.of(
                                FileChooserPortal.OpenFile.REPLY_SIGNATURE,
                                "/" + open.title() + "/"
                                        + Variants.string(open.options(), "handle_token")
                                                .orElse("t"));
                    case FileChooserPortal.SaveFile save ->
                        throw new DBusErrorException(ErrorNames.NOT_SUPPORTED, "Saving is not supported");
                    case FileChooserPortal.SaveFiles save ->
                        throw new DBusErrorException(ErrorNames.NOT_SUPPORTED, "Saving is not supported");
                };
            }

            @Override
            public Object property(String name) {
                return 4;
            }
        };
    }

    @AfterAll
    void stop() throws Exception {
        client.close();
        server.close();
        bus.close();
    }

    private List<Object> call(String member, String signature, Object... args) throws BusException {
        return client.call(SERVICE, PATH, IFACE, member, signature, args);
    }

    @ParameterizedTest
    @CsvSource({
        "/nowhere, org.spectrum_os.portal.Test, Greet, s, UnknownObject",
        "/org, org.spectrum_os.portal.Test, Greet, s, UnknownObject",
        "/org/spectrum_os/portal/test, org.spectrum_os.portal.None, Greet, s, UnknownInterface",
        "/org/spectrum_os/portal/test, org.spectrum_os.portal.Other, Greet, s, UnknownMethod",
        "/org/spectrum_os/portal/test, org.spectrum_os.portal.Test, None, s, UnknownMethod",
        "/org/spectrum_os/portal/test, org.spectrum_os.portal.Test, Greet, o, InvalidArgs",
        "/org/spectrum_os/portal/test, org.spectrum_os.portal.Test, Break, '', Failed",
        "/org/spectrum_os/portal/test, org.spectrum_os.portal.Test, Lie, '', Failed"
    })
    void wrongCallsGetTheRightErrors(String path, String iface, String member, String signature, String error)
            throws Exception {
        Object[] args = signature.isEmpty() ? new Object[0] : new Object[] {"/x"};
        var failed = assertThrows(
                CallFailedException.class, () -> client.call(SERVICE, path, iface, member, signature, args));
        assertEquals("org.freedesktop.DBus.Error." + error, failed.name());
        assertFalse(failed.text().contains("secret"), failed.text());

        List<String> words = new ArrayList<>(
                List.of("dbus-send", "--session", "--print-reply", "--dest=" + SERVICE, path, iface + "." + member));
        if (!signature.isEmpty()) {
            words.add((signature.equals("o") ? "objpath:" : "string:") + "/x");
        }
        var finished = bus.run(words.toArray(String[]::new));
        assertEquals(1, finished.exitCode());
        assertTrue(finished.errors().startsWith("Error org.freedesktop.DBus.Error." + error + ": "), finished.errors());
    }

    @Test
    void refusalsKeepTheirNameAndText() throws Exception {
        var failed = assertThrows(CallFailedException.class, () -> call("Refuse", ""));
        assertEquals("org.freedesktop.portal.Error.NotAllowed", failed.name());
        assertEquals("not you", failed.text());
    }

    @Test
    void theSenderIsWhoTheBusSays() throws Exception {
        assertEquals(List.of(client.uniqueName()), call("Sender", ""));
        assertNotEquals(client.uniqueName(), server.uniqueName());
    }

    @Test
    void aCallWithoutInterfaceIsFoundByItsMember() throws Exception {
        assertEquals(
                List.of("Hello you"), RawCalls.withoutInterface(bus.address(), SERVICE, PATH, "Greet", "s", "you"));
    }

    @Test
    void introspectionIsUnderstoodByGlib() throws Exception {
        var root = bus.run("gdbus", "introspect", "--session", "--dest", SERVICE, "--object-path", "/", "--recurse");
        assertEquals("", root.errors());
        assertTrue(root.output().contains("node /org/spectrum_os/portal/chooser {"), root.output());
        assertTrue(root.output().contains("interface org.freedesktop.portal.FileChooser {"), root.output());
        assertTrue(root.output().contains("OpenFile(in  s parent_window,"), root.output());
        assertTrue(root.output().contains("in  a{sv} options,"), root.output());
        assertTrue(root.output().contains("readonly u version = 4;"), root.output());
        var nowhere = assertThrows(
                CallFailedException.class,
                () -> client.call(SERVICE, "/nowhere", "org.freedesktop.DBus.Introspectable", "Introspect", ""));
        assertEquals(ErrorNames.UNKNOWN_OBJECT, nowhere.name());
    }

    @Test
    void generatedTypesCarryARealCall() throws Exception {
        var open = new FileChooserPortal.OpenFile("", "title", Map.of("handle_token", Variants.of("s", "tok")));
        assertEquals(
                List.of("/title/tok"),
                client.call(
                        SERVICE,
                        "/org/spectrum_os/portal/chooser",
                        FileChooserPortal.NAME,
                        FileChooserPortal.OpenFile.MEMBER,
                        FileChooserPortal.OpenFile.SIGNATURE,
                        open.toArguments()));
        var wrong = new FileChooserPortal.OpenFile("", "title", Map.of("handle_token", Variants.of("b", true)));
        var failed = assertThrows(
                CallFailedException.class,
                () -> client.call(
                        SERVICE,
                        "/org/spectrum_os/portal/chooser",
                        FileChooserPortal.NAME,
                        FileChooserPortal.OpenFile.MEMBER,
                        FileChooserPortal.OpenFile.SIGNATURE,
                        wrong.toArguments()));
        assertEquals(ErrorNames.PORTAL_INVALID_ARGUMENT, failed.name());
        assertEquals("Expected type 's' for option 'handle_token', got 'b'", failed.text());
    }

    static Stream<Arguments> propertyCalls() {
        String none = "org.spectrum_os.portal.None";
        return Stream.of(
                Arguments.of("Get", List.of(IFACE, "version"), "(<uint32 4>,)", ""),
                Arguments.of("Get", List.of(IFACE, "label"), "(<'läbel'>,)", ""),
                Arguments.of("Get", List.of("", "label"), "(<'läbel'>,)", ""),
                Arguments.of("Get", List.of(IFACE, "none"), "", "UnknownProperty"),
                Arguments.of("Get", List.of(none, "version"), "", "UnknownInterface"),
                Arguments.of("GetAll", List.of(IFACE), "({'version': <uint32 4>, 'label': <'läbel'>},)", ""),
                Arguments.of("GetAll", List.of(none), "", "UnknownInterface"),
                Arguments.of("Set", List.of(IFACE, "version", "<uint32 5>"), "", "PropertyReadOnly"),
                Arguments.of("Set", List.of(IFACE, "none", "<uint32 5>"), "", "UnknownProperty"));
    }

    @ParameterizedTest
    @MethodSource("propertyCalls")
    void properties(String member, List<String> arguments, String output, String error) throws Exception {
        List<String> words = new ArrayList<>(List.of(
                "gdbus",
                "call",
                "--session",
                "--dest",
                SERVICE,
                "--object-path",
                PATH,
                "--method",
                "org.freedesktop.DBus.Properties." + member));
        words.addAll(arguments);
        var finished = bus.run(words.toArray(String[]::new));
        assertEquals(output, finished.output().strip(), finished.errors());
        if (error.isEmpty()) {
            assertEquals("", finished.errors());
        } else {
            assertTrue(finished.errors().contains("org.freedesktop.DBus.Error." + error + ":"), finished.errors());
        }
    }

    @Test
    void peerAnswersAnywhere() throws Exception {
        assertEquals(List.of(), client.call(SERVICE, "/nowhere", "org.freedesktop.DBus.Peer", "Ping", ""));
        Path identity = Path.of("/etc/machine-id");
        if (Files.exists(identity)) {
            assertEquals(
                    List.of(Files.readString(identity).strip()),
                    client.call(SERVICE, "/", "org.freedesktop.DBus.Peer", "GetMachineId", ""));
        }
    }

    @Test
    void aPathHoldsOneObject() throws Exception {
        Registration first = server.export("/once", ExportedObject.of(new TestInterface()));
        assertTrue(server.exportIfFree("/once", ExportedObject.of(new TestInterface()))
                .isEmpty());
        assertThrows(IllegalStateException.class, () -> server.export("/once", ExportedObject.of(new TestInterface())));
        first.close();
        try (var second = server.exportIfFree("/once", ExportedObject.of(new TestInterface()))
                .orElseThrow()) {
            first.close();
            assertEquals(List.of(), client.call(SERVICE, "/once", "org.freedesktop.DBus.Peer", "Ping", ""));
            assertEquals(
                    1,
                    client.call(SERVICE, "/once", "org.freedesktop.DBus.Properties", "GetAll", "s", IFACE)
                            .size());
        }
        assertThrows(
                CallFailedException.class,
                () -> client.call(SERVICE, "/once", "org.freedesktop.DBus.Properties", "GetAll", "s", IFACE));
    }
}
