// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui.gtk;

import java.nio.file.Path;
import java.util.List;
import org.gnome.gtk.Align;
import org.gnome.gtk.Box;
import org.gnome.gtk.CheckButton;
import org.gnome.gtk.Orientation;
import org.gnome.gtk.Widget;
import org.spectrum_os.portal.consent.ui.Companions;
import org.spectrum_os.portal.consent.ui.Wording;

/** Whether what goes with the one chosen file is lent along, by name. Off for every file anew. */
final class CompanionRow {
    private final Box row = new Box(Orientation.HORIZONTAL, 8);
    private final CheckButton box = new CheckButton();
    private final NameList names = new NameList();
    private List<String> found = List.of();
    private String looked = "";

    CompanionRow() {
        box.setValign(Align.START);
        row.append(box);
        row.append(names.widget());
        row.setVisible(false);
    }

    Widget widget() {
        return row;
    }

    /** Looks for what goes with {@code file}, in the background; with nothing if it is empty. */
    void look(String file) {
        looked = file;
        show(Companions.Found.NONE);
        if (!file.isEmpty()) {
            Thread.ofVirtual().start(() -> {
                Companions.Found now = Companions.of(Path.of(file));
                GtkLoop.post(() -> {
                    if (looked.equals(file)) {
                        show(now);
                    }
                });
            });
        }
    }

    private void show(Companions.Found now) {
        found = now.names();
        box.setActive(false);
        Mnemonics.label(box, Wording.companions(now));
        names.show(Wording.names(found));
        row.setVisible(!found.isEmpty());
    }

    /** Stops looking: the window goes. */
    void forget() {
        looked = "";
    }

    void setSensitive(boolean sensitive) {
        box.setSensitive(sensitive);
    }

    /** The names to be lent along. */
    List<String> names() {
        return box.getActive() ? found : List.of();
    }
}
