// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.desktop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.consent.contract.ClaimedText;
import org.spectrum_os.portal.consent.contract.FileAccess;
import org.spectrum_os.portal.consent.contract.FileQuestion;
import org.spectrum_os.portal.consent.contract.FromWindow.Armed;
import org.spectrum_os.portal.consent.contract.FromWindow.Chosen;
import org.spectrum_os.portal.consent.contract.FromWindow.Companion;
import org.spectrum_os.portal.consent.contract.FromWindow.Denied;
import org.spectrum_os.portal.consent.contract.FromWindow.Mapped;
import org.spectrum_os.portal.consent.contract.FromWindow.PickedFile;
import org.spectrum_os.portal.consent.contract.FromWindow.PickedFile.Kind;
import org.spectrum_os.portal.consent.contract.FromWindow.Ready;
import org.spectrum_os.portal.consent.contract.InstanceLabel;
import org.spectrum_os.portal.consent.contract.LoanTime;
import org.spectrum_os.portal.consent.contract.Purpose;
import org.spectrum_os.portal.consent.contract.Terms;
import org.spectrum_os.portal.consent.contract.ToWindow.Show;

/** The real window, asked for folders and for saving, and on which terms. */
@Tag("window")
class LendingTermsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Path SCREENSHOTS = Path.of("target", "screenshots");
    private static final Purpose FILE = new Purpose.OpenFiles(false);
    private static final Purpose FOLDER = new Purpose.OpenFolders(false);
    private static final InstanceLabel MAIL = new InstanceLabel("mail", "#1a5fb4");

    @TempDir
    private static Path folder;

    private static @Nullable Desktop shared;
    private @Nullable ConsentUi process;
    private Path files = Path.of("/");

    @BeforeAll
    static void startDesktop() throws Exception {
        shared = Desktop.start(folder, List.of());
    }

    @AfterAll
    static void endDesktop() {
        desktop().close();
    }

    @BeforeEach
    void startWindow(TestInfo test) throws Exception {
        files = Files.createDirectories(folder.resolve("home")
                .resolve(test.getTestMethod().orElseThrow().getName()));
        for (String name : List.of("movie.en.srt", "movie.mkv", "movie.srt", "report.odt")) {
            Files.writeString(files.resolve(name), name);
        }
        Files.createDirectory(files.resolve("Holiday"));
        process = new ConsentUi(desktop(), files);
        ui().next(Ready.class);
    }

    @AfterEach
    void endWindow(TestInfo test) throws Exception {
        if (ui().process().isAlive()) {
            desktop()
                    .screenshot(SCREENSHOTS.resolve(
                            "terms " + test.getDisplayName().replaceAll("[^A-Za-z0-9 ]", "") + ".png"));
        }
        ui().close();
        ConsentDialog.awaitNone(desktop(), PATIENCE);
    }

    private static Desktop desktop() {
        Desktop desktop = shared;
        assertNotNull(desktop);
        return desktop;
    }

    private ConsentUi ui() {
        ConsentUi ui = process;
        assertNotNull(ui);
        return ui;
    }

    private ConsentDialog ask(long id, InstanceLabel asker, Purpose purpose) throws Exception {
        var says = new ClaimedText("Please", false);
        var hint = new ClaimedText("/etc", false);
        ui().say(new Show(
                id, asker, "blue heron", new FileQuestion(says, says, purpose, List.of(), null, List.of(), hint)));
        ui().next(Mapped.class);
        ui().next(Armed.class);
        return ConsentDialog.await(desktop(), PATIENCE).awaitArmed();
    }

    private static PickedFile only(Chosen chosen) {
        assertEquals(1, chosen.files().size());
        return chosen.files().getFirst();
    }

    @Test
    void theSentenceFollowsWhatIsSet() throws Exception {
        ConsentDialog dialog = ask(1, MAIL, FILE);
        dialog.choose(files.resolve("report.odt"));
        dialog.awaitText("mail will be able to read report.odt until it stops.");
        dialog.allowChanges();
        dialog.awaitText("mail will be able to change report.odt until it stops.");
        dialog.lendFor('h');
        dialog.awaitText("mail will be able to change report.odt for 1 hour, also if it is restarted.");
        dialog.lendFor('a');
        dialog.awaitText("mail will be able to change report.odt until you take it back.");
        desktop().screenshot(SCREENSHOTS.resolve("may change.png"));
        dialog.lend();
        Chosen chosen = ui().next(Chosen.class);
        assertEquals(new Terms(FileAccess.WRITE, new LoanTime.Revoked()), chosen.terms());
        assertTrue(only(chosen).companions().isEmpty());
    }

    @Test
    void thePolicysOwnTermsAreSetFirstAndOneOfTheTimes() throws Exception {
        var terms = new Terms(FileAccess.WRITE, new LoanTime.Over(900));
        ConsentDialog dialog = ask(1, InstanceLabel.vm("mail", "#1a5fb4", terms), FILE);
        dialog.choose(files.resolve("report.odt"));
        dialog.awaitText("mail will be able to change report.odt for 15 minutes, also if it is restarted.");
        desktop().keys("alt+r");
        dialog.awaitText("mail will be able to read report.odt for 15 minutes, also if it is restarted.");
        dialog.lend();
        assertEquals(
                new Terms(FileAccess.READ, new LoanTime.Over(900)),
                ui().next(Chosen.class).terms());
    }

    @Test
    void whatGoesWithAFileIsLentOnlyIfTheUserSaysSo() throws Exception {
        ConsentDialog dialog = ask(1, MAIL, FILE);
        dialog.choose(files.resolve("movie.mkv"));
        dialog.awaitText("movie.en.srt, movie.srt");
        dialog.awaitText("mail will be able to read movie.mkv until it stops.");
        dialog.toggle("Also lend what goes with it (2):");
        dialog.awaitText("mail will be able to read movie.mkv and 2 more that go with it until it stops.");
        desktop().screenshot(SCREENSHOTS.resolve("companions.png"));
        dialog.lend();
        PickedFile film = only(ui().next(Chosen.class));
        assertEquals(
                List.of("movie.en.srt", "movie.srt"),
                film.companions().stream().map(Companion::name).toList());
        // Another file begins without them.
        dialog = ask(2, MAIL, FILE);
        dialog.choose(files.resolve("movie.mkv"));
        dialog.awaitText("movie.en.srt, movie.srt");
        dialog.lend();
        assertTrue(only(ui().next(Chosen.class)).companions().isEmpty());
    }

    @Test
    void noFolderIsChosenBeforeTheUserChoosesOne() throws Exception {
        ConsentDialog dialog = ask(1, MAIL, FOLDER);
        dialog.awaitText("Choose the folder that mail may read. Nothing is lent until you do.");
        dialog.lend();
        dialog.awaitText("No folder is chosen. Choose one, or deny.");
        dialog.allowChanges();
        dialog.chooseInList("Holiday");
        dialog.awaitText("mail will be able to see everything in Holiday and change it, until it stops.");
        desktop().screenshot(SCREENSHOTS.resolve("folder.png"));
        dialog.lend();
        PickedFile picked = only(ui().next(Chosen.class));
        assertEquals(Kind.FOLDER, picked.kind());
        assertEquals(files.resolve("Holiday").toRealPath().toString(), picked.path());
    }

    @Test
    void theHomeFolderIsWarnedOf() throws Exception {
        ConsentDialog dialog = ask(1, MAIL, FOLDER);
        dialog.focusFiles();
        desktop().keys("alt+Home");
        dialog.awaitText("mail will be able to see everything in your home folder until it stops.");
        dialog.awaitText("This is your home folder: everything of yours");
        desktop().screenshot(SCREENSHOTS.resolve("home folder.png"));
        dialog.deny();
        ui().next(Denied.class);
    }

    @Test
    void aNewFileIsSavedUnderTheNameThatTheUserTypes() throws Exception {
        ConsentDialog dialog = ask(1, MAIL, new Purpose.SaveFile("letter.odt"));
        dialog.awaitText("mail will be able to save letter.odt in " + files.getFileName());
        dialog.name("my letter.odt");
        dialog.awaitText("mail will be able to save my letter.odt in ");
        desktop().screenshot(SCREENSHOTS.resolve("save.png"));
        dialog.save();
        Chosen chosen = ui().next(Chosen.class);
        assertEquals(Kind.NEW, only(chosen).kind());
        assertEquals(
                files.toRealPath().resolve("my letter.odt").toString(),
                only(chosen).path());
        assertEquals(new Terms(FileAccess.WRITE, new LoanTime.Stopped()), chosen.terms());
        assertFalse(Files.exists(files.resolve("my letter.odt")), "the window makes nothing");
    }

    @Test
    void replacingAFileIsAskedOnceMoreAndHasADelayOfItsOwn() throws Exception {
        ConsentDialog dialog = ask(1, MAIL, new Purpose.SaveFile("report.odt"));
        dialog.awaitText("mail will be able to replace report.odt in ");
        dialog.save();
        dialog.awaitText("Replace report.odt?");
        assertFalse(dialog.button("Replace").isSensitive(), "it could be hit by a second click");
        desktop().keys("Return", "alt+r", "Escape");
        desktop().screenshot(SCREENSHOTS.resolve("replace.png"));
        ui().next(Armed.class);
        assertTrue(dialog.button("Deny").isFocused(), "Deny stays the default");
        assertEquals(Optional.empty(), ui().within(Duration.ofMillis(500)));
        desktop().keys("Escape");
        dialog.awaitText("mail will be able to replace report.odt in replacingA");
        ui().next(Armed.class);
        dialog.save();
        ui().next(Armed.class);
        dialog.replace();
        PickedFile picked = only(ui().next(Chosen.class));
        assertEquals(Kind.FILE, picked.kind());
        assertEquals(files.resolve("report.odt").toRealPath().toString(), picked.path());
    }

    @Test
    void severalFilesAreSavedUnderNamesThatAreFree() throws Exception {
        ConsentDialog dialog = ask(1, MAIL, new Purpose.SaveFiles(List.of("report.odt", "b.txt")));
        dialog.awaitText("report (1).odt, b.txt");
        dialog.awaitText("mail will be able to save 2 files in " + files.getFileName());
        desktop().screenshot(SCREENSHOTS.resolve("save files.png"));
        dialog.save();
        assertEquals(
                List.of("report (1).odt", "b.txt"),
                ui().next(Chosen.class).files().stream().map(PickedFile::name).toList());
    }

    @Test
    void theNextDialogBeginsWhereTheUserLentLastAndNotWhereTheGuestSays() throws Exception {
        Files.writeString(files.resolve("Holiday/beach.jpg"), "sand");
        ConsentDialog dialog = ask(1, MAIL, FILE);
        dialog.awaitText("It names the folder “\u2068/etc\u2069”");
        dialog.choose(files.resolve("Holiday/beach.jpg"));
        dialog.awaitText("beach.jpg");
        dialog.lend();
        ui().next(Chosen.class);
        ask(2, MAIL, new Purpose.SaveFile("a.txt")).awaitText("mail will be able to save a.txt in Holiday");
    }

    @Test
    void anApplicationOfTheHostIsOfferedNoTerms() throws Exception {
        ConsentDialog dialog = ask(1, InstanceLabel.hostApp("org.example.Editor", "#5e5c64"), FILE);
        dialog.choose(files.resolve("report.odt"));
        dialog.awaitText("org.example.Editor will be able to read report.odt — it runs on this computer.");
        assertFalse(dialog.texts().contains("For how long"), dialog.texts().toString());
        dialog.button("Open for").press();
        assertNull(ui().next(Chosen.class).terms());
    }

    /** A screen reader must know every control, and Tab must come to each. */
    @Test
    void everythingIsReachedByTabAndHasAName() throws Exception {
        ConsentDialog dialog = ask(1, MAIL, FILE);
        dialog.choose(files.resolve("movie.mkv"));
        dialog.awaitText("movie.en.srt, movie.srt");
        for (String name : List.of(
                "Deny",
                "Lend to mail",
                "Block mail",
                "until it stops",
                "only read",
                "Also lend what goes with it (2):")) {
            dialog.focus(name);
        }
        // As everywhere, the arrow keys choose within a group.
        dialog.focus("until it stops");
        desktop().keys("Right", "Right", "space");
        dialog.awaitText("mail will be able to read movie.mkv until you take it back.");
        dialog.focus("only read");
        desktop().keys("Right", "space");
        dialog.awaitText("mail will be able to change movie.mkv until you take it back.");
        desktop().keys("alt+d");
        ui().next(Denied.class);
    }
}
