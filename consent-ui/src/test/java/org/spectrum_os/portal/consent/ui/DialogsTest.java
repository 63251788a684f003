// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.consent.contract.ClaimedText;
import org.spectrum_os.portal.consent.contract.DeviceQuestion;
import org.spectrum_os.portal.consent.contract.FileAccess;
import org.spectrum_os.portal.consent.contract.FileQuestion;
import org.spectrum_os.portal.consent.contract.FromWindow;
import org.spectrum_os.portal.consent.contract.FromWindow.PickedFile;
import org.spectrum_os.portal.consent.contract.FromWindow.PickedFile.Kind;
import org.spectrum_os.portal.consent.contract.InstanceLabel;
import org.spectrum_os.portal.consent.contract.KeyQuestion;
import org.spectrum_os.portal.consent.contract.LoanTime;
import org.spectrum_os.portal.consent.contract.Purpose;
import org.spectrum_os.portal.consent.contract.Terms;
import org.spectrum_os.portal.consent.contract.ToWindow;
import org.spectrum_os.portal.protocol.Limits;

class DialogsTest {
    @TempDir
    private Path folder;

    private long now;
    private final List<FromWindow> said = new ArrayList<>();
    private final List<String> drawn = new ArrayList<>();
    private Dialogs dialogs = new Dialogs(new Arming(Duration.ZERO, () -> 0), Path.of("/"), said::add);

    @BeforeEach
    void draw() {
        dialogs = new Dialogs(new Arming(Duration.ofSeconds(1), () -> now), folder, said::add);
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
            public void askToReplace(PickedFile file) {
                drawn.add("replace " + file.name() + "?");
            }

            @Override
            public void askAgain() {
                drawn.add("again");
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

    private static ToWindow.Show show(long id) {
        return show(id, new Purpose.OpenFiles(false));
    }

    private static ToWindow.Show show(long id, Purpose purpose) {
        var none = new ClaimedText("", false);
        return new ToWindow.Show(
                id,
                new InstanceLabel("mail", "#3584e4"),
                null,
                new FileQuestion(none, none, purpose, List.of(), null, List.of(), null));
    }

    private void armed(long id) {
        armed(show(id));
    }

    private void armed(ToWindow.Show show) {
        dialogs.said(show);
        dialogs.mapped();
        dialogs.focused(true);
        now += Duration.ofSeconds(1).toNanos();
        dialogs.tick();
    }

    private static Selection selection(List<String> paths, FileAccess access) {
        return new Selection(paths, List.of(), List.of(), null, new Terms(access, new LoanTime.Stopped()));
    }

    private static Selection selection(Path path) {
        return selection(List.of(path.toString()), FileAccess.READ);
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
        dialogs.said(show(1));
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
        armed(show(1, new Purpose.OpenFiles(true)));
        dialogs.lend(selection(paths, FileAccess.READ));
        assertTrue(drawn.getLast().contains("Choose fewer"), drawn.getLast());
        dialogs.lend(selection(paths.subList(0, 100), FileAccess.READ));
        assertEquals("vanish", drawn.getLast());
    }

    @Test
    void aSecondDialogIsDenied() {
        armed(1);
        dialogs.said(show(2));
        assertEquals(new FromWindow.Denied(2), said.getLast());
        assertTrue(dialogs.isArmed(), "the first is not touched");
        assertEquals(List.of("open 1"), drawn);
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
        dialogs.said(show(2));
        dialogs.mapped();
        now += Duration.ofSeconds(5).toNanos();
        dialogs.tick();
        assertFalse(dialogs.isArmed());
    }

    private void calm() {
        now += Duration.ofSeconds(1).toNanos();
        dialogs.tick();
    }

    private FromWindow.Chosen chosen() {
        return assertInstanceOf(FromWindow.Chosen.class, said.getLast());
    }

    @Test
    void aFileIsReplacedOnlyAfterASecondQuestionWithADelayOfItsOwn() throws IOException {
        Path there = Files.writeString(folder.resolve("there.odt"), "old");
        Selection save = selection(List.of(there.toString()), FileAccess.WRITE);
        armed(show(1, new Purpose.SaveFile("there.odt")));
        dialogs.replace();
        dialogs.lend(save);
        assertEquals("replace there.odt?", drawn.getLast());
        assertFalse(dialogs.isArmed(), "the second click of a double click must not replace");
        dialogs.replace();
        dialogs.lend(save);
        dialogs.deny();
        assertTrue(dialogs.isOpen());
        calm();
        assertEquals(new FromWindow.Armed(1), said.getLast(), "said again");
        dialogs.lend(save);
        assertTrue(dialogs.isOpen(), "the first button is none of the second question's");
        dialogs.replace();
        assertEquals(Kind.FILE, chosen().files().getFirst().kind());
    }

    @Test
    void theUserGoesBackAndTakesAnotherName() throws IOException {
        Path there = Files.writeString(folder.resolve("there.odt"), "old");
        armed(show(1, new Purpose.SaveFile("there.odt")));
        dialogs.lend(selection(List.of(there.toString()), FileAccess.WRITE));
        calm();
        dialogs.back();
        assertEquals("again", drawn.getLast());
        assertFalse(dialogs.isArmed());
        calm();
        dialogs.lend(selection(List.of(folder.resolve("new.odt").toString()), FileAccess.WRITE));
        assertEquals(Kind.NEW, chosen().files().getFirst().kind());
    }

    @Test
    void whatHasChangedSinceTheQuestionIsNotReplaced() throws IOException {
        Path there = Files.writeString(folder.resolve("there.odt"), "old");
        armed(show(1, new Purpose.SaveFile("there.odt")));
        dialogs.lend(selection(List.of(there.toString()), FileAccess.WRITE));
        calm();
        Files.move(there, folder.resolve("kept.odt"));
        Files.writeString(there, "another");
        dialogs.replace();
        assertTrue(dialogs.isOpen());
        assertTrue(drawn.contains("again"));
        assertEquals("“there.odt” has just been changed by somebody else. Look again.", drawn.getLast());
    }

    @Test
    void theNextDialogBeginsWhereTheUserLentLast() throws IOException {
        Path inside = Files.createDirectory(folder.resolve("Music"));
        assertEquals(folder, dialogs.startFolder());
        armed(1);
        dialogs.deny();
        assertEquals(folder, dialogs.startFolder());
        armed(2);
        dialogs.lend(selection(Files.writeString(inside.resolve("a"), "a")));
        assertEquals(inside.toRealPath(), dialogs.startFolder());
        armed(show(3, new Purpose.OpenFolders(false)));
        dialogs.lend(selection(inside));
        assertEquals(folder.toRealPath(), dialogs.startFolder(), "where the folder is, not within it");
        armed(show(4, new Purpose.SaveFiles(List.of("x"))));
        dialogs.lend(selection(List.of(inside.toString()), FileAccess.WRITE));
        assertEquals(inside.toRealPath(), dialogs.startFolder());
        Files.delete(inside.resolve("a"));
        Files.delete(inside);
        assertEquals(folder, dialogs.startFolder(), "it is gone");
    }

    @Test
    void theRootFolderHasNoNameToBeLentUnder() {
        armed(show(1, new Purpose.OpenFolders(false)));
        dialogs.lend(selection(Path.of("/")));
        assertEquals("The whole computer cannot be lent. Choose a folder in it.", drawn.getLast());
        assertTrue(dialogs.isOpen());
    }

    @Test
    void argumentsAreChecked() {
        Map<String, String> environment = Map.of("HOME", folder.toString(), "XDG_STATE_HOME", "/srv/state");
        List<Path> portals = List.of(folder.resolve(".config/spectrum-portal"), Path.of("/srv/state/spectrum-portal"));
        assertInstanceOf(Main.Command.Help.class, Main.parse(new String[] {"--help"}, environment));
        assertEquals(
                new Main.Command.Serve(folder, folder, portals, Duration.ofSeconds(1)),
                Main.parse(new String[] {}, environment));
        assertEquals(
                new Main.Command.Serve(folder, folder, List.of(Path.of("/a"), Path.of("/b")), Duration.ofMillis(5)),
                Main.parse(
                        new String[] {
                            "--arming-delay-ms",
                            "5",
                            "--start-folder",
                            folder.toString(),
                            "--portal-folder",
                            "/a",
                            "--portal-folder",
                            "/b"
                        },
                        environment));
        for (String[] wrong : List.of(
                new String[] {"--what"},
                new String[] {"--arming-delay-ms"},
                new String[] {"--arming-delay-ms", "-1"},
                new String[] {"--arming-delay-ms", "soon"},
                new String[] {"--start-folder", "relative"},
                new String[] {"--portal-folder", "relative"},
                new String[] {"--start-folder", "/absent/folder"})) {
            assertInstanceOf(Main.Command.Wrong.class, Main.parse(wrong, environment), String.join(" ", wrong));
        }
    }

    private static ToWindow.Show key(long id, KeyQuestion.@Nullable Again again) {
        return new ToWindow.Show(
                id,
                new InstanceLabel("mail", "#3584e4"),
                null,
                new KeyQuestion(
                        KeyQuestion.Operation.DECRYPT,
                        new KeyQuestion.Key(new ClaimedText("Ada", false), "A".repeat(40), null, null),
                        new KeyQuestion.Subject.UnseenCiphertext(),
                        again));
    }

    @Test
    void aKeyIsAgreedToOnceAndOnlyWhenArmed() {
        dialogs.said(key(1, new KeyQuestion.Again(5, 0)));
        dialogs.mapped();
        dialogs.focused(true);
        dialogs.agree(true);
        assertEquals(List.of(new FromWindow.Mapped(1)), said);
        now += Duration.ofSeconds(1).toNanos();
        dialogs.agree(true);
        dialogs.agree(false);
        assertEquals(List.of(new FromWindow.Mapped(1), new FromWindow.Agreed(1, true)), said);
        assertEquals(List.of("open 1", "vanish"), drawn);
    }

    @Test
    void whatWasNotAskedIsNotAnswered() {
        armed(1);
        assertThrows(IllegalStateException.class, () -> dialogs.agree(false), "files were asked for");
        dialogs.deny();
        armed(key(2, null));
        assertThrows(IllegalStateException.class, () -> dialogs.agree(true), "nothing besides was offered");
        assertThrows(
                IllegalStateException.class,
                () -> dialogs.lend(selection(List.of("/a"), FileAccess.READ)),
                "a key was asked for");
        dialogs.agree(false);
        assertEquals(new FromWindow.Agreed(2, false), said.getLast());
    }

    private static ToWindow.Show device(long id) {
        var stick = new DeviceQuestion.Candidate(
                "stick",
                List.of(DeviceQuestion.Kind.STORAGE),
                "Stick",
                null,
                null,
                "0781:5580",
                "1-2",
                new DeviceQuestion.State.Mounted(List.of(new ClaimedText("/media/a", false))));
        return new ToWindow.Show(
                id,
                new InstanceLabel("mail", "#3584e4"),
                null,
                new DeviceQuestion(List.of(stick), false, new LoanTime.Stopped()));
    }

    @Test
    void aDeviceIsPickedOnceOnlyWhenArmedAndOnlyAsItWasSaid() {
        var pick = new DevicePick(List.of("stick"), new LoanTime.Over(60), true);
        dialogs.said(device(1));
        dialogs.mapped();
        dialogs.focused(true);
        dialogs.pick(pick);
        assertEquals(List.of(new FromWindow.Mapped(1)), said);
        calm();
        dialogs.pick(new DevicePick(List.of(), new LoanTime.Stopped(), true));
        dialogs.pick(new DevicePick(List.of("stick"), new LoanTime.Stopped(), false));
        dialogs.pick(new DevicePick(List.of("another"), new LoanTime.Stopped(), true));
        assertTrue(dialogs.isOpen(), "the question stays");
        dialogs.pick(pick);
        dialogs.pick(pick);
        var picked = new FromWindow.Picked(1, List.of("stick"), new LoanTime.Over(60), true);
        assertEquals(List.of(new FromWindow.Mapped(1), new FromWindow.Armed(1), picked), said);
        armed(2);
        assertThrows(IllegalStateException.class, () -> dialogs.pick(pick), "files were asked for");
        dialogs.deny();
        armed(device(3));
        assertThrows(IllegalStateException.class, () -> dialogs.agree(false), "a device was asked for");
    }
}
