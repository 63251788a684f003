// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.spectrum_os.portal.agent.bus.PortalClient.options;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.freedesktop.dbus.types.Variant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.spectrum_os.portal.agent.ScriptedHost;
import org.spectrum_os.portal.agent.request.RequestBook;
import org.spectrum_os.portal.chooser.BackendFace;
import org.spectrum_os.portal.dbus.CallFailedException;
import org.spectrum_os.portal.dbus.SignalReceived;
import org.spectrum_os.portal.dbus.Values;
import org.spectrum_os.portal.dbus.Variants;
import org.spectrum_os.portal.protocol.ChosenOption;
import org.spectrum_os.portal.protocol.LentFile;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.protocol.Message;
import org.spectrum_os.portal.protocol.MessageChannel;
import org.spectrum_os.portal.protocol.Outcome;

@Timeout(60)
final class FrontendTest {
    private static final List<Object> TEXT = List.of("Text", List.of(List.of(0, "*.txt"), List.of(1, "text/plain")));
    private static final List<Object> ALL = List.of("x".repeat(600), List.of(List.of(0, "*")));

    private final ServedFace face;
    private final PortalClient app;

    FrontendTest(@TempDir Path folder) throws Exception {
        face = new ServedFace(Face.FRONTEND, folder);
        app = new PortalClient(face.client());
    }

    @AfterEach
    void stop() throws Exception {
        face.close();
    }

    private static Message.OpenFile asked(MessageChannel link) throws Exception {
        return ScriptedHost.expect(link, Message.OpenFile.class);
    }

    @Test
    void lendsFilesWithEverythingThatWasAskedFor() throws Exception {
        var host = face.host();
        String handle = app.openFile(
                "Open it",
                options(
                        "handle_token",
                        "s",
                        "tok1",
                        "multiple",
                        "b",
                        true,
                        "filters",
                        "a(sa(us))",
                        List.of(TEXT, ALL),
                        "current_filter",
                        "(sa(us))",
                        ALL,
                        "choices",
                        "a(ssa(ss)s)",
                        List.of(List.of("enc", "Encoding", List.of(List.of("u8", "UTF-8")), "u8")),
                        "current_folder",
                        "ay",
                        "/home/user\0".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                        "accept_label",
                        "s",
                        "Take",
                        "modal",
                        "b",
                        true,
                        "future_key",
                        "x",
                        7));
        assertEquals(app.expectedPath("tok1"), handle);
        MessageChannel link = host.welcomed();
        var open = asked(link);
        assertTrue(open.ask().multiple());
        assertEquals(1, open.ask().currentFilter());
        assertEquals("/home/user", open.ask().currentFolder().<String>validate(text -> text));
        face.lend(
                link, open.request(), 1, List.of(new ChosenOption("enc", "u8")), "Ünïcode & \"quotes\" 100%.txt", "b");
        SignalReceived response = app.response();
        assertEquals(handle, response.path());
        assertEquals(0, Values.number(response.arguments().get(0)));
        Map<String, Variant<?>> results = PortalClient.results(response);
        assertEquals(
                List.of(
                        "file://" + face.folder + "/lease-0/%C3%9Cn%C3%AFcode%20&%20%22quotes%22%20100%25.txt",
                        "file://" + face.folder + "/lease-1/b"),
                PortalClient.list(results, "uris"));
        assertEquals(
                List.of(List.of("enc", "u8")),
                Variants.value(results, "choices", "a(ss)").orElseThrow());
        // The filter comes back as the application gave it, although its name was too long to be shown.
        Object filter = Variants.value(results, "current_filter", "(sa(us))").orElseThrow();
        assertEquals("x".repeat(600), Values.list(filter).getFirst());
        assertEquals(3, results.size());
        assertTrue(assertThrows(CallFailedException.class, () -> app.close(handle))
                .name()
                .contains("UnknownObject"));
    }

    @ParameterizedTest
    @CsvSource({"DENIED,1", "EXPIRED,2", "CANCELLED,2"})
    void endsAsTheHostSays(Outcome outcome, int code) throws Exception {
        var host = face.host();
        app.openFile("", options());
        MessageChannel link = host.welcomed();
        link.send(new Message.Ended(asked(link).request(), outcome));
        app.assertEnds(code);
    }

    @Test
    void closingWithdrawsWithoutAResponse() throws Exception {
        var host = face.host();
        String handle = app.openFile("", options());
        MessageChannel link = host.welcomed();
        long number = asked(link).request();
        var stranger = new PortalClient(face.client());
        var denied = assertThrows(CallFailedException.class, () -> stranger.close(handle));
        assertEquals("org.freedesktop.DBus.Error.AccessDenied", denied.name());
        app.close(handle);
        assertEquals(number, ScriptedHost.expect(link, Message.Cancel.class).request());
        link.send(new Message.Granted(number, List.of(new LentFile("a", "late")), List.of(), null, false));
        // A second request on the same link is answered after the late answer was dropped.
        app.openFile("", options());
        link.send(new Message.Ended(asked(link).request(), Outcome.DENIED));
        app.assertEnds(1);
        assertNull(app.responses.poll());
    }

    @Test
    void aCallerThatLeavesWithdraws() throws Exception {
        var host = face.host();
        var leaving = new PortalClient(face.client());
        leaving.openFile("", options());
        MessageChannel link = host.welcomed();
        long number = asked(link).request();
        leaving.bus.close();
        assertEquals(number, ScriptedHost.expect(link, Message.Cancel.class).request());
    }

    @Test
    void nobodyElseHearsTheResponse() throws Exception {
        var host = face.host();
        var stranger = new PortalClient(face.client());
        app.openFile("", options());
        MessageChannel link = host.welcomed();
        link.send(new Message.Ended(asked(link).request(), Outcome.DENIED));
        app.assertEnds(1);
        stranger.bus.nameOwner(BackendFace.FRONTEND_NAME);
        assertNull(stranger.responses.poll());
    }

    @Test
    void aTokenInUseGetsAPathBesideIt() throws Exception {
        var host = face.host();
        String first = app.openFile("", options("handle_token", "s", "same"));
        String second = app.openFile("", options("handle_token", "s", "same"));
        assertEquals(app.expectedPath("same"), first);
        assertTrue(second.matches(first + "/[0-9a-f]{16}"), second);
        MessageChannel link = host.welcomed();
        long one = asked(link).request();
        long two = asked(link).request();
        assertNotEquals(one, two);
        app.close(first);
        ScriptedHost.expect(link, Message.Cancel.class);
        app.close(second);
        ScriptedHost.expect(link, Message.Cancel.class);
    }

    @Test
    void aTokenOfAnotherTypeCountsAsNone() throws Exception {
        assertEquals(app.expectedPath("t"), app.openFile("", options("handle_token", "u", 5)));
    }

    @Test
    void aCurrentFilterAloneComesBack() throws Exception {
        var host = face.host();
        app.openFile("", options("current_filter", "(sa(us))", TEXT));
        MessageChannel link = host.welcomed();
        var open = asked(link);
        assertEquals(1, open.ask().filters().size());
        face.lend(link, open.request(), 0, List.of(), "f");
        assertEquals(
                TEXT.getFirst(),
                Values.list(Variants.value(PortalClient.results(app.response()), "current_filter", "(sa(us))")
                                .orElseThrow())
                        .getFirst());
    }

    @Test
    void cutsATitleOfHundredKilobytes() throws Exception {
        var host = face.host();
        app.openFile("<b>\u202e\u0007&amp;</b>".repeat(7_000), options());
        MessageChannel link = host.welcomed();
        String title = asked(link).ask().title().validate(text -> text);
        assertEquals(Limits.TEXT_CODE_POINTS, title.codePointCount(0, title.length()));
        assertTrue(title.startsWith("<b>\u202e\u0007&amp;") && title.endsWith("…"));
    }

    @Test
    void theHostVanishingEndsTheRequest() throws Exception {
        var host = face.host();
        app.openFile("", options());
        MessageChannel link = host.welcomed();
        asked(link);
        link.close();
        app.assertEnds(2);
    }

    @Test
    void aHostThatIsAwayIsWaitedFor() throws Exception {
        app.openFile("", options());
        assertNull(app.responses.poll(700, java.util.concurrent.TimeUnit.MILLISECONDS));
        MessageChannel link = face.host().welcomed();
        link.send(new Message.Ended(asked(link).request(), Outcome.DENIED));
        app.assertEnds(1);
    }

    @Test
    void aHostThatStaysAwayEndsTheRequest() throws Exception {
        long before = System.nanoTime();
        app.openFile("", options());
        app.assertEnds(2);
        long waited = Duration.ofNanos(System.nanoTime() - before).toMillis();
        long patience = RequestBook.PATIENCE.toMillis();
        assertTrue(waited >= patience - 100 && waited < patience + 10_000, waited + " ms");
    }

    @Test
    void aFormerLinkIsWaitedFor() throws Exception {
        var host = face.host();
        app.openFile("", options());
        try (MessageChannel first = host.connection()) {
            ScriptedHost.expect(first, Message.Hello.class);
            first.send(new Message.Refused(Message.Reason.ALREADY_LINKED, "an older link is open"));
        }
        MessageChannel link = host.welcomed();
        link.send(new Message.Ended(asked(link).request(), Outcome.EXPIRED));
        app.assertEnds(2);
    }

    @Test
    void aFileThatCannotBeSeenIsNoSuccess() throws Exception {
        var host = face.host();
        app.openFile("", options());
        MessageChannel link = host.welcomed();
        link.send(new Message.Granted(asked(link).request(), List.of(new LentFile("a", "b")), List.of(), null, false));
        app.assertEnds(2);
    }
}
