// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.spectrum_os.portal.agent.bus.PortalClient.options;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.spectrum_os.portal.agent.ScriptedHost;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.protocol.Message;
import org.spectrum_os.portal.protocol.MessageChannel;
import org.spectrum_os.portal.protocol.Outcome;

/** What the frontend refuses. */
@Timeout(60)
final class FrontendRefusalTest {
    private static final String INVALID = "org.freedesktop.portal.Error.InvalidArgument";
    private static final List<Object> TEXT = List.of("Text", List.of(List.of(0, "*.txt"), List.of(1, "text/plain")));
    private static final List<Object> ALL = List.of("x".repeat(600), List.of(List.of(0, "*")));

    private final ServedFace face;
    private final PortalClient app;

    FrontendRefusalTest(@TempDir Path folder) throws Exception {
        face = new ServedFace(Face.FRONTEND, folder);
        app = new PortalClient(face.client());
    }

    @AfterEach
    void stop() throws Exception {
        face.close();
    }

    @ParameterizedTest
    @CsvSource({"''", "a-b", "a/b", "ä", "a b"})
    void refusesTokensThatAreNone(String token) {
        var refusal = app.refused("", options("handle_token", "s", token));
        assertEquals(INVALID, refusal.name());
        assertTrue(refusal.text().contains("Invalid token"));
    }

    @ParameterizedTest
    @CsvSource({
        "OpenFile,accept_label,s",
        "OpenFile,modal,b",
        "OpenFile,multiple,b",
        "OpenFile,directory,b",
        "OpenFile,filters,a(sa(us))",
        "OpenFile,current_filter,(sa(us))",
        "OpenFile,choices,a(ssa(ss)s)",
        "OpenFile,current_folder,ay",
        "SaveFile,accept_label,s",
        "SaveFile,modal,b",
        "SaveFile,filters,a(sa(us))",
        "SaveFile,current_filter,(sa(us))",
        "SaveFile,choices,a(ssa(ss)s)",
        "SaveFile,current_name,s",
        "SaveFile,current_folder,ay",
        "SaveFile,current_file,ay",
        "SaveFiles,accept_label,s",
        "SaveFiles,modal,b",
        "SaveFiles,choices,a(ssa(ss)s)",
        "SaveFiles,current_folder,ay",
        "SaveFiles,files,aay"
    })
    void namesTheOptionOfAWrongType(String member, String key, String type) {
        var refusal = app.refusedTo(member, "", options(key, "x", 1));
        assertEquals(INVALID, refusal.name());
        assertEquals("Expected type '" + type + "' for option '" + key + "', got 'x'", refusal.text());
    }

    @Test
    void refusesOptionsThatBreakTheRules() {
        var filters = options("filters", "a(sa(us))", List.of(TEXT), "current_filter", "(sa(us))", ALL);
        assertEquals(
                "current_filter is not one of the filters",
                app.refused("", filters).text());
        var many = options("filters", "a(sa(us))", Collections.nCopies(65, TEXT));
        assertEquals(INVALID, app.refused("", many).name());
        assertEquals("65 filters, at most 64 are allowed", app.refused("", many).text());
        var choice = options("choices", "a(ssa(ss)s)", List.of(List.of("a", "A", List.of(), "maybe")));
        assertEquals(INVALID, app.refused("", choice).name());
    }

    @ParameterizedTest
    @CsvSource({"a/b", "/", "/etc/passwd", "../x", ".", ".."})
    void aSuggestedNameIsNoPath(String name) {
        var refusal = app.refusedTo("SaveFile", "", options("current_name", "s", name));
        assertEquals(INVALID, refusal.name());
        assertTrue(refusal.text().startsWith("current_name is not a file name"), refusal.text());
    }

    @ParameterizedTest
    @CsvSource({"''", "a/b", "/", ".", ".."})
    void aNameToSaveUnderIsOne(String name) {
        var refusal = app.refusedTo("SaveFiles", "", PortalClient.files(List.of("good", name)));
        assertEquals(INVALID, refusal.name());
        assertTrue(refusal.text().startsWith("files holds a name that is none"), refusal.text());
    }

    @Test
    void refusesNamesThatAreTooManyOrNone() {
        for (var none : List.of(options(), PortalClient.files(List.of()))) {
            var refusal = app.refusedTo("SaveFiles", "", none);
            assertEquals(List.of(INVALID, "files names no file"), List.of(refusal.name(), refusal.text()));
        }
        List<String> many = IntStream.range(0, 257).mapToObj(i -> "n" + i).toList();
        assertEquals(
                "257 files, at most 256 are allowed",
                app.refusedTo("SaveFiles", "", PortalClient.files(many)).text());
        assertEquals(
                "files holds the same name twice",
                app.refusedTo("SaveFiles", "", PortalClient.files(List.of("a", "a")))
                        .text());
        var notText = options("files", "aay", List.of(new byte[] {(byte) 0xff, 0}));
        assertEquals(
                "files holds a name that is not UTF-8",
                app.refusedTo("SaveFiles", "", notText).text());
    }

    @ParameterizedTest
    @CsvSource({"OpenFile", "SaveFile"})
    void refusesFiltersThatMeanNothing(String member) {
        for (List<Object> filter : List.<List<Object>>of(
                List.of("", List.of(List.of(0, "*"))),
                List.of("Empty", List.of()),
                List.of("Kind", List.of(List.of(2, "*"))),
                List.of("Pattern", List.of(List.of(1, ""))))) {
            var refusal = app.refusedTo(member, "", options("filters", "a(sa(us))", List.of(filter)));
            assertEquals(INVALID, refusal.name(), filter.toString());
        }
        var foreign = options("filters", "a(sa(us))", List.of(TEXT), "current_filter", "(sa(us))", ALL);
        assertEquals(
                "current_filter is not one of the filters",
                app.refusedTo(member, "", foreign).text());
    }

    @ParameterizedTest
    @CsvSource({"OpenFile", "SaveFile", "SaveFiles"})
    void refusesChoicesAndTokensForEveryMethod(String member) {
        var choice = options("choices", "a(ssa(ss)s)", List.of(List.of("a", "A", List.of(), "maybe")));
        choice.putAll(PortalClient.files(List.of("a")));
        assertEquals(INVALID, app.refusedTo(member, "", choice).name());
        var token = options("handle_token", "s", "a-b");
        token.putAll(PortalClient.files(List.of("a")));
        assertTrue(app.refusedTo(member, "", token).text().contains("Invalid token"));
    }

    @Test
    void openRequestsAreBounded() throws Exception {
        var host = face.host();
        for (int i = 0; i < Limits.OPEN_REQUESTS; i++) {
            app.openFile("", options("handle_token", "s", "t" + i));
        }
        var refusal = app.refused("", options("handle_token", "s", "more"));
        assertEquals("org.freedesktop.DBus.Error.LimitsExceeded", refusal.name());
        MessageChannel link = host.welcomed();
        link.send(new Message.Ended(
                ScriptedHost.expect(link, Message.OpenFile.class).request(), Outcome.DENIED));
        app.assertEnds(1);
    }
}
