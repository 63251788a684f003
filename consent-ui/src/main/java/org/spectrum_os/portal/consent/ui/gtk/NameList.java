// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui.gtk;

import org.gnome.gtk.Label;
import org.gnome.gtk.PolicyType;
import org.gnome.gtk.ScrolledWindow;
import org.gnome.gtk.Widget;
import org.gnome.pango.WrapMode;
import org.spectrum_os.portal.consent.ui.Sentence;

/** Names of files in one paragraph of few lines; if it is longer it scrolls, by keyboard as well. */
final class NameList {
    private static final int MAX_HEIGHT = 60;
    /** Surely fits without scrolling; a list that may scroll is never lower than a scroll bar. */
    private static final int SHORT = 110;

    private final ScrolledWindow scroll = new ScrolledWindow();
    private final Label names = new Label("");

    NameList() {
        names.setXalign(0);
        names.setYalign(0);
        names.setWrap(true);
        names.setWrapMode(WrapMode.WORD_CHAR);
        // So that the focus can come to it, and the arrow keys move it.
        names.setSelectable(true);
        names.addCssClass("names");
        scroll.setPolicy(PolicyType.NEVER, PolicyType.AUTOMATIC);
        scroll.setPropagateNaturalHeight(true);
        scroll.setMaxContentHeight(MAX_HEIGHT);
        scroll.setHexpand(true);
        scroll.setChild(names);
    }

    Widget widget() {
        return scroll;
    }

    void show(Sentence list) {
        String text = list.plain();
        if (!text.equals(names.getText())) {
            names.setMarkup(list.markup());
            scroll.setPolicy(PolicyType.NEVER, text.length() <= SHORT ? PolicyType.NEVER : PolicyType.AUTOMATIC);
        }
    }
}
