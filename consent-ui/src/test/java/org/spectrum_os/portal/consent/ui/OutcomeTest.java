// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.spectrum_os.portal.consent.contract.FileAccess;
import org.spectrum_os.portal.consent.contract.InstanceLabel;
import org.spectrum_os.portal.consent.contract.LoanTime;
import org.spectrum_os.portal.consent.contract.Purpose;
import org.spectrum_os.portal.consent.contract.Terms;

class OutcomeTest {
    private static final InstanceLabel MAIL = new InstanceLabel("mail", "#3584e4");
    private static final InstanceLabel EDITOR = InstanceLabel.hostApp("org.example.Editor", "#5e5c64");
    private static final Terms READ = Terms.LEAST;
    private static final Terms CHANGE = new Terms(FileAccess.WRITE, new LoanTime.Stopped());
    private static final Purpose FILE = new Purpose.OpenFiles(false);
    private static final Purpose FILES = new Purpose.OpenFiles(true);
    private static final Purpose FOLDER = new Purpose.OpenFolders(false);
    private static final Purpose SAVE = new Purpose.SaveFile("");

    private static String says(
            InstanceLabel asker,
            Purpose purpose,
            @Nullable Terms terms,
            int companions,
            String folder,
            String... names) {
        return Outcome.sentence(asker, purpose, terms, new Outcome.Preview(List.of(names), folder, false), companions)
                .plain();
    }

    private static String says(Purpose purpose, Terms terms, String... names) {
        return says(MAIL, purpose, terms, 0, "Documents", names);
    }

    @Test
    void nothingIsSaidToBeLentBeforeItIsChosen() {
        assertEquals("Choose the file that mail may read. Nothing is lent until you do.", says(FILE, READ));
        assertEquals(
                "Choose the files that mail may read and change. Nothing is lent until you do.", says(FILES, CHANGE));
        assertEquals("Choose the folder that mail may read. Nothing is lent until you do.", says(FOLDER, READ));
        assertEquals(
                "Choose a folder and a name for the file that mail would like to save. Nothing is lent until you do.",
                says(SAVE, CHANGE));
        assertEquals(
                "Choose the folder for the files that mail would like to save. Nothing is lent until you do.",
                says(new Purpose.SaveFiles(List.of("a")), CHANGE));
    }

    @Test
    void filesAreReadOrChanged() {
        assertEquals("mail will be able to read report.odt until it stops.", says(FILE, READ, "report.odt"));
        assertEquals("mail will be able to change report.odt until it stops.", says(FILE, CHANGE, "report.odt"));
        assertEquals("mail will be able to read 3 files until it stops.", says(FILES, READ, "a", "b", "c"));
        assertEquals(
                "mail will be able to read movie.mkv and 2 more that go with it until it stops.",
                says(MAIL, FILE, READ, 2, "", "movie.mkv"));
        assertEquals(
                "mail will be able to change page.html and 1 more that goes with it until it stops.",
                says(MAIL, FILE, CHANGE, 1, "", "page.html"));
    }

    @Test
    void aFolderIsEverythingInIt() {
        assertEquals("mail will be able to see everything in Holiday until it stops.", says(FOLDER, READ, "Holiday"));
        assertEquals(
                "mail will be able to see everything in Holiday and change it, until you take it back.",
                says(FOLDER, new Terms(FileAccess.WRITE, new LoanTime.Revoked()), "Holiday"));
        assertEquals(
                "mail will be able to see everything in 2 folders and change it, until it stops.",
                says(new Purpose.OpenFolders(true), CHANGE, "Holiday", "Music"));
    }

    @Test
    void savingSaysWhere() {
        assertEquals(
                "mail will be able to save report.odt in Documents, and to change it until it stops.",
                says(SAVE, CHANGE, "report.odt"));
        assertEquals(
                "mail will be able to replace report.odt in Documents, and to change it for 1 hour, also if it is restarted.",
                Outcome.sentence(
                                MAIL,
                                SAVE,
                                new Terms(FileAccess.WRITE, new LoanTime.Over(3600)),
                                new Outcome.Preview(List.of("report.odt"), "Documents", true),
                                0)
                        .plain());
        assertEquals(
                "mail will be able to save 2 files in Documents, and to change them until it stops.",
                says(new Purpose.SaveFiles(List.of("a", "b")), CHANGE, "a", "b (1)"));
    }

    /** Nothing can be taken back from an application of the host, so nothing says so. */
    @Test
    void anApplicationOfTheHostIsPromisedNoEnd() {
        assertEquals(
                "org.example.Editor will be able to read report.pdf — it runs on this computer.",
                says(EDITOR, FILE, null, 0, "", "report.pdf"));
        assertEquals(
                "Choose the file that org.example.Editor may read. It gets nothing until you do.",
                says(EDITOR, FILE, null, 0, ""));
        assertEquals(
                "org.example.Editor will be able to save a.txt in Documents — it runs on this computer.",
                says(EDITOR, SAVE, null, 0, "Documents", "a.txt"));
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
        assertEquals(
                "mail will be able to read report.pdf for " + words + ", also if it is restarted.",
                says(FILE, new Terms(FileAccess.READ, new LoanTime.Over(seconds)), "report.pdf"));
    }

    @Test
    void namesAreNeverMarkupAndNeverBroken() {
        assertEquals(
                "<span weight=\"bold\" allow_breaks=\"false\">&lt;i&gt;&amp;amp;</span> will be able to read "
                        + "<span weight=\"bold\" allow_breaks=\"false\">&quot;&apos;&lt;/b&gt;⟨U+202E⟩</span> until it stops.",
                Outcome.sentence(
                                new InstanceLabel("<i>&amp;", "#000000"),
                                FILE,
                                READ,
                                new Outcome.Preview(List.of("\"'</b>\u202e"), "", false),
                                0)
                        .markup());
        assertEquals(
                "<span allow_breaks=\"false\">a&lt;</span>, <span allow_breaks=\"false\">b c</span>",
                Wording.names(List.of("a<", "b c")).markup());
    }

    @Test
    void thePolicysOwnTimeStandsAmongTheOthers() {
        LoanTime stopped = new LoanTime.Stopped();
        LoanTime hour = new LoanTime.Over(3600);
        LoanTime always = new LoanTime.Revoked();
        assertEquals(List.of(stopped, hour, always), LoanTimes.offered(hour));
        assertEquals(List.of(stopped, hour, always), LoanTimes.offered(stopped));
        assertEquals(List.of(stopped, new LoanTime.Over(900), hour, always), LoanTimes.offered(new LoanTime.Over(900)));
        assertEquals(
                List.of(stopped, hour, new LoanTime.Over(86_400), always),
                LoanTimes.offered(new LoanTime.Over(86_400)));
        assertEquals("15 minutes", Wording.howLong(new LoanTime.Over(900)));
        assertEquals("_always", Wording.howLong(always));
    }
}
