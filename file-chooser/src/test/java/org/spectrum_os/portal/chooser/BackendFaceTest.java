// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.chooser;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.freedesktop.dbus.types.Variant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.BusException;
import org.spectrum_os.portal.dbus.CallFailedException;
import org.spectrum_os.portal.dbus.DBusErrorException;
import org.spectrum_os.portal.dbus.ErrorNames;
import org.spectrum_os.portal.dbus.ExportedObject;
import org.spectrum_os.portal.dbus.Values;
import org.spectrum_os.portal.dbus.Variants;
import org.spectrum_os.portal.dbus.iface.FileChooserBackend;
import org.spectrum_os.portal.dbus.iface.RequestBackend;
import org.spectrum_os.portal.dbus.testing.PrivateBus;
import org.spectrum_os.portal.protocol.ChosenOption;
import org.spectrum_os.portal.protocol.FileAsk;
import org.spectrum_os.portal.protocol.SaveFilesRequest;
import org.spectrum_os.portal.protocol.SaveRequest;

/** The backend interface over a chooser that does as it is told. */
@Timeout(60)
final class BackendFaceTest {
    private static final String HANDLE = BackendFace.PATH + "/request/1_7/t";

    private final PrivateBus bus = PrivateBus.start();
    private final BusConnection served = BusConnection.connect(bus.address());
    /** Stands in for the portal. */
    private final BusConnection portal = BusConnection.connect(bus.address());

    private final ScriptedChooser chooser = new ScriptedChooser();

    BackendFaceTest() throws Exception {
        var _ = served.export(BackendFace.PATH, ExportedObject.of(new BackendFace(served, chooser)));
        served.requestName(BackendFace.BUS_NAME, Set.of());
        portal.requestName(BackendFace.FRONTEND_NAME, Set.of());
    }

    @AfterEach
    void stop() throws Exception {
        portal.close();
        served.close();
        bus.close();
    }

    private static final class ScriptedChooser implements Chooser {
        final BlockingQueue<Request> started = new LinkedBlockingQueue<>();
        volatile boolean full;

        @Override
        public Pending choose(String caller, String appId, FileAsk ask, Consumer<Result> answered)
                throws DBusErrorException {
            if (full) {
                throw new DBusErrorException(ErrorNames.LIMITS_EXCEEDED, "full");
            }
            return new Request(this, caller, appId, ask, answered, new AtomicBoolean());
        }

        Request next() throws InterruptedException {
            Request request = started.poll(20, TimeUnit.SECONDS);
            assertNotNull(request, "no request was started");
            return request;
        }
    }

    private record Request(
            ScriptedChooser chooser,
            String caller,
            String appId,
            FileAsk ask,
            Consumer<Chooser.Result> answered,
            AtomicBoolean over)
            implements Chooser.Pending {
        @Override
        public void start() {
            chooser.started.add(this);
        }

        @Override
        public boolean withdraw() {
            return over.compareAndSet(false, true);
        }

        void answer(Chooser.Result result) {
            assertTrue(over.compareAndSet(false, true), "answered or withdrawn before");
            answered.accept(result);
        }
    }

    private CompletableFuture<List<Object>> ask() {
        return ask("OpenFile", Map.of());
    }

    private CompletableFuture<List<Object>> ask(String member, Map<String, Variant<?>> options) {
        return portal.callAsync(
                Duration.ofSeconds(40),
                BackendFace.BUS_NAME,
                BackendFace.PATH,
                FileChooserBackend.NAME,
                member,
                "osssa{sv}",
                HANDLE,
                "org.example.App",
                "wayland:abc",
                "Open",
                options);
    }

    private static List<Object> reply(CompletableFuture<List<Object>> call) throws Exception {
        return call.get(20, TimeUnit.SECONDS);
    }

    private static String error(CompletableFuture<List<Object>> call) {
        var e = assertThrows(ExecutionException.class, () -> reply(call));
        return assertInstanceOf(CallFailedException.class, e.getCause()).name();
    }

    @Test
    void answersWhatWasChosen() throws Exception {
        var call = ask();
        Request request = chooser.next();
        assertEquals(":1.7", request.caller(), "the application, which the portal names in the handle");
        assertEquals("org.example.App", request.appId());
        assertEquals("Open", request.ask().title().<String>validate(text -> text));
        request.answer(new Chooser.Result.Chosen(List.of("file:///a"), List.of(), null, true));
        assertEquals(0, Values.number(reply(call).get(0)));
        Map<String, Variant<?>> results = Values.dictionary(reply(call).get(1));
        assertEquals(Set.of("uris", "writable"), results.keySet());
        assertEquals(List.of("file:///a"), Variants.strings(results, "uris").orElseThrow());
        assertTrue(Variants.bool(results, "writable").orElseThrow());
    }

    @Test
    void answersWhereToSave() throws Exception {
        List<Object> filter = List.of("Text", List.of(List.of(0, "*.txt")));
        var call = ask(
                "SaveFile",
                Map.of(
                        "current_name",
                        Variants.of("s", "new.txt"),
                        "filters",
                        Variants.of("a(sa(us))", List.of(filter))));
        Request request = chooser.next();
        var save = assertInstanceOf(SaveRequest.class, request.ask());
        assertEquals("new.txt", save.currentName().<String>validate(text -> text));
        request.answer(new Chooser.Result.Chosen(List.of("file:///new.txt"), List.of(), 0, true));
        assertEquals(0, Values.number(reply(call).get(0)));
        Map<String, Variant<?>> results = Values.dictionary(reply(call).get(1));
        assertEquals(Set.of("uris", "current_filter"), results.keySet(), "writable is a result of OpenFile alone");
    }

    @Test
    void answersWhereToSaveSeveral() throws Exception {
        var call = ask(
                "SaveFiles",
                Map.of(
                        "files",
                        Variants.of("aay", List.of("a\0".getBytes(UTF_8), "b\0".getBytes(UTF_8))),
                        "choices",
                        Variants.of("a(ssa(ss)s)", List.of(List.of("zip", "Packed", List.of(), "")))));
        Request request = chooser.next();
        var saves = assertInstanceOf(SaveFilesRequest.class, request.ask());
        assertEquals(
                List.of("a", "b"),
                saves.names().stream()
                        .map(name -> name.<String>validate(text -> text))
                        .toList());
        request.answer(new Chooser.Result.Chosen(
                List.of("file:///a", "file:///b"), List.of(new ChosenOption("zip", "true")), null, true));
        Map<String, Variant<?>> results = Values.dictionary(reply(call).get(1));
        assertEquals(Set.of("uris", "choices"), results.keySet());
        assertEquals(
                List.of("file:///a", "file:///b"),
                Variants.strings(results, "uris").orElseThrow());
    }

    @Test
    void aCallThatMakesNoSenseReachesNobody() {
        assertEquals(ErrorNames.PORTAL_INVALID_ARGUMENT, error(ask("SaveFiles", Map.of())));
        assertEquals(
                ErrorNames.PORTAL_INVALID_ARGUMENT,
                error(ask("SaveFile", Map.of("current_name", Variants.of("s", "a/b")))));
        assertTrue(chooser.started.isEmpty());
    }

    @Test
    void answersThatNothingWasChosenAndFreesTheHandle() throws Exception {
        for (int code = 1; code <= 2; code++) {
            var call = ask();
            chooser.next().answer(new Chooser.Result.None(code));
            assertEquals(code, Values.number(reply(call).get(0)));
            assertEquals(Map.of(), reply(call).get(1));
            awaitFree();
        }
    }

    /** The handle goes a moment after the reply; whoever closes it meanwhile is answered when it has gone. */
    private void awaitFree() throws BusException {
        try {
            portal.call(BackendFace.BUS_NAME, HANDLE, RequestBackend.NAME, "Close", "");
        } catch (CallFailedException e) {
            assertTrue(e.name().startsWith("org.freedesktop.DBus.Error.Unknown"), e.name());
        }
    }

    @Test
    void closingWithdraws() throws Exception {
        var call = ask();
        Request request = chooser.next();
        var stranger = assertThrows(
                CallFailedException.class,
                () -> served.call(BackendFace.BUS_NAME, HANDLE, RequestBackend.NAME, "Close", ""));
        assertEquals(ErrorNames.ACCESS_DENIED, stranger.name());
        assertFalse(request.over().get());
        portal.call(BackendFace.BUS_NAME, HANDLE, RequestBackend.NAME, "Close", "");
        assertTrue(request.over().get());
        assertEquals(2, Values.number(reply(call).get(0)));
    }

    @Test
    void refusesWithoutLeavingAnythingBehind() throws Exception {
        chooser.full = true;
        assertEquals(ErrorNames.LIMITS_EXCEEDED, error(ask()));
        chooser.full = false;
        var call = ask();
        Request request = chooser.next();
        assertEquals(ErrorNames.PORTAL_EXISTS, error(ask()));
        request.answer(new Chooser.Result.None(1));
        assertEquals(1, Values.number(reply(call).get(0)));
        assertTrue(chooser.started.isEmpty());
    }

    @Test
    void onlyThePortalMayAsk() throws Exception {
        portal.releaseName(BackendFace.FRONTEND_NAME);
        assertEquals(ErrorNames.ACCESS_DENIED, error(ask()));
        assertTrue(chooser.started.isEmpty());
    }
}
