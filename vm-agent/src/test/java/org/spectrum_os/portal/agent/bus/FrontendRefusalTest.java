// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.spectrum_os.portal.agent.bus.PortalClient.options;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.spectrum_os.portal.agent.ScriptedHost;
import org.spectrum_os.portal.chooser.BackendFace;
import org.spectrum_os.portal.dbus.CallFailedException;
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
        "accept_label,s",
        "modal,b",
        "multiple,b",
        "directory,b",
        "filters,a(sa(us))",
        "current_filter,(sa(us))",
        "choices,a(ssa(ss)s)",
        "current_folder,ay"
    })
    void namesTheOptionOfAWrongType(String key, String type) {
        var refusal = app.refused("", options(key, "x", 1));
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
    @CsvSource({"SaveFile", "SaveFiles"})
    void savingIsRefusedPlainly(String member) {
        var refusal = assertThrows(
                CallFailedException.class,
                () -> app.bus.call(
                        BackendFace.FRONTEND_NAME,
                        BackendFace.PATH,
                        PortalClient.FILE_CHOOSER,
                        member,
                        "ssa{sv}",
                        "",
                        "",
                        options()));
        assertEquals("org.freedesktop.DBus.Error.NotSupported", refusal.name());
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
