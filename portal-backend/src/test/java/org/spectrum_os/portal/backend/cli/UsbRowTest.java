// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class UsbRowTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private static Map<String, Object> device(String state, Map<String, Object> more) {
        var device = new LinkedHashMap<String, Object>();
        device.put("port", "1-2.3");
        device.put("numbers", "0781:5580");
        device.put("name", "SanDisk Ultra");
        device.put("claim", "");
        device.put("kinds", List.of("storage", "security-key"));
        device.put("state", state);
        device.put("holders", List.of());
        device.put("permitted", List.of());
        device.putAll(more);
        return device;
    }

    private static @Nullable Object cell(String column, Map<String, Object> device) {
        return UsbRow.readable(device, NOW, ZoneOffset.UTC).get(column);
    }

    @Test
    void saysWhatTheDeviceIsDoing() {
        assertEquals("free", cell("now", device("free", Map.of())));
        assertEquals("used by uas, usbhid", cell("now", device("in-use", Map.of("drivers", List.of("uas", "usbhid")))));
        assertEquals("mounted at /media/x", cell("now", device("mounted", Map.of("mounts", List.of("/media/x")))));
        assertEquals(
                "never lent: the only keyboard", cell("now", device("refused", Map.of("reason", "only-keyboard"))));
        assertEquals(
                "not lent: you may not open it (see spectrum-portal doctor)",
                cell("now", device("refused", Map.of("reason", "no-access"))));
        assertEquals("storage, security key", cell("what", device("free", Map.of())));
    }

    @Test
    void saysWhoHasItAndUntilWhen() {
        assertEquals(
                "lent to work until 14:30",
                cell(
                        "now",
                        device(
                                "lent",
                                Map.of(
                                        "holders",
                                        List.of(Map.of(
                                                "instance",
                                                "work",
                                                "shared",
                                                false,
                                                "until",
                                                "2026-03-01T14:30:00Z"))))));
        assertEquals(
                "lent to work too, lent to lab too",
                cell(
                        "now",
                        device(
                                "free",
                                Map.of(
                                        "holders",
                                        List.of(
                                                Map.of("instance", "work", "shared", true),
                                                Map.of("instance", "lab", "shared", true))))));
    }

    @Test
    void saysWhoMayHaveIt() {
        assertEquals(
                "work (ask), lab (auto)",
                cell(
                        "for",
                        device(
                                "free",
                                Map.of(
                                        "permitted",
                                        List.of(
                                                Map.of("instance", "work", "mode", "ask"),
                                                Map.of("instance", "lab", "mode", "auto", "seconds", 900L))))));
        assertEquals("-", cell("for", device("free", Map.of())));
    }

    @Test
    void whatADeviceSaysOfItselfStandsInQuotesBesideTheTablesName() {
        assertEquals("SanDisk Ultra", cell("name", device("free", Map.of("claim", "SanDisk Ultra"))));
        assertEquals("SanDisk Ultra \"My Keyboard\"", cell("name", device("free", Map.of("claim", "My Keyboard"))));
        assertEquals("\"My Keyboard\"", cell("name", device("free", Map.of("name", "", "claim", "My Keyboard"))));
        assertEquals("-", cell("name", device("free", Map.of("name", ""))));
    }

    @Test
    void nothingOfADeviceReachesTheTerminalAsACommand() {
        var text = new StringWriter();
        var rows = new ArrayList<Map<String, Object>>();
        rows.add(UsbRow.readable(
                device("free", Map.of("claim", "\u001b[2J\u202ekeyboard\n1-9  dead:beef")), NOW, ZoneOffset.UTC));
        new Output().rows(new PrintWriter(text, true), rows, UsbRow.COLUMNS, "");
        assertEquals(2, text.toString().lines().count());
        assertFalse(text.toString().contains("\u001b"));
        assertTrue(text.toString().contains("⟨U+202E⟩"), text.toString());
    }

    private static int run(StringWriter told, String... arguments) {
        return new CommandLine(new SpectrumPortal())
                .setErr(new PrintWriter(told, true))
                .execute(arguments);
    }

    @Test
    void aTimeThatIsNoneEndsTheCommandBeforeAnythingIsAsked() {
        for (String time : List.of("soon", "15", "0m", "366d")) {
            var told = new StringWriter();
            assertEquals(SpectrumPortal.MISUSED, run(told, "usb", "attach", "work", "1-2", "--for", time));
            assertTrue(told.toString().contains("--for is a time from 1 s to 365 d"), told.toString());
        }
        assertEquals(SpectrumPortal.MISUSED, run(new StringWriter(), "usb"));
        assertEquals(SpectrumPortal.MISUSED, run(new StringWriter(), "usb", "detach"));
    }
}
