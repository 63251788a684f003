// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
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
    private final CountDownLatch release = new CountDownLatch(1);
    private final BlockingQueue<String> quiet = new LinkedBlockingQueue<>();

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
                .with("Block", "", "s", call -> {
                    await(release);
                    return Reply.of("s", "released");
                })
                .with("Refuse", "", "", call -> {
                    throw new DBusErrorException(ErrorNames.PORTAL_NOT_ALLOWED, "not you");
                })
                .with("Break", "", "", call -> {
                    throw new IllegalStateException("a secret detail");
                })
                .with("Lie", "", "s", call -> Reply.of("u", 1))
                .with("Quiet", "s", "", call -> {
                    quiet.add((String) call.arguments().getFirst());
                    return Reply.empty();
                })
                .with(
                        "Signal",
                        "u",
                        "s",
                        call -> Reply.of("s", "first").then(() -> {
                            for (int i = 0; i < 100; i++) {
                                emit(call.sender(), ((Number) call.arguments().getFirst()).intValue() + i);
                            }
                        }));
        server.export(PATH, ExportedObject.of(test, new TestInterface("org.spectrum_os.portal.Other")));
        server.export("/org/spectrum_os/portal/chooser", ExportedObject.of(chooser()));
        server.requestName(SERVICE, Set.of(NameFlag.DO_NOT_QUEUE));
    }

    private void emit(String destination, int number) {
        try {
            server.emit(destination, PATH, IFACE, "Counted", "u", number);
        } catch (BusException e) {
            throw new AssertionError(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(60, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String nameOf(ExecutionException failure) {
        return assertInstanceOf(CallFailedException.class, failure.getCause()).name();
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
        release.countDown();
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
    void aBlockingHandlerHoldsUpNobody() throws Exception {
        var blocked = client.callAsync(Duration.ofMinutes(1), SERVICE, PATH, IFACE, "Block", "");
        List<CompletableFuture<List<Object>>> others = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            others.add(client.callAsync(Duration.ofSeconds(30), SERVICE, PATH, IFACE, "Greet", "s", "" + i));
        }
        for (int i = 0; i < 500; i++) {
            assertEquals(List.of("Hello " + i), others.get(i).get());
        }
        assertFalse(blocked.isDone());
        release.countDown();
        assertEquals(List.of("released"), blocked.get());
    }

    @Test
    void tooManyCallsAtATimeAreRefusedAndOthersServed() throws Exception {
        var gate = new CountDownLatch(1);
        var held = new TestInterface().with("Hold", "", "", call -> {
            await(gate);
            return Reply.empty();
        });
        try (var flooder = BusConnection.connect(bus.address());
                var exported = server.export("/held", ExportedObject.of(held))) {
            List<CompletableFuture<List<Object>>> calls = new ArrayList<>();
            for (int i = 0; i < CallDispatcher.MAX_IN_PROGRESS + 10; i++) {
                calls.add(flooder.callAsync(Duration.ofMinutes(1), SERVICE, "/held", IFACE, "Hold", ""));
            }
            for (var refused : calls.subList(CallDispatcher.MAX_IN_PROGRESS, calls.size())) {
                var failure = assertThrows(ExecutionException.class, refused::get);
                assertEquals(ErrorNames.LIMITS_EXCEEDED, nameOf(failure));
            }
            assertEquals(List.of("Hello there"), call("Greet", "s", "there"));
            gate.countDown();
            for (var served : calls.subList(0, CallDispatcher.MAX_IN_PROGRESS)) {
                assertEquals(List.of(), served.get());
            }
            assertEquals(List.of(), flooder.call(SERVICE, "/held", IFACE, "Hold", ""));
        } finally {
            gate.countDown();
        }
    }

    @Test
    void theReplyComesBeforeWhatFollowsIt() throws Exception {
        for (int round = 0; round < 20; round++) {
            List<String> order =
                    RawCalls.replyAndSignals(bus.address(), SERVICE, PATH, IFACE, "Signal", 100 * round, 100);
            assertEquals("reply first", order.getFirst());
            for (int i = 0; i < 100; i++) {
                assertEquals("signal " + (100 * round + i), order.get(i + 1));
            }
        }
    }

    @Test
    void aCallerThatWantsNoReplyGetsNone() throws Exception {
        List<String> received = RawCalls.withoutReply(bus.address(), SERVICE, PATH, IFACE, "Quiet", "psst");
        assertEquals("psst", quiet.poll(10, TimeUnit.SECONDS));
        assertEquals(List.of("reply Hello end"), received);
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

    @Test
    void aLateAnswerIsNotWaitedFor() throws Exception {
        var gate = new CountDownLatch(1);
        var slow = new TestInterface().with("Slow", "", "", call -> {
            await(gate);
            return Reply.empty();
        });
        try (var exported = server.export("/slow", ExportedObject.of(slow))) {
            var call = client.callAsync(Duration.ofMillis(100), SERVICE, "/slow", IFACE, "Slow", "");
            var failure = assertThrows(ExecutionException.class, call::get);
            assertEquals(ErrorNames.NO_REPLY, nameOf(failure));
        } finally {
            gate.countDown();
        }
    }
}
