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
import org.spectrum_os.portal.consent.contract.Purpose;

class WordingTest {
    private static final InstanceLabel MAIL = new InstanceLabel("mail", "#3584e4");
    private static final InstanceLabel EDITOR = InstanceLabel.hostApp("org.example.Editor", "#5e5c64");

    private static FileQuestion question(Purpose purpose) {
        var none = new ClaimedText("", false);
        return new FileQuestion(none, none, purpose, List.of(), null, List.of(), null);
    }

    private static FileQuestion question(String app, String title, @Nullable String folder) {
        return new FileQuestion(
                new ClaimedText(app, false),
                new ClaimedText(title, false),
                new Purpose.OpenFiles(false),
                List.of(),
                null,
                List.of(),
                folder == null ? null : new ClaimedText(folder, false));
    }

    @Test
    void theButtonsNameWhoAsksAndMarkTheirMnemonic() {
        Purpose open = new Purpose.OpenFiles(true);
        assertEquals("_Lend to mail", Wording.agree(MAIL, question(open)));
        assertEquals("_Open for org.example.Editor", Wording.agree(EDITOR, question(open)));
        assertEquals("_Save for mail", Wording.agree(MAIL, question(new Purpose.SaveFile(""))));
        assertEquals(
                "_Save for org.example.Editor", Wording.agree(EDITOR, question(new Purpose.SaveFiles(List.of("a")))));
        assertEquals("_Block my__mail", Wording.block("my_mail"), "an underscore of the name is none of ours");
        assertEquals("Block my_mail", Wording.spoken(Wording.block("my_mail")));
        assertEquals("until it stops", Wording.spoken("_until it stops"));
    }

    @Test
    void theWindowSaysWhatItIsAbout() {
        assertEquals(
                "«mail» asks for files — Spectrum Portal",
                Wording.windowTitle("mail", question(new Purpose.OpenFiles(true))));
        assertEquals("asks for a folder of yours", Wording.bannerLine(question(new Purpose.OpenFolders(false))));
        assertEquals("asks to save a file", Wording.bannerLine(question(new Purpose.SaveFile("a"))));
        assertEquals("asks to save 2 files", Wording.bannerLine(question(new Purpose.SaveFiles(List.of("a", "b")))));
    }

    @Test
    void replacingIsAskedAboutByName() {
        assertEquals(
                "Replace report.odt?", Wording.replaceQuestion("report.odt").plain());
        assertEquals(
                "There is a file of that name in Documents. It was last changed on 1 May 2026, 10:00 (14 kB). "
                        + "mail will be able to write over it, and what it holds now will be lost then.",
                Wording.replaceMeaning(MAIL, "Documents", "1 May 2026, 10:00", "14 kB")
                        .plain());
    }

    @Test
    void aLongNameLosesItsMiddle() {
        assertEquals("report.pdf", Wording.fileName("report.pdf"));
        String cut = Wording.fileName("a" + "x".repeat(245) + "z.tar.gz");
        assertTrue(cut.startsWith("axxx") && cut.contains("…") && cut.endsWith("xz.tar.gz"), cut);
        assertTrue(cut.length() <= 49, cut);
        assertTrue(Wording.fileName("画".repeat(80)).length() <= 25, "wide letters count twice");
        assertEquals("⟨U+202E⟩gnp.exe", Wording.fileName("\u202egnp.exe"));
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
