// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.desktop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.spectrum_os.portal.tests.desktop.DeviceQuestions.CAMERA;
import static org.spectrum_os.portal.tests.desktop.DeviceQuestions.FREE;
import static org.spectrum_os.portal.tests.desktop.DeviceQuestions.KEYBOARD;
import static org.spectrum_os.portal.tests.desktop.DeviceQuestions.MOUNTED;
import static org.spectrum_os.portal.tests.desktop.DeviceQuestions.NAMELESS;
import static org.spectrum_os.portal.tests.desktop.DeviceQuestions.SECURITY_KEY;
import static org.spectrum_os.portal.tests.desktop.DeviceQuestions.STICK;
import static org.spectrum_os.portal.tests.desktop.DeviceQuestions.STOPPED;
import static org.spectrum_os.portal.tests.desktop.DeviceQuestions.claim;
import static org.spectrum_os.portal.tests.desktop.DeviceQuestions.device;
import static org.spectrum_os.portal.tests.desktop.DeviceQuestions.one;
import static org.spectrum_os.portal.tests.desktop.DeviceQuestions.several;
import static org.spectrum_os.portal.tests.desktop.DeviceQuestions.stick;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.spectrum_os.portal.consent.contract.DeviceQuestion;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Kind;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.State;
import org.spectrum_os.portal.consent.contract.FromWindow.Armed;
import org.spectrum_os.portal.consent.contract.FromWindow.Blocked;
import org.spectrum_os.portal.consent.contract.FromWindow.Denied;
import org.spectrum_os.portal.consent.contract.FromWindow.Mapped;
import org.spectrum_os.portal.consent.contract.FromWindow.Picked;
import org.spectrum_os.portal.consent.contract.LoanTime;
import org.spectrum_os.portal.consent.contract.ToWindow.Close;
import org.spectrum_os.portal.consent.contract.ToWindow.Reason;
import org.spectrum_os.portal.consent.contract.ToWindow.Show;

/** The real window, asked for a USB device, answered by keyboard and accessibility. */
class DeviceWindowTest extends AskedWindow {
    private static final Duration MOMENT = Duration.ofSeconds(1);

    DeviceWindowTest() {
        super("device");
    }

    private static void says(ConsentDialog dialog, String... texts) {
        List<String> all = dialog.texts();
        for (String text : texts) {
            assertTrue(all.contains(text), "“" + text + "” is not among " + all);
        }
    }

    private static List<String> checked(ConsentDialog dialog) {
        return dialog.devices().stream()
                .filter(Accessible::isChecked)
                .map(Accessible::name)
                .toList();
    }

    @Test
    void theOnlyDeviceIsChosenAlreadyAndOneClickLendsIt() throws Exception {
        ConsentDialog dialog = ask(one(STICK), "one");
        assertEquals("«mail» asks to use a USB device — Spectrum Portal", dialog.title());
        says(
                dialog,
                "mail",
                "asks to use a USB device of this computer",
                "blue heron",
                "mail will have SanDisk Corp. Ultra Fit until it stops. This computer cannot use it meanwhile.",
                "SanDisk Corp. Ultra Fit",
                "Memory stick or disk",
                "Calls itself “\u2068SanDisk Ultra Fit\u2069”, serial number “\u20684C530001140610111433\u2069”",
                "In use by this computer (driver usb-storage), which loses it meanwhile.",
                "port 1-2.3",
                "0781:5583",
                "mail can read, change and erase everything on it.");
        assertTrue(dialog.button("Deny").isFocused(), "Deny has the focus");
        dialog.lend();
        assertEquals(new Picked(1, List.of("at 1-2.3"), STOPPED, false), ui().next(Picked.class));
        ConsentDialog.awaitNone(desktop(), PATIENCE);
    }

    @Test
    void ofTwoThatLookAlikeThePortTellsWhichAndNoneIsChosenFirst() throws Exception {
        ConsentDialog dialog = ask(one(STICK, stick("1-4", FREE), CAMERA), "two alike");
        says(dialog, "Choose the device that mail may use. Nothing is lent until you do.");
        assertEquals(List.of(), checked(dialog));
        assertFalse(dialog.button("Lend").isSensitive(), "nothing is chosen");
        desktop().keys("alt+l");
        assertEquals(Optional.empty(), ui().within(MOMENT), "nothing is lent");
        dialog.chooseDevice("1-4");
        dialog.awaitText("mail will have SanDisk Corp. Ultra Fit at port 1-4 until it stops.");
        picture("second of two alike");
        dialog.chooseDevice("2-1.4.1");
        dialog.awaitText("mail will have Logitech, Inc. Webcam C270 until it stops.");
        dialog.chooseDevice("1-2.3");
        dialog.awaitText("mail will have SanDisk Corp. Ultra Fit at port 1-2.3 until it stops.");
        assertEquals(1, checked(dialog).size(), "one at a time");
        dialog.lend();
        assertEquals(List.of("at 1-2.3"), ui().next(Picked.class).devices());
    }

    @Test
    void whatIsMountedIsUnmountedOnlyAfterTheButtonHasSaidSo() throws Exception {
        ConsentDialog dialog = ask(one(STICK, MOUNTED), "mounted");
        int deny = dialog.button("Deny").bottom();
        assertEquals("Lend to mail", dialog.button("Lend").name());
        dialog.chooseDevice("1-4");
        dialog.awaitText("What is mounted is unmounted first, and this computer cannot use it meanwhile.");
        says(
                dialog,
                "Mounted at “\u2068/media/ada/HOLIDAY\u2069”, “\u2068/media/ada/MUSIC\u2069”; it will be unmounted first.");
        assertEquals("Unmount and lend", dialog.button("Unmount").name());
        assertEquals(deny, dialog.button("Deny").bottom());
        picture("mounted chosen");
        dialog.unmountAndLend();
        assertEquals(new Picked(1, List.of("at 1-4"), STOPPED, true), ui().next(Picked.class));
        dialog = open(2, several(STICK, MOUNTED));
        dialog.chooseDevice("1-4");
        dialog.button("Unmount");
        dialog.chooseDevice("1-4");
        dialog.chooseDevice("1-2.3");
        dialog.lend();
        ui().next(Armed.class);
        assertEquals(new Picked(2, List.of("at 1-2.3"), STOPPED, false), ui().next(Picked.class));
    }

    @Test
    void severalAreLentTogetherForTheTimeThatIsSet() throws Exception {
        var question = new DeviceQuestion(
                List.of(STICK, KEYBOARD, SECURITY_KEY, CAMERA, NAMELESS), true, new LoanTime.Over(86_400));
        ConsentDialog dialog = ask(question, "several");
        says(dialog, "asks to use USB devices of this computer", "Unknown device 1d6b:0104");
        dialog.focusDevice("1-7");
        desktop().keys("Up", "Up", "Up", "Up", "Down", "Right", "space");
        dialog.awaitText("mail will have Logitech, Inc. Keyboard K120 for 1 day, or until it stops if that is sooner.");
        says(dialog, "What is typed on it goes to mail, not to this computer: passwords too.");
        dialog.chooseDevice("1-2.3");
        dialog.chooseDevice("1-1");
        dialog.awaitText("mail will have 3 devices for 1 day");
        picture("three of several");
        dialog.chooseDevice("1-1");
        desktop().keys("alt+h");
        dialog.awaitText(
                "mail will have 2 devices for 1 hour, or until it stops if that is sooner. This computer cannot");
        dialog.lend();
        assertEquals(
                new Picked(1, List.of("at 1-2.3", "at 3-1"), new LoanTime.Over(3600), false), ui().next(Picked.class));
    }

    @Test
    void whatCannotBeLentSaysWhyAndIsNothingThatCanBeChosen() throws Exception {
        ConsentDialog dialog = ask(DeviceQuestions.withImpossible(CAMERA, STICK), "impossible");
        says(
                dialog,
                "Cannot be lent: other devices are connected through it.",
                "Cannot be lent: this computer runs from it.",
                "Cannot be lent: it is this computer’s only keyboard.",
                "Cannot be lent: it is this computer’s only mouse or touchpad.",
                "Cannot be lent: it is lent to work now.",
                "Cannot be lent: you may not open it on this computer.");
        List<String> lendable = List.of(
                "Logitech, Inc. Webcam C270, Camera + sound device, port 2-1.4.1",
                "SanDisk Corp. Ultra Fit, Memory stick or disk, port 1-2.3");
        assertEquals(lendable, dialog.devices().stream().map(Accessible::name).toList(), "the others are no buttons");
        dialog.focusDevice("2-1.4.1");
        for (String key : List.of("Down", "Down", "Down", "space", "Down", "Return", "End", "space")) {
            desktop().keys(key);
            assertTrue(checked(dialog).size() <= 1 && lendable.containsAll(checked(dialog)), "after " + key);
        }
        picture("impossible, one chosen");
        dialog.deny();
        ui().next(Denied.class);
    }

    @Test
    void aRowIsReachedByTabAndChosenByReturnWhichDoesNotLend() throws Exception {
        ConsentDialog dialog = ask(one(STICK, CAMERA), "by keyboard");
        String first = dialog.devices().getFirst().name();
        dialog.focus(first);
        desktop().keys("Down");
        dialog.awaitText("mail will have Logitech, Inc. Webcam C270 until it stops.");
        desktop().keys("Up");
        dialog.awaitText("mail will have SanDisk Corp. Ultra Fit until it stops.");
        desktop().keys("Return");
        assertEquals(Optional.empty(), ui().within(MOMENT), "Return on a row is no answer");
        assertEquals(List.of(first), checked(dialog));
        assertTrue(
                dialog.device("1-2.3").description().contains("serial number “\u20684C530001140610111433\u2069”"),
                dialog.device("1-2.3").description());
        desktop().keys("alt+l");
        assertEquals(List.of("at 1-2.3"), ui().next(Picked.class).devices());
    }

    @Test
    @DisplayName("before a second has passed, no key and no button does anything, and nothing can be chosen")
    void nothingHappensBeforeArming() throws Exception {
        ui().say(new Show(1, MAIL, "blue heron", several(STICK, CAMERA)));
        ui().next(Mapped.class);
        long mapped = System.nanoTime();
        ConsentDialog dialog = ConsentDialog.await(desktop(), PATIENCE);
        assertFalse(dialog.device("1-2.3").isSensitive(), "could be chosen");
        assertFalse(dialog.button("Lend").isSensitive(), "could be lent");
        desktop().key("Return", true);
        desktop().keys("alt+l", "space", "Escape", "alt+h");
        picture("not yet armed");
        ui().next(Armed.class);
        assertTrue(System.nanoTime() - mapped > Duration.ofMillis(800).toNanos(), "armed early");
        assertEquals(Optional.empty(), ui().within(MOMENT), "Return is still down");
        desktop().key("Return", false);
        assertEquals(List.of(), checked(dialog), "chosen too early");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Return", "Escape", "space", "alt+d"})
    void denyIsTheDefault(String key) throws Exception {
        ConsentDialog dialog = ask(one(STICK), "one");
        assertTrue(dialog.button("Deny").isFocused(), "Deny has the focus");
        desktop().keys(key);
        assertEquals(1, ui().next(Denied.class).id());
    }

    @Test
    void anExpiredQuestionGoesAndTheNextOneIsBlockedOrClosed() throws Exception {
        open(1, one(STICK, CAMERA)).chooseDevice("1-2.3");
        ui().next(Armed.class);
        ui().say(new Close(1, Reason.EXPIRED));
        ConsentDialog.awaitNone(desktop(), Duration.ofSeconds(2));
        assertEquals(Optional.empty(), ui().within(MOMENT), "no answer follows");
        ConsentDialog dialog = open(2, one(STICK, CAMERA));
        assertEquals(List.of(), checked(dialog), "nothing passes from one to the next");
        dialog.block();
        ui().next(Armed.class);
        assertEquals(2, ui().next(Blocked.class).id());
        open(3, one(STICK)).awaitArmed();
        ui().next(Armed.class);
        desktop().closeFocusedWindow();
        assertEquals(3, ui().next(Denied.class).id());
    }

    @Test
    void nothingMovesWhenADeviceIsChosen() throws Exception {
        ConsentDialog dialog = ask(one(MOUNTED, SECURITY_KEY, CAMERA), "three");
        List<String> before = places(dialog);
        dialog.chooseDevice("1-1");
        dialog.awaitText("mail can log in with it");
        picture("security key");
        assertEquals(before, places(dialog));
        dialog.chooseDevice("1-4");
        dialog.awaitText("mail can read, change and erase everything on it.");
        assertEquals(before, places(dialog));
        dialog.deny();
        ui().next(Denied.class);
    }

    private static List<String> places(ConsentDialog dialog) throws Exception {
        List<Accessible> things = new ArrayList<>(dialog.devices());
        things.add(dialog.button("Deny"));
        things.add(dialog.button("Block"));
        List<String> places = new ArrayList<>();
        for (Accessible thing : things) {
            places.add(thing.name() + " " + thing.corners());
        }
        return places;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void sixtyFourDevicesScrollAndTheLastOneIsReached(boolean several) throws Exception {
        long asked = System.nanoTime();
        ConsentDialog dialog = ask(DeviceQuestions.most(several), several ? "64, several" : "64");
        assertTrue(
                System.nanoTime() - asked < SOON.toNanos(),
                "armed after " + (System.nanoTime() - asked) / 1_000_000 + " ms");
        assertEquals(64, dialog.devices().size());
        dialog.chooseDevice("1-64");
        dialog.awaitText("mail will have SanDisk Corp. Ultra Fit at port 1-64 until it stops.");
        picture(several ? "64, several, last" : "64, last");
        dialog.lend();
        assertEquals(List.of("at 1-64"), ui().next(Picked.class).devices());
    }

    /** Each as long as USB allows and as long as the contract allows; some pile marks, some turn the direction, some break lines. */
    @ParameterizedTest
    @ValueSource(strings = {"<b>x</b> &amp; ”", "\u202e\u05d0", "\u0301", "\u001b[31m\n", "x", "word ", "\ud800", "画"})
    void hostileStringsAreShownLiterallyAndLeaveTheButtonsThere(String piece) throws Exception {
        String most = piece.repeat(64 * 1024 / piece.length());
        String usb = most.substring(0, 126);
        var places = new State.Mounted(List.of(claim("/media/" + most), claim("/media/" + usb), claim(piece)));
        var loud = device("1-1", "0000:0000", claim(most).text(), most, most, places, Kind.values());
        var same = device("1-2", "0000:0000", claim(usb).text(), usb, usb, FREE, Kind.OTHER);
        long asked = System.nanoTime();
        ConsentDialog dialog = ask(several(loud, same, STICK), "hostile " + Character.getName(piece.codePointAt(0)));
        assertTrue(
                System.nanoTime() - asked < SOON.toNanos(),
                "armed after " + (System.nanoTime() - asked) / 1_000_000 + " ms");
        String shown = claim(usb).text().replace('”', '"');
        assertTrue(
                dialog.texts().stream().anyMatch(text -> text.contains("“\u2068" + shown.substring(0, 120))),
                dialog.texts().toString());
        assertTrue(
                dialog.device("1-1").description().contains(claim(most).text().replace('”', '"')), "heard whole");
        dialog.chooseDevice("1-1");
        dialog.chooseDevice("1-2");
        dialog.awaitText("mail will have 2 devices until it stops.");
        picture("hostile chosen " + Character.getName(piece.codePointAt(0)));
        for (String button : List.of("Block mail", "Deny", "Unmount and lend")) {
            assertTrue(dialog.button(button).bottom() <= WINDOW_HEIGHT, button + " is not in the window");
        }
        dialog.deny();
        ui().next(Denied.class);
    }
}
