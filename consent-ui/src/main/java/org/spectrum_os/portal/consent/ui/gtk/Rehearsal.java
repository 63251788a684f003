// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui.gtk;

import java.util.List;
import org.spectrum_os.portal.consent.contract.ClaimedText;
import org.spectrum_os.portal.consent.contract.ContentView;
import org.spectrum_os.portal.consent.contract.DeviceQuestion;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Candidate;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Kind;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.State;
import org.spectrum_os.portal.consent.contract.FileQuestion;
import org.spectrum_os.portal.consent.contract.FileQuestion.ChoiceRow;
import org.spectrum_os.portal.consent.contract.FileQuestion.FilterRow;
import org.spectrum_os.portal.consent.contract.FileQuestion.OptionRow;
import org.spectrum_os.portal.consent.contract.KeyQuestion;
import org.spectrum_os.portal.consent.contract.LoanTime;
import org.spectrum_os.portal.consent.contract.Purpose;
import org.spectrum_os.portal.consent.contract.Question;
import org.spectrum_os.portal.consent.contract.ShownText;

/** Made-up questions, which nobody sees and which have something of everything. */
final class Rehearsal {
    private static final ClaimedText NONE = new ClaimedText("", false);

    static final Question FILES = new FileQuestion(
            NONE,
            NONE,
            new Purpose.OpenFiles(true),
            List.of(new FilterRow(NONE, List.of("*.txt"), List.of("text/plain"))),
            null,
            List.of(
                    new ChoiceRow("box", NONE, List.of(), ""),
                    new ChoiceRow("list", NONE, List.of(new OptionRow("one", NONE)), "")),
            NONE);

    static final Question KEY = new KeyQuestion(
            KeyQuestion.Operation.SIGN,
            new KeyQuestion.Key(new ClaimedText("Nobody", false), "0".repeat(40), null, null),
            new KeyQuestion.Subject.Content(
                    1, "0".repeat(64), new ContentView.Text(new ShownText("Nothing\n", true)), NONE, null),
            new KeyQuestion.Again(1, 0));

    static final Question DEVICES = new DeviceQuestion(
            List.of(
                    device("one", List.of(Kind.STORAGE, Kind.KEYBOARD), new State.Mounted(List.of(NONE))),
                    device("two", List.of(Kind.OTHER), new State.Impossible(DeviceQuestion.Reason.HUB, null))),
            false,
            new LoanTime.Stopped());

    private static Candidate device(String id, List<Kind> kinds, State state) {
        return new Candidate(id, kinds, "Nothing", NONE, NONE, "0000:0000", "1-1", state);
    }

    private Rehearsal() {}
}
