// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.spectrum_os.portal.consent.contract.ClaimedText;
import org.spectrum_os.portal.consent.contract.ContractLimits;
import org.spectrum_os.portal.consent.contract.DeviceQuestion;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Candidate;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Kind;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Reason;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.State;
import org.spectrum_os.portal.consent.contract.InstanceLabel;
import org.spectrum_os.portal.consent.contract.LoanTime;

class DeviceWordingTest {
    private static final InstanceLabel MAIL = new InstanceLabel("mail", "#3584e4");
    private static final LoanTime STOPPED = new LoanTime.Stopped();
    private static final State FREE = new State.Free();
    private static final State MOUNTED = new State.Mounted(List.of(claim("/media/ada/STICK")));

    private static ClaimedText claim(String text) {
        return new ClaimedText(text, false);
    }

    private static Candidate device(
            String port, String name, @Nullable String itself, @Nullable String serial, State state, Kind... kinds) {
        return new Candidate(
                port,
                List.of(kinds),
                name,
                itself == null ? null : claim(itself),
                serial == null ? null : claim(serial),
                "0781:5580",
                port,
                state);
    }

    private static Candidate stick(String port, State state) {
        return device(port, "SanDisk Ultra", "Ultra", "4C53", state, Kind.STORAGE);
    }

    private static String outcome(boolean several, List<Candidate> devices, LoanTime loan, int chosen) {
        var question = new DeviceQuestion(devices, several, STOPPED);
        return DeviceOutcome.sentence(MAIL, question, devices.subList(0, chosen), loan)
                .plain();
    }

    private static String state(State state) {
        return DeviceWording.state(stick("1-1", state)).orElse("");
    }

    @Test
    void theSentenceSaysWhatIsLentAndUntilWhen() {
        Candidate keyboard = device("1-4", "", null, null, FREE, Kind.KEYBOARD);
        List<Candidate> two = List.of(stick("1-1", FREE), keyboard);
        assertEquals(
                "Choose the device that mail may use. Nothing is lent until you do.", outcome(false, two, STOPPED, 0));
        assertEquals(
                "Choose the devices that mail may use. Nothing is lent until you do.", outcome(true, two, STOPPED, 0));
        assertEquals(
                "mail will have SanDisk Ultra until it stops. This computer cannot use it meanwhile.",
                outcome(false, two, STOPPED, 1));
        assertEquals(
                "mail will have 2 devices for 15 minutes, or until it stops if that is sooner."
                        + " This computer cannot use them meanwhile.",
                outcome(true, two, new LoanTime.Over(900), 2));
        assertEquals(
                "mail will have the unknown device 0781:5580 until it stops. This computer cannot use it meanwhile.",
                outcome(false, List.of(keyboard), STOPPED, 1));
        assertEquals(
                "mail will have SanDisk Ultra until it stops. What is mounted is unmounted first, and this computer cannot"
                        + " use it meanwhile.",
                outcome(false, List.of(stick("1-1", MOUNTED)), STOPPED, 1));
        assertThrows(IllegalArgumentException.class, () -> outcome(false, two, new LoanTime.Revoked(), 1));
    }

    @Test
    void whatLooksAlikeIsToldApartByItsPort() {
        Candidate other = device("1-9", "SanDisk Ultra", "Ultra", "4C54", FREE, Kind.STORAGE);
        List<Candidate> three = List.of(stick("1-1", FREE), stick("1-2.3", MOUNTED), other);
        var question = new DeviceQuestion(three, false, STOPPED);
        assertEquals(
                "mail will have SanDisk Ultra at port 1-1 until it stops. This computer cannot use it meanwhile.",
                outcome(false, three, STOPPED, 1));
        assertTrue(DeviceWording.hasTwin(question, three.get(1)), "its state is no part of it");
        assertFalse(DeviceWording.hasTwin(question, other), "its serial number is another");
    }

    @Test
    void whatTheDeviceSaysIsQuotedAndTheHostsNameComesFirst() {
        Candidate stick = stick("1-2.3", FREE);
        assertEquals("SanDisk Ultra", DeviceWording.name(stick));
        assertEquals("Calls itself “\u2068Ultra\u2069”, serial number “\u20684C53\u2069”", DeviceWording.claim(stick));
        Candidate mute = device("1-1", " ", " ", null, FREE, Kind.STORAGE, Kind.KEYBOARD, Kind.BLUETOOTH);
        assertEquals("Unknown device 0781:5580", DeviceWording.name(mute));
        assertEquals("Does not say what it is", DeviceWording.claim(mute));
        assertEquals("Memory stick or disk + keyboard + Bluetooth adapter", DeviceWording.kinds(mute));
        assertEquals("SanDisk Ultra, Memory stick or disk, port 1-2.3", DeviceWording.spoken(stick));
        assertEquals("Bluetooth adapter", DeviceWording.kinds(device("1-1", "", "", "", FREE, Kind.BLUETOOTH)));
    }

    @Test
    void aLongClaimIsCutForTheEyeAndWholeForTheEar() {
        String most = "”<b>".repeat(ContractLimits.CLAIM_CODE_POINTS / 4);
        Candidate loud = device("1-1", "x".repeat(5000), most, most, FREE, Kind.STORAGE);
        assertTrue(DeviceWording.claim(loud).length() < 600, "seen");
        assertTrue(DeviceWording.name(loud).length() < 300, "seen");
        assertEquals(2, DeviceWording.claim(loud).chars().filter(c -> c == '”').count(), "closed by the host alone");
        assertTrue(DeviceWording.described(loud).length() > 2 * most.length(), "heard");
        String outcome = outcome(false, List.of(loud), STOPPED, 1);
        assertTrue(outcome.length() < 150, outcome);
        String usb = "\u0301".repeat(126);
        assertTrue(
                DeviceWording.claim(device("1-1", "", usb, usb, FREE, Kind.OTHER))
                        .contains(usb),
                "the longest string that USB has is seen whole");
    }

    @Test
    void markupInANameIsNone() {
        Candidate bad = device("1-1", "<i>&amp;", "<b>", null, FREE, Kind.OTHER);
        Sentence sentence =
                DeviceOutcome.sentence(MAIL, new DeviceQuestion(List.of(bad), false, STOPPED), List.of(bad), STOPPED);
        assertTrue(sentence.markup().contains("&lt;i&gt;&amp;amp;"), sentence.markup());
        assertFalse(sentence.markup().contains("<i>"), sentence.markup());
    }

    @Test
    void theStateSaysWhatItMeans() {
        assertEquals(Optional.empty(), DeviceWording.state(stick("1-1", FREE)));
        assertEquals(
                "In use by this computer (driver usbhid), which loses it meanwhile.",
                state(new State.InUse(List.of("usbhid"))));
        assertEquals(
                "In use by this computer (drivers a, b, c and 2 more), which loses it meanwhile.",
                state(new State.InUse(List.of("a", "usbfs", "b", "c", "d", "e"))));
        assertEquals(
                "In use by a program on this computer, which loses it meanwhile.",
                state(new State.InUse(List.of("usbfs"))));
        assertEquals("Mounted at “\u2068/media/ada/STICK\u2069”; it will be unmounted first.", state(MOUNTED));
        assertEquals("Cannot be lent: it is lent to work now.", state(new State.Impossible(Reason.LENT, "work")));
        Set<String> reasons = new HashSet<>();
        for (Reason reason : Reason.values()) {
            String said = state(new State.Impossible(reason, reason == Reason.LENT ? "work" : null));
            assertTrue(said.startsWith("Cannot be lent: ") && reasons.add(said), said);
        }
    }

    private static List<String> warnings(Candidate... chosen) {
        return DeviceWarnings.of("mail", List.of(chosen));
    }

    private static Candidate of(String name, Kind... kinds) {
        return device("1-" + name.length(), name, null, null, FREE, kinds);
    }

    @Test
    void onlyWhatIsDangerousIsWarnedOfOnceAndInOneLine() {
        assertEquals(List.of(), warnings(of("a", Kind.CAMERA, Kind.SOUND), of("b", Kind.PRINTER)));
        assertEquals(
                List.of("What is typed on it goes to mail, not to this computer: passwords too."),
                warnings(of("a", Kind.KEYBOARD)));
        assertEquals(
                List.of("What is clicked with it goes to mail, not to this computer."),
                warnings(of("a", Kind.POINTER)));
        assertEquals(
                List.of(
                        "What is typed and clicked with a and bb goes to mail, not to this computer: passwords too.",
                        "mail can read, change and erase everything on ccc."),
                warnings(of("a", Kind.KEYBOARD), of("bb", Kind.POINTER), of("ccc", Kind.STORAGE)));
        assertEquals(
                List.of("mail can read, change and erase everything on 3 of them."),
                warnings(of("a", Kind.STORAGE), of("bb", Kind.STORAGE), of("ccc", Kind.STORAGE), of("d", Kind.SOUND)));
        assertEquals(4, warnings(of("a", Kind.values())).size(), "more would not be read");
        assertEquals(
                List.of("mail can put another program into a and bb; what comes back may be a keyboard."),
                warnings(of("a", Kind.FIRMWARE, Kind.SPECIAL), of("bb", Kind.OTHER), of("ccc", Kind.SOUND)));
        for (Kind kind : List.of(
                Kind.SECURITY_KEY,
                Kind.SMART_CARD,
                Kind.NETWORK,
                Kind.BLUETOOTH,
                Kind.FIRMWARE,
                Kind.SPECIAL,
                Kind.OTHER)) {
            List<String> lines = warnings(of("a", kind));
            assertEquals(1, lines.size(), kind.name());
            assertTrue(lines.getFirst().contains("mail") && lines.getFirst().length() < 110, lines.getFirst());
        }
    }

    @Test
    void roomIsKeptForTheMostWarningsThatThereCanBe() {
        List<Candidate> devices = List.of(
                of("a", Kind.STORAGE, Kind.KEYBOARD),
                of("bb", Kind.NETWORK),
                of("ccc", Kind.STORAGE),
                of("dddd", Kind.SOUND));
        assertEquals(2, DeviceWarnings.most(new DeviceQuestion(devices, false, STOPPED)));
        assertEquals(3, DeviceWarnings.most(new DeviceQuestion(devices, true, STOPPED)));
        assertEquals(0, DeviceWarnings.most(new DeviceQuestion(devices.subList(3, 4), true, STOPPED)));
    }

    @Test
    void everyTimeThatIsOfferedEndsWithTheVm() {
        LoanTime quarter = new LoanTime.Over(900);
        LoanTime hour = new LoanTime.Over(3600);
        assertEquals(List.of(STOPPED, quarter, hour), LoanTimes.ofDevices(STOPPED));
        assertEquals(List.of(STOPPED, quarter, hour), LoanTimes.ofDevices(hour));
        assertEquals(
                List.of(STOPPED, new LoanTime.Over(60), quarter, hour), LoanTimes.ofDevices(new LoanTime.Over(60)));
        assertEquals(
                List.of(STOPPED, quarter, hour, new LoanTime.Over(86_400)),
                LoanTimes.ofDevices(new LoanTime.Over(86_400)));
    }

    @Test
    void titleBannerAndButtonsSayWhatIsAsked() {
        var one = new DeviceQuestion(List.of(stick("1-1", MOUNTED)), false, STOPPED);
        var several = new DeviceQuestion(List.of(stick("1-1", MOUNTED)), true, STOPPED);
        assertEquals("«mail» asks to use a USB device — Spectrum Portal", Wording.windowTitle("mail", one));
        assertEquals("asks to use USB devices of this computer", Wording.bannerLine(several));
        assertEquals("_Lend to mail", Wording.agree(MAIL, one));
        assertEquals("Unmount and _lend", DeviceWording.agree("mail", true));
        assertEquals("_Lend to my__vm", DeviceWording.agree("my_vm", false));
        assertEquals("_Lend to " + "x".repeat(24) + "…", DeviceWording.agree("x".repeat(64), false));
        Set<Character> seen = new HashSet<>();
        for (String marked : List.of(
                Wording.DENY,
                Wording.block("mail"),
                DeviceWording.agree("mail", false),
                Wording.howLong(STOPPED),
                Wording.howLong(new LoanTime.Over(3600)))) {
            assertTrue(seen.add(Character.toLowerCase(marked.charAt(marked.indexOf('_') + 1))), marked);
        }
    }
}
