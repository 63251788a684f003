// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.spectrum_os.portal.consent.contract.ClaimedText;
import org.spectrum_os.portal.consent.contract.DeviceQuestion;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Candidate;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Kind;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Reason;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.State;
import org.spectrum_os.portal.consent.contract.FromWindow.Picked;
import org.spectrum_os.portal.consent.contract.LoanTime;

class DeviceGateTest {
    private static final LoanTime STOPPED = new LoanTime.Stopped();
    private static final Candidate HUB = device("hub", new State.Impossible(Reason.HUB, null));
    private static final Candidate FREE = device("free", new State.Free());
    private static final Candidate USED = device("used", new State.InUse(List.of("usbhid")));
    private static final Candidate MOUNTED =
            device("mounted", new State.Mounted(List.of(new ClaimedText("/media/a", false))));

    private static Candidate device(String id, State state) {
        return new Candidate(id, List.of(Kind.STORAGE), "Stick", null, null, "0781:5580", "1-2", state);
    }

    private static DeviceQuestion question(boolean several, Candidate... devices) {
        return new DeviceQuestion(List.of(devices), several, STOPPED);
    }

    private static DevicePick pick(boolean unmount, String... devices) {
        return new DevicePick(List.of(devices), STOPPED, unmount);
    }

    private static List<String> ids(List<Candidate> devices) {
        return devices.stream().map(Candidate::id).toList();
    }

    @Test
    void theOnlyOneThatCanBeLentIsChosenFirst() {
        assertEquals(List.of("used"), DeviceGate.chosenFirst(question(false, HUB, USED)));
        assertEquals(List.of("mounted"), DeviceGate.chosenFirst(question(true, MOUNTED)));
        assertEquals(List.of(), DeviceGate.chosenFirst(question(false, FREE, USED)), "the user says which");
    }

    @Test
    void whatCannotBeLentStandsLastAndIsNeverChosen() {
        DeviceQuestion question = question(true, HUB, FREE, USED);
        assertEquals(List.of("free", "used", "hub"), ids(DeviceGate.listed(question)));
        assertEquals(
                List.of("free", "used"), ids(DeviceGate.chosen(question, List.of("used", "hub", "free", "another"))));
    }

    @Test
    void onlyWhatIsChosenAndMountedIsUnmounted() {
        DeviceQuestion question = question(true, FREE, MOUNTED, USED);
        assertEquals(
                Optional.of(new Picked(3, List.of("free"), STOPPED, false)),
                DeviceGate.answer(3, question, pick(false, "free")));
        assertEquals(
                Optional.of(new Picked(3, List.of("free"), STOPPED, false)),
                DeviceGate.answer(3, question, pick(true, "free")),
                "nothing that is lent is mounted");
        assertEquals(
                Optional.of(new Picked(3, List.of("mounted", "used"), STOPPED, true)),
                DeviceGate.answer(3, question, pick(true, "used", "mounted")));
        assertEquals(
                Optional.empty(),
                DeviceGate.answer(3, question, pick(false, "used", "mounted")),
                "the user was not told");
    }

    @Test
    void nothingThatTheBackendWouldRefuseIsEverAnAnswer() {
        List<String> names = List.of("hub", "free", "used", "mounted", "another");
        int answers = 0;
        for (boolean several : List.of(true, false)) {
            DeviceQuestion question = question(several, HUB, FREE, USED, MOUNTED);
            for (boolean unmount : List.of(true, false)) {
                for (LoanTime loan : List.of(STOPPED, new LoanTime.Over(60), new LoanTime.Revoked())) {
                    for (int subset = 0; subset < 1 << names.size(); subset++) {
                        List<String> picked = new ArrayList<>();
                        for (int i = 0; i < names.size(); i++) {
                            if ((subset >> i & 1) == 1) {
                                picked.add(names.get(i));
                            }
                        }
                        Optional<Picked> answer = DeviceGate.answer(1, question, new DevicePick(picked, loan, unmount));
                        answers += answer.isPresent() ? 1 : 0;
                        assertEquals(Optional.empty(), answer.flatMap(question::objectionTo), () -> "to " + picked);
                        assertTrue(
                                answer.stream()
                                        .allMatch(given -> given.devices().size() == picked.size()
                                                && picked.containsAll(given.devices())),
                                () -> "all of " + picked + " or nothing");
                    }
                }
            }
        }
        // Two times; of three devices that can be lent seven sets, four of them with the mounted one, or three single
        // ones.
        assertEquals(2 * (7 + 3 + 3 + 2), answers);
        assertEquals(Optional.empty(), DeviceGate.answer(1, question(true, FREE), pick(false, "free", "free")));
    }
}
