// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui.gtk;

import java.util.List;
import org.gnome.gtk.Box;
import org.gnome.gtk.Label;
import org.gnome.gtk.Orientation;
import org.gnome.gtk.Widget;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.consent.contract.DeviceQuestion;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Candidate;
import org.spectrum_os.portal.consent.contract.InstanceLabel;
import org.spectrum_os.portal.consent.ui.DeviceGate;
import org.spectrum_os.portal.consent.ui.DeviceOutcome;
import org.spectrum_os.portal.consent.ui.DevicePick;
import org.spectrum_os.portal.consent.ui.DeviceWarnings;
import org.spectrum_os.portal.consent.ui.DeviceWording;
import org.spectrum_os.portal.consent.ui.Dialogs;
import org.spectrum_os.portal.consent.ui.LoanTimes;
import org.spectrum_os.portal.consent.ui.Sentence;
import org.spectrum_os.portal.consent.ui.Wording;

/** Which of these devices? The sentence, the devices, what to think of, and for how long. Nothing moves when one is chosen. */
final class DevicePage implements Page {
    /** Each may go on in a second line where the instance's name is long. */
    private static final int WARNING_LINES = 2;
    /** Warnings for which room is kept before they are due. */
    private static final int MOST_RESERVED = 3;
    /** Pixels, as the style has them. */
    private static final int LINE_OF_WARNING = 17;

    private static final int AROUND_WARNINGS = 18;

    private final Dialogs dialogs;
    private final Runnable changed;
    private final Box all = new Box(Orientation.VERTICAL, ConsentWindow.GAP);
    private final Label sentence = ConsentWindow.wrapped("sentence", 3);
    private final DeviceList list = new DeviceList();
    private final Box warningsPlace = new Box(Orientation.VERTICAL, 0);
    private final Label warnings = ConsentWindow.wrapped("warning", WARNING_LINES);
    private final Box time = new Box(Orientation.HORIZONTAL, TimeRow.GAP);
    private final TimeRow times = new TimeRow();
    private InstanceLabel asker = ConsentWindow.NOBODY;
    private @Nullable DeviceQuestion question;
    private List<Candidate> chosen = List.of();
    private @Nullable Sentence lastSentence;
    private List<String> lastWarnings = List.of();

    /** {@code changed} is called when the user has chosen something else. */
    DevicePage(Dialogs dialogs, Runnable changed) {
        this.dialogs = dialogs;
        this.changed = changed;
        sentence.addCssClass("of-devices");
        sentence.setYalign(0);
        warnings.setVisible(false);
        var above = new Box(Orientation.VERTICAL, 0);
        above.setVexpand(true);
        warningsPlace.append(above);
        warningsPlace.append(warnings);
        // Else it would take from the list.
        warningsPlace.setVexpand(false);
        var caption = new Label(Wording.HOW_LONG);
        caption.addCssClass("caption-of-row");
        time.append(caption);
        time.append(times.widget());
        all.append(sentence);
        all.append(list.widget());
        all.append(warningsPlace);
        all.append(time);
    }

    @Override
    public Widget widget() {
        return all;
    }

    /** Prepares for a question. Called once. */
    void ask(InstanceLabel who, DeviceQuestion asked) {
        asker = who;
        question = asked;
        times.offer(LoanTimes.ofDevices(asked.loan()), asked.loan());
        list.ask(asked, changed);
        int lines = Math.min(DeviceWarnings.most(asked), MOST_RESERVED);
        warningsPlace.setSizeRequest(-1, lines == 0 ? -1 : lines * LINE_OF_WARNING + AROUND_WARNINGS);
        look();
    }

    private DeviceQuestion asked() {
        DeviceQuestion asked = question;
        if (asked == null) {
            throw new IllegalStateException("no device was asked for");
        }
        return asked;
    }

    @Override
    public void look() {
        chosen = DeviceGate.chosen(asked(), list.chosen());
        Sentence now = DeviceOutcome.sentence(asker, asked(), chosen, times.time());
        if (!now.equals(lastSentence)) {
            lastSentence = now;
            sentence.setMarkup(now.markup());
        }
        List<String> thoughts = DeviceWarnings.of(asker.name(), chosen);
        if (!thoughts.equals(lastWarnings)) {
            lastWarnings = thoughts;
            warnings.setText(String.join("\n", thoughts));
            warnings.setVisible(!thoughts.isEmpty());
        }
    }

    /** Every text that {@link #agreement} may have. */
    List<String> agreements() {
        boolean mounted = DeviceGate.mustUnmount(asked().devices());
        String lend = DeviceWording.agree(asker.name(), false);
        return mounted ? List.of(lend, DeviceWording.agree(asker.name(), true)) : List.of(lend);
    }

    /** What the button that agrees is to say, with its mnemonic. */
    String agreement() {
        return DeviceWording.agree(asker.name(), DeviceGate.mustUnmount(chosen));
    }

    /** Whether there is anything to agree to. */
    boolean isChosen() {
        return !chosen.isEmpty();
    }

    @Override
    public void arming(boolean armed) {
        list.setSensitive(armed);
        time.setSensitive(armed);
    }

    @Override
    public void agree() {
        // What stands on the button was made of what was chosen when this looked last, and nothing else is lent.
        List<String> said = chosen.stream().map(Candidate::id).toList();
        if (said.equals(list.chosen())) {
            dialogs.pick(new DevicePick(said, times.time(), DeviceGate.mustUnmount(chosen)));
        }
    }

    @Override
    public void escape() {
        dialogs.deny();
    }

    @Override
    public void forget() {
        // nothing is remembered here
    }
}
