// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui.gtk;

import org.gnome.gtk.Box;
import org.gnome.gtk.Label;
import org.gnome.gtk.Orientation;
import org.gnome.gtk.Widget;
import org.spectrum_os.portal.consent.contract.InstanceLabel;
import org.spectrum_os.portal.consent.contract.KeyQuestion;
import org.spectrum_os.portal.consent.ui.Dialogs;

/** May a VM have the result of one operation with a key? */
final class KeyPage implements Page {
    private final Dialogs dialogs;
    private final Box all = new Box(Orientation.VERTICAL, ConsentWindow.GAP);
    private final Label sentence = ConsentWindow.wrapped("sentence", 4);

    KeyPage(Dialogs dialogs) {
        this.dialogs = dialogs;
        all.append(sentence);
    }

    @Override
    public Widget widget() {
        return all;
    }

    /** Prepares for a question. */
    void ask(InstanceLabel who, KeyQuestion asked) {
        sentence.setText(who.name() + asked.key().fingerprint());
    }

    @Override
    public void look() {
        // nothing can be chosen here
    }

    @Override
    public void arming(boolean armed) {
        // the buttons are not here
    }

    @Override
    public void agree() {
        dialogs.agree(false);
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
