// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.chooser;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.freedesktop.dbus.types.Variant;
import org.junit.jupiter.api.Test;
import org.spectrum_os.portal.chooser.ChooserOptions.Filter;
import org.spectrum_os.portal.chooser.ChooserOptions.Pattern;
import org.spectrum_os.portal.chooser.ChooserOptions.Purpose;
import org.spectrum_os.portal.chooser.ChooserOptions.Selection;
import org.spectrum_os.portal.dbus.DBusErrorException;
import org.spectrum_os.portal.dbus.Variants;
import org.spectrum_os.portal.protocol.ChosenOption;

final class ResultWriterTest {
    private static final Purpose ONE_FILE = new Purpose.Open(false, false);
    private static final List<ChosenOption> CHOSEN = List.of(new ChosenOption("ro", "false"));

    @Test
    void writesNothingThatWasNotAskedFor() throws DBusErrorException {
        Map<String, Variant<?>> results = ResultWriter.granted(
                new Chooser.Result.Chosen(List.of("file:///a", "file:///b"), CHOSEN, null, true),
                ChooserOptions.of(ONE_FILE));
        assertEquals(Set.of("uris"), results.keySet());
        assertEquals(
                List.of("file:///a", "file:///b"),
                Variants.strings(results, "uris").orElseThrow());
    }

    @Test
    void theFilterComesBackAsItWasPassed() throws DBusErrorException {
        // Longer than what is shown of it, and alone, so that it stands in no list.
        var filter = new Filter("x".repeat(600), List.of(new Pattern(1, "text/plain")));
        var check = new Selection("ro", "Read only", List.of(), "true");
        var asked = new ChooserOptions(ONE_FILE, List.of(), filter, List.of(check), "");
        Map<String, Variant<?>> results =
                ResultWriter.granted(new Chooser.Result.Chosen(List.of("file:///a"), CHOSEN, 0, false), asked);
        assertEquals(Set.of("uris", "choices", "current_filter"), results.keySet());
        assertEquals(
                List.of(List.of("ro", "false")),
                Variants.value(results, "choices", "a(ss)").orElseThrow());
        assertEquals(
                filter,
                OptionReader.read(
                                OptionReader.Method.OPEN_FILE,
                                Map.of(
                                        "current_filter",
                                        Variants.of(
                                                "(sa(us))",
                                                Variants.value(results, "current_filter", "(sa(us))")
                                                        .orElseThrow())))
                        .currentFilter());
    }
}
