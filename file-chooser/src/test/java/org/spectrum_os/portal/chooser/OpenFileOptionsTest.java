// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.chooser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.spectrum_os.portal.chooser.OpenFileOptions.Filter;
import org.spectrum_os.portal.chooser.OpenFileOptions.InvalidOptionException;
import org.spectrum_os.portal.chooser.OpenFileOptions.Option;
import org.spectrum_os.portal.chooser.OpenFileOptions.Pattern;
import org.spectrum_os.portal.chooser.OpenFileOptions.Selection;
import org.spectrum_os.portal.protocol.FileFilter;
import org.spectrum_os.portal.protocol.FileRequest;
import org.spectrum_os.portal.protocol.Untrusted;

final class OpenFileOptionsTest {
    private static final Filter TEXT =
            new Filter("Text", List.of(new Pattern(0, "*.txt"), new Pattern(1, "text/plain")));
    private static final Filter IMAGE = new Filter("Images", List.of(new Pattern(1, "image/*")));

    private static OpenFileOptions filters(List<Filter> filters, @Nullable Filter current) {
        return new OpenFileOptions(false, false, filters, current, List.of(), "");
    }

    private static OpenFileOptions choices(Selection... choices) {
        return new OpenFileOptions(false, false, List.of(), null, List.of(choices), "");
    }

    private static String refusal(OpenFileOptions options) {
        return String.valueOf(assertThrows(InvalidOptionException.class, () -> options.request("", "t"))
                .getMessage());
    }

    private static String raw(Untrusted<String> text) {
        return text.validate(t -> t);
    }

    @Test
    void carriesEverything() throws InvalidOptionException {
        var options = new OpenFileOptions(
                true,
                true,
                List.of(TEXT, IMAGE),
                IMAGE,
                List.of(
                        new Selection(
                                "enc", "Encoding", List.of(new Option("u", "UTF-8"), new Option("l", "Latin")), "l"),
                        new Selection("ro", "Read only", List.of(), "true")),
                "/home/user");
        FileRequest request = options.request("org.example.App", "Open");
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
        FileRequest request = options.request("", "");
        assertEquals(1, request.filters().size());
        assertEquals(0, request.currentFilter());
        assertEquals(List.of(TEXT), options.effectiveFilters());
    }

    @Test
    void withoutFiltersThereIsNoCurrentOne() throws InvalidOptionException {
        assertNull(OpenFileOptions.NONE.request("", "").currentFilter());
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
        FileRequest request =
                choices(new Selection("a", "L", List.of(), initial)).request("", "");
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
                refusal(new OpenFileOptions(false, false, List.of(), null, Collections.nCopies(17, choice), "")));
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
        String sent = raw(OpenFileOptions.NONE.request("", title).title());
        assertEquals(512, sent.codePointCount(0, sent.length()));
        assertTrue(sent.endsWith("…"));
        assertTrue(title.startsWith(sent.substring(0, sent.length() - 1)));
        assertEquals(
                "x".repeat(512),
                raw(OpenFileOptions.NONE.request("", "x".repeat(512)).title()));
    }
}
