// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui.gtk;

import org.gnome.gtk.Box;
import org.gnome.gtk.CheckButton;
import org.gnome.gtk.Grid;
import org.gnome.gtk.Label;
import org.gnome.gtk.Orientation;
import org.gnome.gtk.Widget;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.consent.contract.FileAccess;
import org.spectrum_os.portal.consent.contract.Terms;
import org.spectrum_os.portal.consent.ui.LoanTimes;
import org.spectrum_os.portal.consent.ui.Wording;

/** On which terms: for reading or for changing, and for how long. */
final class TermsRows {
    private final Grid grid = new Grid();
    private final CheckButton read = new CheckButton();
    private final CheckButton change = new CheckButton();
    private final TimeRow times = new TimeRow();
    private boolean asked;

    TermsRows() {
        grid.setColumnSpacing(TimeRow.GAP);
        grid.setRowSpacing(4);
        grid.addCssClass("terms");
        grid.setVisible(false);
        change.setGroup(read);
        Mnemonics.label(read, Wording.READ_ONLY);
        Mnemonics.label(change, Wording.READ_AND_CHANGE);
    }

    Widget widget() {
        return grid;
    }

    /**
     * Prepares for a question. Called once.
     *
     * @param first what is set first; null if nothing is to be set
     * @param saves whether it can only be for changing
     */
    void ask(@Nullable Terms first, boolean saves) {
        asked = first != null;
        grid.setVisible(asked);
        if (first == null) {
            return;
        }
        boolean changing = saves || first.access() == FileAccess.WRITE;
        (changing ? change : read).setActive(true);
        if (!saves) {
            var access = new Box(Orientation.HORIZONTAL, TimeRow.GAP);
            access.append(read);
            access.append(change);
            row(0, Wording.ACCESS, access);
        }
        times.offer(LoanTimes.offered(first.loan()), first.loan());
        row(1, Wording.HOW_LONG, times.widget());
    }

    private void row(int number, String caption, Widget choices) {
        var label = new Label(caption);
        label.setXalign(1);
        label.addCssClass("caption-of-row");
        grid.attach(label, 0, number, 1, 1);
        grid.attach(choices, 1, number, 1, 1);
    }

    /** Whether anything can be set now. */
    void setSensitive(boolean sensitive) {
        grid.setSensitive(sensitive);
    }

    /** What is set; null if nothing is to be. */
    @Nullable
    Terms terms() {
        return asked ? new Terms(change.getActive() ? FileAccess.WRITE : FileAccess.READ, times.time()) : null;
    }
}
