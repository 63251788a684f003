// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.consent.contract.ClaimedText;
import org.spectrum_os.portal.consent.contract.FileQuestion;
import org.spectrum_os.portal.consent.contract.FromWindow;
import org.spectrum_os.portal.consent.contract.InstanceLabel;
import org.spectrum_os.portal.consent.contract.ToWindow;
import org.spectrum_os.portal.protocol.Limits;

class DialogsTest {
    @TempDir
    private Path folder;

    private long now;
    private final List<FromWindow> said = new ArrayList<>();
    private final List<String> drawn = new ArrayList<>();
    private final Dialogs dialogs = new Dialogs(new Arming(Duration.ofSeconds(1), () -> now), said::add);

    @BeforeEach
    void draw() {
        dialogs.drawnBy(new Dialogs.Window() {
            @Override
            public void open(ToWindow.Show show) {
                drawn.add("open " + show.id());
            }

            @Override
            public void vanish() {
                drawn.add("vanish");
            }

            @Override
            public void explain(String why) {
                drawn.add(why);
            }

            @Override
            public void arming(Arming.State state) {
                // asserted by what can be answered
            }
        });
    }

    private static ToWindow.Show show(long id, boolean directory) {
        return show(id, directory, false);
    }

    private static ToWindow.Show show(long id, boolean directory, boolean multiple) {
        var none = new ClaimedText("", false);
        return new ToWindow.Show(
                id,
                new InstanceLabel("mail", "#3584e4"),
                null,
                new FileQuestion(none, none, multiple, directory, List.of(), null, List.of(), null));
    }

    private void armed(long id) {
        armed(show(id, false));
    }

    private void armed(ToWindow.Show show) {
        dialogs.said(show);
        dialogs.mapped();
        dialogs.focused(true);
        now += Duration.ofSeconds(1).toNanos();
        dialogs.tick();
    }

    private Dialogs.Selection selection(Path path) {
        return new Dialogs.Selection(List.of(path.toString()), List.of(), null);
    }

    @Test
    void saysMappedAndArmedAndAnswersOnce() {
        armed(1);
        dialogs.tick();
        dialogs.deny();
        dialogs.deny();
        dialogs.block();
        dialogs.windowClosed();
        assertEquals(List.of(new FromWindow.Mapped(1), new FromWindow.Armed(1), new FromWindow.Denied(1)), said);
        assertEquals(List.of("open 1", "vanish"), drawn);
    }

    @Test
    void saysArmedAgainAfterTheFocusWasLost() {
        armed(1);
        dialogs.focused(false);
        dialogs.focused(true);
        now += Duration.ofSeconds(1).toNanos();
        dialogs.tick();
        assertEquals(List.of(new FromWindow.Mapped(1), new FromWindow.Armed(1), new FromWindow.Armed(1)), said);
    }

    @Test
    void nothingAnswersBeforeItIsArmedButClosingTheWindow() throws IOException {
        Path file = Files.writeString(folder.resolve("a"), "a");
        dialogs.said(show(1, false));
        dialogs.mapped();
        dialogs.focused(true);
        now += Duration.ofMillis(999).toNanos();
        dialogs.tick();
        dialogs.deny();
        dialogs.block();
        dialogs.lend(selection(file));
        assertFalse(dialogs.isArmed());
        assertEquals(List.of(new FromWindow.Mapped(1)), said);
        dialogs.windowClosed();
        assertEquals(new FromWindow.Denied(1), said.getLast());
    }

    @Test
    void lendsOnlyWhatCanBeLent() throws IOException {
        armed(1);
        dialogs.lend(selection(folder));
        assertTrue(drawn.getLast().contains("is a folder"), drawn.toString());
        assertTrue(dialogs.isOpen());
        dialogs.lend(selection(Files.writeString(folder.resolve("a"), "a")));
        assertInstanceOf(FromWindow.Chosen.class, said.getLast());
        assertFalse(dialogs.isOpen());
    }

    @Test
    void whatTheGuestCannotBeToldOfIsExplained() throws IOException {
        List<String> paths = new ArrayList<>();
        for (int i = 0; i < Limits.FILES; i++) {
            paths.add(Files.createFile(folder.resolve("x".repeat(240) + i)).toString());
        }
        armed(show(1, false, true));
        dialogs.lend(new Dialogs.Selection(paths, List.of(), null));
        assertTrue(drawn.getLast().contains("Choose fewer"), drawn.getLast());
        dialogs.lend(new Dialogs.Selection(paths.subList(0, 100), List.of(), null));
        assertEquals("vanish", drawn.getLast());
    }

    @Test
    void aSecondDialogAndAskingForFoldersAreDenied() {
        armed(1);
        dialogs.said(show(2, false));
        assertEquals(new FromWindow.Denied(2), said.getLast());
        assertTrue(dialogs.isArmed(), "the first is not touched");
        dialogs.deny();
        dialogs.said(show(3, true));
        assertEquals(new FromWindow.Denied(3), said.getLast());
        assertEquals(List.of("open 1", "vanish"), drawn);
    }

    @Test
    void theBackendClosesOnlyTheDialogItNames() {
        armed(1);
        dialogs.said(new ToWindow.Close(9, ToWindow.Reason.EXPIRED));
        assertTrue(dialogs.isOpen());
        dialogs.said(new ToWindow.Close(1, ToWindow.Reason.WITHDRAWN));
        assertFalse(dialogs.isOpen());
        assertEquals("vanish", drawn.getLast());
        dialogs.deny();
        assertEquals(2, said.size(), "nothing is answered after that");
    }

    @Test
    void theNextDialogIsNotArmedByTheFocusOfTheLast() {
        armed(1);
        dialogs.deny();
        dialogs.said(show(2, false));
        dialogs.mapped();
        now += Duration.ofSeconds(5).toNanos();
        dialogs.tick();
        assertFalse(dialogs.isArmed());
    }

    @Test
    void argumentsAreChecked() {
        assertInstanceOf(Main.Command.Help.class, Main.parse(new String[] {"--help"}, folder));
        assertEquals(new Main.Command.Serve(folder, Duration.ofSeconds(1)), Main.parse(new String[] {}, folder));
        assertEquals(
                new Main.Command.Serve(folder, Duration.ofMillis(5)),
                Main.parse(new String[] {"--arming-delay-ms", "5", "--start-folder", folder.toString()}, Path.of("/")));
        for (String[] wrong : List.of(
                new String[] {"--what"},
                new String[] {"--arming-delay-ms"},
                new String[] {"--arming-delay-ms", "-1"},
                new String[] {"--arming-delay-ms", "soon"},
                new String[] {"--start-folder", "relative"},
                new String[] {"--start-folder", "/absent/folder"})) {
            assertInstanceOf(Main.Command.Wrong.class, Main.parse(wrong, folder), String.join(" ", wrong));
        }
    }
}
