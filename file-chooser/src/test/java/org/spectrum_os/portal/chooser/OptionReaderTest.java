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
import org.spectrum_os.portal.chooser.ChooserOptions.Filter;
import org.spectrum_os.portal.chooser.ChooserOptions.Option;
import org.spectrum_os.portal.chooser.ChooserOptions.Pattern;
import org.spectrum_os.portal.chooser.ChooserOptions.Purpose;
import org.spectrum_os.portal.chooser.ChooserOptions.Selection;
import org.spectrum_os.portal.chooser.OptionReader.Method;
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
                new ChooserOptions(new Purpose.Open(true, true), List.of(filter), filter, List.of(choice), "/home/ü"),
                OptionReader.read(
                        Method.OPEN_FILE,
                        Map.of(
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
        assertEquals(ChooserOptions.of(new Purpose.Open(false, false)), OptionReader.read(Method.OPEN_FILE, Map.of()));
    }

    @ParameterizedTest
    @CsvSource({
        "OPEN_FILE,accept_label,s",
        "OPEN_FILE,modal,b",
        "OPEN_FILE,multiple,b",
        "OPEN_FILE,directory,b",
        "OPEN_FILE,filters,a(sa(us))",
        "OPEN_FILE,current_filter,(sa(us))",
        "OPEN_FILE,choices,a(ssa(ss)s)",
        "OPEN_FILE,current_folder,ay",
        "SAVE_FILE,accept_label,s",
        "SAVE_FILE,modal,b",
        "SAVE_FILE,filters,a(sa(us))",
        "SAVE_FILE,current_filter,(sa(us))",
        "SAVE_FILE,choices,a(ssa(ss)s)",
        "SAVE_FILE,current_name,s",
        "SAVE_FILE,current_folder,ay",
        "SAVE_FILE,current_file,ay",
        "SAVE_FILES,accept_label,s",
        "SAVE_FILES,modal,b",
        "SAVE_FILES,choices,a(ssa(ss)s)",
        "SAVE_FILES,current_folder,ay",
        "SAVE_FILES,files,aay"
    })
    void namesTheOptionOfAWrongType(Method method, String key, String type) {
        Map<String, Variant<?>> options = Map.of(key, Variants.of("x", 1));
        var refusal = assertThrows(DBusErrorException.class, () -> OptionReader.read(method, options));
        assertEquals(ErrorNames.PORTAL_INVALID_ARGUMENT, refusal.name());
        assertEquals("Expected type '" + type + "' for option '" + key + "', got 'x'", refusal.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"/home/user,/home/user", "'/home\0/user\0',/home", "'\0',''", "'',''"})
    void aFolderEndsAtTheFirstNul(String sent, String read) throws DBusErrorException {
        assertEquals(
                read,
                OptionReader.read(Method.OPEN_FILE, Map.of("current_folder", bytes(sent)))
                        .currentFolder());
    }

    @ParameterizedTest
    @CsvSource({
        "OPEN_FILE,files",
        "OPEN_FILE,current_name",
        "OPEN_FILE,current_file",
        "SAVE_FILE,multiple",
        "SAVE_FILE,directory",
        "SAVE_FILE,files",
        "SAVE_FILES,multiple",
        "SAVE_FILES,filters",
        "SAVE_FILES,current_file"
    })
    void aKeyOfAnotherMethodIsUnknown(Method method, String key) throws DBusErrorException {
        assertEquals(OptionReader.read(method, Map.of()), OptionReader.read(method, Map.of(key, Variants.of("x", 1))));
    }

    @Test
    void readsWhatIsToBeSaved() throws DBusErrorException {
        var filter = new Filter("Text", List.of(new Pattern(0, "*.txt"), new Pattern(1, "text/plain")));
        assertEquals(
                new ChooserOptions(new Purpose.Save("new.txt"), List.of(filter), filter, List.of(), "/home/ü"),
                OptionReader.read(
                        Method.SAVE_FILE,
                        Map.of(
                                "current_name",
                                Variants.of("s", "new.txt"),
                                "current_file",
                                bytes("/elsewhere/old.txt\0"),
                                "filters",
                                Variants.of("a(sa(us))", List.of(TEXT)),
                                "current_filter",
                                Variants.of("(sa(us))", TEXT),
                                "current_folder",
                                bytes("/home/ü\0"))));
    }

    @ParameterizedTest
    @CsvSource({
        "'/home/ü/old.txt\0',old.txt,/home/ü",
        "/old.txt,old.txt,''",
        "old.txt,old.txt,''",
        "'/home/\0','',/home",
        "/home/..,'',/home",
        "'\0','',''"
    })
    void theCurrentFileGivesNameAndFolder(String sent, String name, String folder) throws DBusErrorException {
        var options = OptionReader.read(Method.SAVE_FILE, Map.of("current_file", bytes(sent)));
        assertEquals(new Purpose.Save(name), options.purpose());
        assertEquals(folder, options.currentFolder());
    }

    @Test
    void aNameThatCannotBeWrittenBackIsNotSuggested() throws DBusErrorException {
        var options = OptionReader.read(Method.SAVE_FILE, Map.of("current_file", Variants.of("ay", new byte[] {
            '/', 'a', (byte) 0xe4, 0
        })));
        assertEquals(new Purpose.Save(""), options.purpose());
    }

    @Test
    void readsNamesWithAndWithoutTheirNul() throws DBusErrorException {
        Variant<?> names = Variants.of("aay", List.of(raw("a\0"), raw("ü b"), raw("\0"), raw("c\0\0")));
        assertEquals(
                new Purpose.SaveSeveral(List.of("a", "ü b", "", "c\0")),
                OptionReader.read(Method.SAVE_FILES, Map.of("files", names)).purpose());
    }

    @Test
    void refusesNamesThatAreNoText() {
        Map<String, Variant<?>> options = Map.of("files", Variants.of("aay", List.of(new byte[] {(byte) 0xe4, 0})));
        var refusal = assertThrows(DBusErrorException.class, () -> OptionReader.read(Method.SAVE_FILES, options));
        assertEquals(ErrorNames.PORTAL_INVALID_ARGUMENT, refusal.name());
        assertEquals("files holds a name that is not UTF-8", refusal.getMessage());
    }

    private static byte[] raw(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aBrokenRuleIsTheCallersMistake() throws DBusErrorException {
        var options = OptionReader.read(
                Method.OPEN_FILE,
                Map.of("choices", Variants.of("a(ssa(ss)s)", List.of(List.of("a", "A", List.of(), "maybe")))));
        var refusal = assertThrows(DBusErrorException.class, () -> OptionReader.ask(options, "", ""));
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
