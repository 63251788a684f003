// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.chooser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.freedesktop.dbus.types.Variant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.spectrum_os.portal.chooser.OpenFileOptions.Filter;
import org.spectrum_os.portal.chooser.OpenFileOptions.Option;
import org.spectrum_os.portal.chooser.OpenFileOptions.Pattern;
import org.spectrum_os.portal.chooser.OpenFileOptions.Selection;
import org.spectrum_os.portal.dbus.DBusErrorException;
import org.spectrum_os.portal.dbus.ErrorNames;
import org.spectrum_os.portal.dbus.Variants;

final class OptionReaderTest {
    private static final List<Object> TEXT = List.of("Text", List.of(List.of(0, "*.txt"), List.of(1, "text/plain")));

    private static Variant<?> bytes(String text) {
        return Variants.of("ay", text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void readsEveryOption() throws DBusErrorException {
        var filter = new Filter("Text", List.of(new Pattern(0, "*.txt"), new Pattern(1, "text/plain")));
        var choice = new Selection("enc", "Encoding", List.of(new Option("u8", "UTF-8")), "u8");
        assertEquals(
                new OpenFileOptions(true, true, List.of(filter), filter, List.of(choice), "/home/ü"),
                OptionReader.read(Map.of(
                        "multiple",
                        Variants.of("b", true),
                        "directory",
                        Variants.of("b", true),
                        "filters",
                        Variants.of("a(sa(us))", List.of(TEXT)),
                        "current_filter",
                        Variants.of("(sa(us))", TEXT),
                        "choices",
                        Variants.of(
                                "a(ssa(ss)s)",
                                List.of(List.of("enc", "Encoding", List.of(List.of("u8", "UTF-8")), "u8"))),
                        "current_folder",
                        bytes("/home/ü\0"),
                        "future_key",
                        Variants.of("x", 7))));
    }

    @Test
    void nothingGivenIsNothingAskedFor() throws DBusErrorException {
        assertEquals(OpenFileOptions.NONE, OptionReader.read(Map.of()));
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
        Map<String, Variant<?>> options = Map.of(key, Variants.of("x", 1));
        var refusal = assertThrows(DBusErrorException.class, () -> OptionReader.read(options));
        assertEquals(ErrorNames.PORTAL_INVALID_ARGUMENT, refusal.name());
        assertEquals("Expected type '" + type + "' for option '" + key + "', got 'x'", refusal.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"/home/user,/home/user", "'/home\0/user\0',/home", "'\0',''", "'',''"})
    void aFolderEndsAtTheFirstNul(String sent, String read) throws DBusErrorException {
        assertEquals(
                read, OptionReader.read(Map.of("current_folder", bytes(sent))).currentFolder());
    }

    @Test
    void aBrokenRuleIsTheCallersMistake() throws DBusErrorException {
        var options = OptionReader.read(Map.of(
                "choices", Variants.of("a(ssa(ss)s)", List.of(List.of("a", "A", List.of(), "maybe")))));
        var refusal = assertThrows(DBusErrorException.class, () -> OptionReader.request(options, "", ""));
        assertEquals(ErrorNames.PORTAL_INVALID_ARGUMENT, refusal.name());
    }

    @Test
    void aStringOfAnotherTypeCountsAsNone() {
        Map<String, Variant<?>> options = Map.of("a", Variants.of("s", "text"), "b", Variants.of("u", 5));
        assertEquals(Optional.of("text"), OptionReader.lenientString(options, "a"));
        assertEquals(Optional.empty(), OptionReader.lenientString(options, "b"));
        assertEquals(Optional.empty(), OptionReader.lenientString(options, "c"));
    }
}
