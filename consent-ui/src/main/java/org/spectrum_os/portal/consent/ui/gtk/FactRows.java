// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui.gtk;

import java.util.List;
import org.gnome.gtk.Align;
import org.gnome.gtk.Grid;
import org.gnome.gtk.Label;
import org.gnome.gtk.Widget;
import org.spectrum_os.portal.consent.ui.KeyFacts.Fact;

/** What is known, in rows of a caption and a text. */
final class FactRows {
    private static final int LINES = 2;
    private static final int BETWEEN_GROUPS = 7;

    private final Grid grid = new Grid();
    private int rows;

    FactRows() {
        grid.setColumnSpacing(14);
        grid.setRowSpacing(3);
    }

    Widget widget() {
        return grid;
    }

    /** Appends rows, a little apart from those before. */
    void add(List<Fact> facts) {
        int first = rows;
        for (Fact fact : facts) {
            var caption = new Label(fact.caption());
            caption.setXalign(1);
            caption.setValign(Align.BASELINE);
            caption.addCssClass("caption-of-row");
            Label text = ConsentWindow.wrapped(fact.code() ? "code" : "fact", LINES);
            text.setText(fact.text());
            text.setHexpand(true);
            text.setValign(Align.BASELINE);
            if (rows == first && rows > 0) {
                caption.setMarginTop(BETWEEN_GROUPS);
                text.setMarginTop(BETWEEN_GROUPS);
            }
            grid.attach(caption, 0, rows, 1, 1);
            grid.attach(text, 1, rows, 1, 1);
            rows++;
        }
    }
}
