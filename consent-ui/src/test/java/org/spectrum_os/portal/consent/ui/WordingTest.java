// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.spectrum_os.portal.consent.contract.ClaimedText;
import org.spectrum_os.portal.consent.contract.FileQuestion;
import org.spectrum_os.portal.consent.contract.InstanceLabel;
import org.spectrum_os.portal.consent.contract.LoanTime;

class WordingTest {
    private static final InstanceLabel MAIL = new InstanceLabel("mail", "#3584e4");
    private static final InstanceLabel EDITOR = InstanceLabel.hostApp("org.example.Editor", "#5e5c64");

    private static FileQuestion question(String app, String title, @Nullable String folder) {
        return new FileQuestion(
                new ClaimedText(app, false),
                new ClaimedText(title, false),
                false,
                false,
                List.of(),
                null,
                List.of(),
                folder == null ? null : new ClaimedText(folder, false));
    }

    @Test
    void theSentenceFollowsTheSelection() {
        assertEquals(
                "Choose the file that mail may read. Nothing is lent until you do.",
                Wording.sentence(MAIL, false, List.of()).plain());
        assertEquals(
                "Choose the files that mail may read. Nothing is lent until you do.",
                Wording.sentence(MAIL, true, List.of()).plain());
        assertEquals(
                "<b>mail</b> will be able to read <b>report.pdf</b> until it stops.",
                Wording.sentence(MAIL, true, List.of("report.pdf")).markup());
        assertEquals(
                "<b>mail</b> will be able to read <b>3 files</b> until it stops.",
                Wording.sentence(MAIL, true, List.of("a", "b", "c")).markup());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1|1 second",
                "90|90 seconds",
                "60|1 minute",
                "900|15 minutes",
                "5400|90 minutes",
                "3600|1 hour",
                "604800|7 days"
            })
    void aLoanForATimeSaysForHowLong(long seconds, String words) {
        var asker = InstanceLabel.vm("mail", "#3584e4", new LoanTime.Over(seconds));
        assertEquals(
                "mail will be able to read report.pdf for " + words + ", also if it is restarted.",
                Wording.sentence(asker, false, List.of("report.pdf")).plain());
    }

    @Test
    void aLoanWithoutEndSaysSo() {
        var asker = InstanceLabel.vm("mail", "#3584e4", new LoanTime.Revoked());
        assertEquals(
                "mail will be able to read report.pdf until you take it back, also if it is restarted.",
                Wording.sentence(asker, false, List.of("report.pdf")).plain());
    }

    /** Nothing can be taken back from an application of the host, so nothing says so. */
    @Test
    void anApplicationOfTheHostIsPromisedNoEnd() {
        assertEquals(
                "org.example.Editor will be able to read report.pdf — it runs on this computer.",
                Wording.sentence(EDITOR, false, List.of("report.pdf")).plain());
        assertEquals(
                "Choose the file that org.example.Editor may read. It gets nothing until you do.",
                Wording.sentence(EDITOR, false, List.of()).plain());
        assertEquals("Open for org.example.Editor", Wording.lend(EDITOR));
        assertEquals("Lend to mail", Wording.lend(MAIL));
    }

    @Test
    void namesAreNeverMarkup() {
        assertEquals(
                "<b>&lt;i&gt;&amp;amp;</b> will be able to read <b>&quot;&apos;&lt;/b&gt;⟨U+202E⟩</b> until it stops.",
                Wording.sentence(new InstanceLabel("<i>&amp;", "#000000"), false, List.of("\"'</b>\u202e"))
                        .markup());
        assertEquals(61, Wording.fileName("x".repeat(255)).length(), "cut, with an ellipsis");
    }

    @Test
    void aClaimCannotEndItsOwnQuotation() {
        assertEquals(
                "mail says: “\u2068Attach\" (app \"good\u2069” (app “\u2068org.example\u2069”)",
                Wording.claim("mail", question("org.example", "Attach” (app “good", null)));
        assertEquals("mail gives no reason", Wording.claim("mail", question("", " ", null)));
        assertEquals("It names the folder “\u2068Docs\u2069”", Wording.folderClaim(question("", "", "Docs")));
        assertNull(Wording.folderClaim(question("", "", null)));
        assertEquals("(no name)", Wording.row(new ClaimedText("  ", false)));
        assertEquals("x".repeat(60) + "…", Wording.row(new ClaimedText("x".repeat(61), false)));
    }

    @ParameterizedTest
    @CsvSource({
        "*.png, a.PNG, a.pngx",
        "*.PnG, a.pNg, apng",
        "[a-c]*, Bild, dild",
        "[!a-c]*, dild, Bild",
        "*.[jJ]p?g, x.JPXG, x.gif",
        "*.été, y.ÉTÉ, y.ete",
        "\\*.txt, *.TXT, b.txt"
    })
    void globsIgnoreCase(String glob, String matches, String not) {
        var matcher = FileSystems.getDefault().getPathMatcher("glob:" + Globs.ignoringCase(glob));
        assertTrue(matcher.matches(Path.of(matches)), glob);
        assertFalse(matcher.matches(Path.of(not)), glob);
    }

    @Test
    void aBracketThatDoesNotCloseIsALetter() {
        assertEquals("[aA][[xX]", Globs.ignoringCase("a[x"));
        assertEquals("[]xX]", Globs.ignoringCase("[]x]"));
    }

    @ParameterizedTest
    @CsvSource({"#000000, #ffffff", "#ffffff, #000000", "#1a5fb4, #ffffff", "#f6d32d, #000000", "#3584e4, #000000"})
    void textCanBeReadOnEveryColour(String background, String text) {
        assertEquals(text, Contrast.textOn(background));
    }

    @Test
    void noColourLeavesTextUnreadable() {
        for (int colour = 0; colour < 0x1000000; colour += 4099) {
            String background = "#%06x".formatted(colour);
            assertTrue(Contrast.ratio(background, Contrast.textOn(background)) >= 4.5, background);
        }
    }
}
