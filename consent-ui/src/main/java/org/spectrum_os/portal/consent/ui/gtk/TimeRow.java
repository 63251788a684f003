// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui.gtk;

import java.util.ArrayList;
import java.util.List;
import org.gnome.gtk.Box;
import org.gnome.gtk.CheckButton;
import org.gnome.gtk.Orientation;
import org.gnome.gtk.Widget;
import org.spectrum_os.portal.consent.contract.LoanTime;
import org.spectrum_os.portal.consent.ui.Wording;

/** For how long: one of a few times. */
final class TimeRow {
    /** Between the times, and between their caption and them. */
    static final int GAP = 18;

    private final Box row = new Box(Orientation.HORIZONTAL, GAP);
    private final List<CheckButton> buttons = new ArrayList<>();
    private List<LoanTime> offered = List.of();

    Widget widget() {
        return row;
    }

    /**
     * Prepares for a question. Called once.
     *
     * @param times what can be chosen
     * @param first one of them, which is set first
     */
    void offer(List<LoanTime> times, LoanTime first) {
        offered = times;
        for (LoanTime time : times) {
            var button = new CheckButton();
            Mnemonics.label(button, Wording.howLong(time));
            if (!buttons.isEmpty()) {
                button.setGroup(buttons.getFirst());
            }
            button.setActive(time.equals(first));
            buttons.add(button);
            row.append(button);
        }
    }

    /** What is set. */
    LoanTime time() {
        for (int i = 0; i < buttons.size(); i++) {
            if (buttons.get(i).getActive()) {
                return offered.get(i);
            }
        }
        throw new IllegalStateException("no time is set");
    }
}
