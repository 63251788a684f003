// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.spectrum_os.portal.agent.bus.PortalClient.options;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.freedesktop.dbus.types.Variant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.spectrum_os.portal.agent.ScriptedHost;
import org.spectrum_os.portal.chooser.BackendFace;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.CallFailedException;
import org.spectrum_os.portal.dbus.Values;
import org.spectrum_os.portal.dbus.Variants;
import org.spectrum_os.portal.protocol.Message;
import org.spectrum_os.portal.protocol.MessageChannel;
import org.spectrum_os.portal.protocol.Outcome;

@Timeout(60)
final class BackendTest {
    private static final String FILE_CHOOSER = "org.freedesktop.impl.portal.FileChooser";
    private static final String REQUEST = "org.freedesktop.impl.portal.Request";
    private static final String HANDLE = "/org/freedesktop/portal/desktop/request/1_7/t";

    private final ServedFace face;
    /** Stands in for the portal of the guest. */
    private final BusConnection portal;

    BackendTest(@TempDir Path folder) throws Exception {
        face = new ServedFace(Face.BACKEND, folder);
        portal = face.client();
        portal.requestName(BackendFace.FRONTEND_NAME, Set.of());
    }

    @AfterEach
    void stop() throws Exception {
        face.close();
    }

    private static CompletableFuture<List<Object>> ask(
            BusConnection caller, String member, Map<String, Variant<?>> options) {
        return caller.callAsync(
                Duration.ofSeconds(40),
                BackendFace.BUS_NAME,
                BackendFace.PATH,
                FILE_CHOOSER,
                member,
                "osssa{sv}",
                HANDLE,
                "org.example.App",
                "wayland:abc",
                "Open",
                options);
    }

    private static List<Object> reply(CompletableFuture<List<Object>> call) throws Exception {
        return call.get(45, TimeUnit.SECONDS);
    }

    private static String error(CompletableFuture<List<Object>> call) {
        var e = assertThrows(java.util.concurrent.ExecutionException.class, () -> reply(call));
        return e.getCause() instanceof CallFailedException failed ? failed.name() : String.valueOf(e.getCause());
    }

    @Test
    void lends() throws Exception {
        var host = face.host();
        var call = ask(portal, "OpenFile", options());
        MessageChannel link = host.welcomed();
        var open = ScriptedHost.expect(link, Message.OpenFile.class);
        assertEquals("org.example.App", open.ask().appId().<String>validate(text -> text));
        face.lend(link, open.request(), null, List.of(), "f");
        List<Object> reply = reply(call);
        assertEquals(0, Values.number(reply.get(0)));
        Map<String, Variant<?>> results = Values.dictionary(reply.get(1));
        assertEquals(
                List.of("file://" + face.folder + "/lease-0/f"),
                Variants.strings(results, "uris").orElseThrow());
        assertFalse(Variants.bool(results, "writable").orElseThrow());
        assertEquals(2, results.size());
    }

    @ParameterizedTest
    @CsvSource({"DENIED,1", "EXPIRED,2"})
    void endsAsTheHostSays(Outcome outcome, int code) throws Exception {
        var host = face.host();
        var call = ask(portal, "OpenFile", options());
        MessageChannel link = host.welcomed();
        link.send(new Message.Ended(
                ScriptedHost.expect(link, Message.OpenFile.class).request(), outcome));
        assertEquals(
                List.of((long) code, Map.of()),
                List.of(Values.number(reply(call).get(0)), reply(call).get(1)));
    }

    @Test
    void closeAnswersThePendingCallFirst() throws Exception {
        var host = face.host();
        var call = ask(portal, "OpenFile", options());
        MessageChannel link = host.welcomed();
        long number = ScriptedHost.expect(link, Message.OpenFile.class).request();
        var stranger = assertThrows(
                CallFailedException.class,
                () -> face.client().call(BackendFace.BUS_NAME, HANDLE, REQUEST, "Close", ""));
        assertEquals("org.freedesktop.DBus.Error.AccessDenied", stranger.name());
        assertFalse(call.isDone());
        try (var replies = new RepliesOnBus(face.bus, portal)) {
            var _ = portal.call(BackendFace.BUS_NAME, HANDLE, REQUEST, "Close", "");
            assertEquals(2, Values.number(reply(call).get(0)));
            assertEquals(List.of("uint32 2", ""), replies.first(2));
        }
        assertEquals(number, ScriptedHost.expect(link, Message.Cancel.class).request());
    }

    @Test
    void thePortalLeavingWithdraws() throws Exception {
        var host = face.host();
        var unanswered = ask(portal, "OpenFile", options());
        MessageChannel link = host.welcomed();
        long number = ScriptedHost.expect(link, Message.OpenFile.class).request();
        portal.close();
        assertEquals(number, ScriptedHost.expect(link, Message.Cancel.class).request());
        assertTrue(error(unanswered).contains("Disconnected"));
    }

    @Test
    void onlyThePortalMayAsk() throws Exception {
        assertEquals("org.freedesktop.DBus.Error.AccessDenied", error(ask(face.client(), "OpenFile", options())));
        portal.releaseName(BackendFace.FRONTEND_NAME);
        assertEquals("org.freedesktop.DBus.Error.AccessDenied", error(ask(portal, "OpenFile", options())));
    }

    @Test
    void savesOneFile() throws Exception {
        var host = face.host();
        List<Object> filter = List.of("Text", List.of(List.of(0, "*.txt")));
        var call = ask(
                portal, "SaveFile", options("current_name", "s", "new.txt", "filters", "a(sa(us))", List.of(filter)));
        MessageChannel link = host.welcomed();
        var save = ScriptedHost.expect(link, Message.SaveFile.class);
        assertEquals("org.example.App", save.ask().appId().<String>validate(text -> text));
        assertEquals("new.txt", save.ask().currentName().<String>validate(text -> text));
        face.lendForWriting(link, save.request(), 0, List.of(), "new.txt");
        assertEquals(0, Values.number(reply(call).get(0)));
        Map<String, Variant<?>> results = Values.dictionary(reply(call).get(1));
        assertEquals(Set.of("uris", "current_filter"), results.keySet());
        assertEquals(
                List.of("file://" + face.folder + "/lease-0/new.txt"),
                Variants.strings(results, "uris").orElseThrow());
    }

    @Test
    void savesSeveralFiles() throws Exception {
        var host = face.host();
        var call = ask(portal, "SaveFiles", PortalClient.files(List.of("a", "b")));
        MessageChannel link = host.welcomed();
        var saves = ScriptedHost.expect(link, Message.SaveFiles.class);
        assertEquals(2, saves.ask().names().size());
        face.lendForWriting(link, saves.request(), null, List.of(), "a", "b");
        Map<String, Variant<?>> results = Values.dictionary(reply(call).get(1));
        assertEquals(Set.of("uris"), results.keySet());
        assertEquals(2, Variants.strings(results, "uris").orElseThrow().size());
    }

    @Test
    void saysWhenTheFilesMayBeChanged() throws Exception {
        var host = face.host();
        var call = ask(portal, "OpenFile", options("directory", "b", true));
        MessageChannel link = host.welcomed();
        var open = ScriptedHost.expect(link, Message.OpenFile.class);
        assertTrue(open.ask().directory());
        face.lendForWriting(link, open.request(), null, List.of(), "folder");
        assertTrue(
                Variants.bool(Values.dictionary(reply(call).get(1)), "writable").orElseThrow());
    }

    @Test
    void refusesWhatMakesNoSense() {
        String invalid = "org.freedesktop.portal.Error.InvalidArgument";
        assertEquals(invalid, error(ask(portal, "OpenFile", options("multiple", "s", "yes"))));
        assertEquals(invalid, error(ask(portal, "SaveFile", options("current_name", "s", "a/b"))));
        assertEquals(invalid, error(ask(portal, "SaveFile", options("current_file", "s", "/a"))));
        assertEquals(invalid, error(ask(portal, "SaveFiles", options())));
        assertEquals(invalid, error(ask(portal, "SaveFiles", PortalClient.files(List.of("..")))));
    }

    @Test
    void aHandleInUseIsRefused() throws Exception {
        var host = face.host();
        var call = ask(portal, "OpenFile", options());
        MessageChannel link = host.welcomed();
        long number = ScriptedHost.expect(link, Message.OpenFile.class).request();
        assertEquals("org.freedesktop.portal.Error.Exists", error(ask(portal, "OpenFile", options())));
        link.send(new Message.Ended(number, Outcome.DENIED));
        assertEquals(1, Values.number(reply(call).get(0)));
    }
}
