// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui.gtk;

import java.util.List;
import org.gnome.gtk.Align;
import org.gnome.gtk.Box;
import org.gnome.gtk.Label;
import org.gnome.gtk.Orientation;
import org.gnome.gtk.Widget;
import org.spectrum_os.portal.consent.ui.Wording;

/** The names under which several files will be saved in the chosen folder. */
final class SaveList {
    private final Box row = new Box(Orientation.HORIZONTAL, 8);
    private final Label caption = new Label("");
    private final NameList names = new NameList();

    SaveList() {
        caption.setValign(Align.START);
        caption.addCssClass("caption-of-row");
        row.append(caption);
        row.append(names.widget());
        row.setVisible(false);
    }

    Widget widget() {
        return row;
    }

    void show(List<String> free) {
        caption.setText(Wording.toBeSaved(free));
        names.show(Wording.names(free));
        row.setVisible(true);
    }
}
