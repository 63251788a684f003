// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.desktop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
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
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.consent.contract.ClaimedText;
import org.spectrum_os.portal.consent.contract.FileQuestion;
import org.spectrum_os.portal.consent.contract.FileQuestion.ChoiceRow;
import org.spectrum_os.portal.consent.contract.FileQuestion.FilterRow;
import org.spectrum_os.portal.consent.contract.FileQuestion.OptionRow;
import org.spectrum_os.portal.consent.contract.FromWindow;
import org.spectrum_os.portal.consent.contract.FromWindow.Armed;
import org.spectrum_os.portal.consent.contract.FromWindow.Blocked;
import org.spectrum_os.portal.consent.contract.FromWindow.Chosen;
import org.spectrum_os.portal.consent.contract.FromWindow.Denied;
import org.spectrum_os.portal.consent.contract.FromWindow.Mapped;
import org.spectrum_os.portal.consent.contract.FromWindow.PickedChoice;
import org.spectrum_os.portal.consent.contract.FromWindow.Ready;
import org.spectrum_os.portal.consent.contract.InstanceLabel;
import org.spectrum_os.portal.consent.contract.Purpose;
import org.spectrum_os.portal.consent.contract.ToWindow.Close;
import org.spectrum_os.portal.consent.contract.ToWindow.Reason;
import org.spectrum_os.portal.consent.contract.ToWindow.Show;
import org.spectrum_os.portal.protocol.DisplayText;
import org.spectrum_os.portal.protocol.Untrusted;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.FileNode;

/** The real window on a real display, answered by keyboard and accessibility. */
@Tag("window")
class ConsentWindowTest {
    private static final InstanceLabel MAIL = new InstanceLabel("mail", "#1a5fb4");
    private static final String NAME = "Ünïcode & \"quotes\" 100%.txt";
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Path SCREENSHOTS = Path.of("target", "screenshots");

    @TempDir
    private static Path folder;

    private static @Nullable Desktop shared;
    private @Nullable ConsentUi process;

    @BeforeAll
    static void startDesktop() throws Exception {
        shared = Desktop.start(folder, List.of());
        Path files = Files.createDirectory(folder.resolve("files"));
        for (String name : List.of("annual report.pdf", "budget.ods", "holiday.JPG", "letter.txt", NAME)) {
            Files.writeString(files.resolve(name), name);
        }
        // Sorted first by every GTK: newer ones mix folders and files.
        Files.createDirectory(files.resolve("2024"));
    }

    @AfterAll
    static void endDesktop() {
        desktop().close();
    }

    @BeforeEach
    void startWindow() throws Exception {
        process = new ConsentUi(desktop(), files());
        assertEquals(FromWindow.VERSION, ui().next(Ready.class).contract());
    }

    @AfterEach
    void endWindow(TestInfo test) throws Exception {
        if (ui().process().isAlive()) {
            desktop()
                    .screenshot(SCREENSHOTS.resolve(
                            "end of " + test.getDisplayName().replaceAll("[^A-Za-z0-9 ]", "") + ".png"));
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

    private static Path files() {
        return folder.resolve("files");
    }

    private static ClaimedText claim(String text) {
        return ClaimedText.of(DisplayText.of(Untrusted.of(text), 512));
    }

    private static FileQuestion question(boolean multiple, List<FilterRow> filters, List<ChoiceRow> choices) {
        return new FileQuestion(
                claim("org.example.Mail"),
                claim("Attach a file"),
                new Purpose.OpenFiles(multiple),
                filters,
                null,
                choices,
                claim("Documents"));
    }

    private static Show plain(long id) {
        return new Show(id, MAIL, "blue heron", question(false, List.of(), List.of()));
    }

    private ConsentDialog open(Show show) throws Exception {
        ui().say(show);
        assertEquals(show.id(), ui().next(Mapped.class).id());
        return ConsentDialog.await(desktop(), PATIENCE);
    }

    private ConsentDialog openArmed(Show show) throws Exception {
        ConsentDialog dialog = open(show);
        assertEquals(show.id(), ui().next(Armed.class).id());
        return dialog.awaitArmed();
    }

    @Test
    void saysWhoAsksAndDenies() throws Exception {
        ConsentDialog dialog = openArmed(plain(1));
        assertEquals("«mail» asks for files — Spectrum Portal", dialog.title());
        List<String> texts = dialog.texts();
        assertTrue(texts.contains("blue heron"), "the phrase is among " + texts);
        assertTrue(
                texts.contains("Choose the file that mail may read. Nothing is lent until you do."), texts.toString());
        desktop().screenshot(SCREENSHOTS.resolve("asked.png"));
        dialog.deny();
        assertEquals(1, ui().next(Denied.class).id());
        ConsentDialog.awaitNone(desktop(), PATIENCE);
    }

    @Test
    void lendsTheChosenFileWithItsIdentity() throws Exception {
        Path file = files().resolve(NAME);
        ConsentDialog dialog = openArmed(plain(2));
        dialog.choose(file);
        dialog.awaitText("mail will be able to read " + NAME + " until it stops.");
        desktop().screenshot(SCREENSHOTS.resolve("chosen.png"));
        dialog.lend();
        Chosen chosen = ui().next(Chosen.class);
        assertEquals(1, chosen.files().size());
        assertEquals(file.toRealPath().toString(), chosen.files().getFirst().path());
        try (Descriptor open = FileNode.openForReading(file.toRealPath())) {
            FileNode.Status status = FileNode.status(open);
            assertEquals(status.device(), chosen.files().getFirst().device());
            assertEquals(status.inode(), chosen.files().getFirst().inode());
        }
        ConsentDialog.awaitNone(desktop(), PATIENCE);
    }

    @Test
    void blocksTheInstance() throws Exception {
        openArmed(plain(3)).block();
        assertEquals(3, ui().next(Blocked.class).id());
    }

    @Test
    @DisplayName("before a second has passed, no key and no button does anything, not even a held Return afterwards")
    void nothingHappensBeforeArming() throws Exception {
        ConsentDialog dialog = open(plain(4));
        long mapped = System.nanoTime();
        desktop().key("Return", true);
        desktop().keys("space", "Escape");
        assertFalse(dialog.isArmed(), "armed at once");
        desktop().screenshot(SCREENSHOTS.resolve("not yet armed.png"));
        assertEquals(4, ui().next(Armed.class).id());
        assertTrue(System.nanoTime() - mapped > Duration.ofMillis(800).toNanos(), "armed early");
        // Return is still down and repeats itself.
        assertEquals(Optional.empty(), ui().within(Duration.ofSeconds(2)));
        desktop().key("Return", false);
        desktop().keys("Escape");
        assertEquals(4, ui().next(Denied.class).id());
    }

    @Test
    void losingTheFocusDisarms() throws Exception {
        ConsentDialog dialog = openArmed(plain(5));
        Process other = desktop()
                .launch("other", false, List.of("xmessage", "-name", "other", "-title", "Other window", "other"));
        try {
            Patience.await(
                    "the window to disarm", PATIENCE, () -> dialog.isArmed() ? Optional.empty() : Optional.of(true));
            dialog.awaitText("Click this window to answer");
            desktop().focusWindow("Spectrum Portal");
            assertEquals(5, ui().next(Armed.class).id(), "armed again");
        } finally {
            other.destroy();
        }
    }

    @Test
    @DisplayName("markup, control and bidi characters of the guest are shown as such")
    void aHostileTitleIsShownLiterally() throws Exception {
        String title = "<b>Host</b> says &amp; \u202egnp.exe\u0007 ” (app “trusted”)" + " and so on".repeat(40);
        ConsentDialog dialog = openArmed(new Show(
                6,
                MAIL,
                "blue heron",
                new FileQuestion(
                        claim("<i>org.example</i>\n"),
                        claim(title),
                        new Purpose.OpenFiles(false),
                        List.of(),
                        null,
                        List.of(),
                        null)));
        String shown = dialog.texts().stream()
                .filter(text -> text.startsWith("mail says:"))
                .findFirst()
                .orElseThrow();
        assertTrue(shown.contains("<b>Host</b> says &amp; ⟨U+202E⟩gnp.exe⟨U+0007⟩ \" (app \"trusted\")"), shown);
        assertTrue(shown.contains("<i>org.example</i>⟨U+000A⟩"), shown);
        desktop().screenshot(SCREENSHOTS.resolve("hostile title.png"));
        dialog.deny();
        assertEquals(6, ui().next(Denied.class).id());
    }

    @Test
    void filtersFilterWithoutRegardToCase() throws Exception {
        var pictures = new FilterRow(claim("Pictures"), List.of("*.jpg"), List.of());
        var texts = new FilterRow(claim("Texts"), List.of(), List.of("text/plain"));
        ConsentDialog dialog = openArmed(new Show(
                7,
                MAIL,
                null,
                new FileQuestion(
                        claim(""),
                        claim("Pick"),
                        new Purpose.OpenFiles(true),
                        List.of(texts, pictures),
                        1,
                        List.of(),
                        null)));
        // All that the list holds: the folder, which cannot be lent, and the one picture.
        dialog.focusFiles();
        desktop().keys("End");
        dialog.awaitText("holiday.JPG");
        desktop().screenshot(SCREENSHOTS.resolve("filtered.png"));
        dialog.lend();
        Chosen chosen = ui().next(Chosen.class);
        assertEquals(1, chosen.filter());
        assertTrue(chosen.files().getFirst().path().endsWith("/holiday.JPG"), chosen.toString());
    }

    @Test
    void choicesComeBack() throws Exception {
        var zip = new ChoiceRow("zip", claim("Compress before sending"), List.of(), "true");
        var encoding = new ChoiceRow(
                "encoding",
                claim("Encoding"),
                List.of(new OptionRow("utf8", claim("Unicode")), new OptionRow("latin", claim("Western"))),
                "latin");
        ConsentDialog dialog = openArmed(new Show(
                8,
                new InstanceLabel("büro", "#f6d32d"),
                "blue heron",
                question(false, List.of(), List.of(zip, encoding))));
        dialog.toggle("Compress before sending");
        dialog.choose(files().resolve("letter.txt"));
        dialog.awaitText("letter.txt");
        desktop().screenshot(SCREENSHOTS.resolve("choices.png"));
        dialog.lend();
        assertEquals(
                List.of(new PickedChoice("zip", "false"), new PickedChoice("encoding", "latin")),
                ui().next(Chosen.class).choices());
    }

    @Test
    void severalFilesAreLentTogether() throws Exception {
        ConsentDialog dialog = openArmed(new Show(9, MAIL, "blue heron", question(true, List.of(), List.of())));
        dialog.focusFiles();
        desktop().keys("End", "shift+Up");
        dialog.awaitText("mail will be able to read 2 files until it stops.");
        desktop().screenshot(SCREENSHOTS.resolve("two files.png"));
        dialog.lend();
        assertEquals(
                List.of("letter.txt", NAME),
                ui().next(Chosen.class).files().stream()
                        .map(file -> Path.of(file.path()).getFileName().toString())
                        .toList());
    }

    @Test
    void whatIsNoFileIsExplained() throws Exception {
        ConsentDialog dialog = openArmed(plain(10));
        dialog.choose(files().resolve("absent.txt"));
        dialog.awaitText("absent.txt");
        dialog.lend();
        dialog.awaitText("“absent.txt” is not there any more. Choose another file.");
        desktop().screenshot(SCREENSHOTS.resolve("not lendable.png"));
        dialog.deny();
        assertEquals(10, ui().next(Denied.class).id());
    }

    @Test
    void theBackendClosesTheDialog() throws Exception {
        open(plain(11));
        ui().say(new Close(11, Reason.VM_STOPPED));
        ConsentDialog.awaitNone(desktop(), Duration.ofSeconds(2));
        // The next one begins its delay anew, and is answered by itself.
        openArmed(plain(12)).deny();
        assertEquals(12, ui().next(Denied.class).id());
    }

    @Test
    void aSecondDialogIsDenied() throws Exception {
        ConsentDialog dialog = open(plain(13));
        ui().say(plain(14));
        assertEquals(14, ui().next(Denied.class).id());
        assertEquals(13, ui().next(Armed.class).id());
        dialog.deny();
        assertEquals(13, ui().next(Denied.class).id());
    }

    @Test
    void closingTheWindowDenies() throws Exception {
        open(plain(15));
        desktop().closeFocusedWindow();
        assertEquals(15, ui().next(Denied.class).id());
    }

    @Test
    void endsWithItsInput() throws Exception {
        open(plain(16));
        assertEquals(0, ui().end());
    }

    @Test
    void endsWithAnErrorOnALineThatIsNoMessage() throws Exception {
        ui().process().getOutputStream().write("nonsense\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        ui().process().getOutputStream().flush();
        assertTrue(ui().process().waitFor(10, java.util.concurrent.TimeUnit.SECONDS));
        assertEquals(1, ui().process().exitValue());
    }
}
