// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.chooser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.spectrum_os.portal.chooser.ChooserOptions.Filter;
import org.spectrum_os.portal.chooser.ChooserOptions.InvalidOptionException;
import org.spectrum_os.portal.chooser.ChooserOptions.Option;
import org.spectrum_os.portal.chooser.ChooserOptions.Pattern;
import org.spectrum_os.portal.chooser.ChooserOptions.Purpose;
import org.spectrum_os.portal.chooser.ChooserOptions.Selection;
import org.spectrum_os.portal.protocol.FileAsk;
import org.spectrum_os.portal.protocol.FileFilter;
import org.spectrum_os.portal.protocol.FileRequest;
import org.spectrum_os.portal.protocol.SaveFilesRequest;
import org.spectrum_os.portal.protocol.SaveRequest;
import org.spectrum_os.portal.protocol.Untrusted;

final class ChooserOptionsTest {
    private static final Purpose ONE_FILE = new Purpose.Open(false, false);
    private static final Filter TEXT =
            new Filter("Text", List.of(new Pattern(0, "*.txt"), new Pattern(1, "text/plain")));
    private static final Filter IMAGE = new Filter("Images", List.of(new Pattern(1, "image/*")));

    private static ChooserOptions filters(List<Filter> filters, @Nullable Filter current) {
        return new ChooserOptions(ONE_FILE, filters, current, List.of(), "");
    }

    private static ChooserOptions choices(Selection... choices) {
        return new ChooserOptions(ONE_FILE, List.of(), null, List.of(choices), "");
    }

    private static String refusal(ChooserOptions options) {
        return String.valueOf(assertThrows(InvalidOptionException.class, () -> options.ask("", "t"))
                .getMessage());
    }

    private static FileRequest open(ChooserOptions options, String appId, String title) throws InvalidOptionException {
        return assertInstanceOf(FileRequest.class, options.ask(appId, title));
    }

    private static ChooserOptions save(String name) {
        return ChooserOptions.of(new Purpose.Save(name));
    }

    private static String suggested(String name) throws InvalidOptionException {
        return raw(assertInstanceOf(SaveRequest.class, save(name).ask("", "")).currentName());
    }

    private static ChooserOptions several(List<String> names) {
        return ChooserOptions.of(new Purpose.SaveSeveral(names));
    }

    private static String raw(Untrusted<String> text) {
        return text.validate(t -> t);
    }

    @Test
    void carriesEverything() throws InvalidOptionException {
        var options = new ChooserOptions(
                new Purpose.Open(true, true),
                List.of(TEXT, IMAGE),
                IMAGE,
                List.of(
                        new Selection(
                                "enc", "Encoding", List.of(new Option("u", "UTF-8"), new Option("l", "Latin")), "l"),
                        new Selection("ro", "Read only", List.of(), "true")),
                "/home/user");
        FileRequest request = open(options, "org.example.App", "Open");
        assertEquals("org.example.App", raw(request.appId()));
        assertEquals("Open", raw(request.title()));
        assertTrue(request.multiple());
        assertTrue(request.directory());
        assertEquals(2, request.filters().size());
        assertEquals(
                FileFilter.Kind.GLOB, request.filters().get(0).patterns().get(0).kind());
        assertEquals(
                FileFilter.Kind.MIME, request.filters().get(0).patterns().get(1).kind());
        assertEquals(1, request.currentFilter());
        assertEquals("l", raw(request.choices().get(0).initial()));
        assertEquals("/home/user", raw(request.currentFolder()));
    }

    @Test
    void aCurrentFilterAloneIsTheOnlyFilter() throws InvalidOptionException {
        var options = filters(List.of(), TEXT);
        FileRequest request = open(options, "", "");
        assertEquals(1, request.filters().size());
        assertEquals(0, request.currentFilter());
        assertEquals(List.of(TEXT), options.effectiveFilters());
    }

    @Test
    void withoutFiltersThereIsNoCurrentOne() throws InvalidOptionException {
        assertNull(open(ChooserOptions.of(ONE_FILE), "", "").currentFilter());
    }

    @Test
    void aCurrentFilterMustBeOneOfTheFilters() {
        assertEquals("current_filter is not one of the filters", refusal(filters(List.of(TEXT), IMAGE)));
    }

    @Test
    void refusesFiltersThatMeanNothing() {
        assertTrue(refusal(filters(List.of(new Filter("", TEXT.patterns())), null))
                .contains("empty name"));
        assertTrue(refusal(filters(List.of(new Filter("A", List.of())), null)).contains("no patterns"));
        assertTrue(refusal(filters(List.of(new Filter("A", List.of(new Pattern(2, "*")))), null))
                .contains("type 2"));
        assertTrue(refusal(filters(List.of(new Filter("A", List.of(new Pattern(0xffff_ffffL, "*")))), null))
                .contains("type 4294967295"));
        assertTrue(refusal(filters(List.of(new Filter("A", List.of(new Pattern(0, "")))), null))
                .contains("pattern is empty"));
        assertTrue(refusal(filters(List.of(), new Filter("", List.of()))).contains("empty name"));
    }

    @Test
    void refusesChoicesThatMeanNothing() {
        assertTrue(refusal(choices(new Selection("", "L", List.of(), ""))).contains("id is empty"));
        assertTrue(refusal(choices(new Selection("a", "", List.of(), ""))).contains("empty label"));
        assertTrue(refusal(choices(new Selection("a", "L", List.of(new Option("", "x")), "")))
                .contains("option's id is empty"));
        assertTrue(refusal(choices(new Selection("a", "L", List.of(new Option("x", "")), "")))
                .contains("empty label"));
        assertTrue(refusal(choices(new Selection("a", "L", List.of(new Option("x", "X")), "y")))
                .contains("does not have"));
        assertTrue(refusal(choices(new Selection("a", "L", List.of(), "yes"))).contains("\"true\" or \"false\""));
        assertTrue(refusal(choices(new Selection("a", "L", List.of(), ""), new Selection("a", "M", List.of(), "")))
                .contains("same id"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "true", "false"})
    void aCheckBoxBeginsInOneOfThreeWays(String initial) throws InvalidOptionException {
        FileAsk request = choices(new Selection("a", "L", List.of(), initial)).ask("", "");
        assertEquals(initial, raw(request.choices().getFirst().initial()));
    }

    @Test
    void namesTheLimitThatWasPassed() {
        assertEquals("65 filters, at most 64 are allowed", refusal(filters(Collections.nCopies(65, TEXT), null)));
        var wide = new Filter("W", Collections.nCopies(257, new Pattern(0, "*")));
        assertEquals("257 patterns in one filter, at most 256 are allowed", refusal(filters(List.of(wide), null)));
        var choice = new Selection("a", "L", List.of(), "");
        assertEquals(
                "17 choices, at most 16 are allowed",
                refusal(new ChooserOptions(ONE_FILE, List.of(), null, Collections.nCopies(17, choice), "")));
        var many = new Selection("a", "L", Collections.nCopies(65, new Option("x", "X")), "");
        assertEquals("65 options in one choice, at most 64 are allowed", refusal(choices(many)));
        var longPattern = new Filter("L", List.of(new Pattern(0, "*".repeat(513))));
        assertTrue(refusal(filters(List.of(longPattern), null)).contains("512 characters"));
    }

    @Test
    void refusesWhatFitsEachLimitButNoFrame() {
        var wide = new Filter("W", Collections.nCopies(256, new Pattern(0, "*".repeat(400))));
        assertTrue(refusal(filters(List.of(wide), null)).contains("65536 bytes"));
    }

    @Test
    void shortensWhatIsOnlyShown() throws InvalidOptionException {
        String title = "<b>\u202e🗝</b>".repeat(12_500);
        String sent = raw(ChooserOptions.of(ONE_FILE).ask("", title).title());
        assertEquals(512, sent.codePointCount(0, sent.length()));
        assertTrue(sent.endsWith("…"));
        assertTrue(title.startsWith(sent.substring(0, sent.length() - 1)));
        assertEquals(
                "x".repeat(512),
                raw(ChooserOptions.of(ONE_FILE).ask("", "x".repeat(512)).title()));
    }

    @Test
    void carriesWhatIsToBeSaved() throws InvalidOptionException {
        var options = new ChooserOptions(
                new Purpose.Save("Ünï code.txt"),
                List.of(TEXT, IMAGE),
                IMAGE,
                List.of(new Selection("ro", "Read only", List.of(), "true")),
                "/home/user");
        var save = assertInstanceOf(SaveRequest.class, options.ask("org.example.App", "Save"));
        assertEquals("org.example.App", raw(save.appId()));
        assertEquals("Save", raw(save.title()));
        assertEquals("Ünï code.txt", raw(save.currentName()));
        assertEquals(2, save.filters().size());
        assertEquals(1, save.currentFilter());
        assertEquals(1, save.choices().size());
        assertEquals("/home/user", raw(save.currentFolder()));
        assertEquals(
                "current_filter is not one of the filters",
                refusal(new ChooserOptions(new Purpose.Save(""), List.of(TEXT), IMAGE, List.of(), "")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "/", "/etc/passwd", "../x", ".", ".."})
    void aSuggestedNameIsNoPath(String name) {
        assertTrue(refusal(save(name)).startsWith("current_name is not a file name: "));
    }

    @Test
    void aSuggestedNameMayBeNone() throws InvalidOptionException {
        assertEquals("", suggested(""));
    }

    @Test
    void aSuggestedNameThatIsTooLongIsCutBeforeItsExtension() throws InvalidOptionException {
        assertEquals("x".repeat(255), suggested("x".repeat(255)));
        assertEquals("x".repeat(255), suggested("x".repeat(256)));
        assertEquals("x".repeat(251) + ".pdf", suggested("x".repeat(300) + ".pdf"));
        assertEquals("🗝".repeat(62) + ".pdf", suggested("🗝".repeat(70) + ".pdf"));
        // What follows the last dot is no extension there, but the end of a sentence.
        assertEquals("x".repeat(255), suggested("x".repeat(300) + ". And so on and on"));
        assertEquals("." + "x".repeat(254), suggested("." + "x".repeat(300)));
        assertTrue(refusal(save("x".repeat(300) + "/y")).contains("without '/'"));
    }

    @Test
    void carriesEveryNameThatIsToBeSaved() throws InvalidOptionException {
        List<String> names = IntStream.range(0, 256).mapToObj(i -> "n" + i).toList();
        var saves = assertInstanceOf(SaveFilesRequest.class, several(names).ask("org.example.App", "Save all"));
        assertEquals(names, saves.names().stream().map(ChooserOptionsTest::raw).toList());
        assertEquals("Save all", raw(saves.title()));
        assertEquals(List.of(), saves.filters());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b", "/", ".", "..", "a\0b"})
    void everyNameMustBeOne(String name) {
        assertTrue(refusal(several(List.of("good", name))).startsWith("files holds a name that is none: "));
    }

    @Test
    void aNameToBeSavedIsNeverCut() {
        assertTrue(refusal(several(List.of("ü".repeat(128)))).contains("1 to 255 bytes"));
    }

    @Test
    void refusesListsOfNamesThatMakeNoSense() {
        assertEquals("files names no file", refusal(several(List.of())));
        assertEquals("files holds the same name twice", refusal(several(List.of("a", "b", "a"))));
        List<String> tooMany = IntStream.range(0, 257).mapToObj(i -> "n" + i).toList();
        assertEquals("257 files, at most 256 are allowed", refusal(several(tooMany)));
        List<String> tooLong =
                IntStream.range(100, 356).mapToObj(i -> i + "x".repeat(252)).toList();
        assertTrue(refusal(several(tooLong)).contains("65536 bytes"));
    }
}
