// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui.gtk;

import org.gnome.gtk.Box;
import org.gnome.gtk.Label;
import org.gnome.gtk.Orientation;
import org.gnome.gtk.PolicyType;
import org.gnome.gtk.ScrolledWindow;
import org.gnome.gtk.TextView;
import org.gnome.gtk.Widget;
import org.gnome.gtk.WrapMode;
import org.spectrum_os.portal.consent.contract.KeyQuestion.Subject;
import org.spectrum_os.portal.consent.ui.KeyWording;

/** What is to be signed, as plain text that scrolls and of which nothing lies beyond the right edge. */
final class ContentArea {
    private static final int LEAST_HEIGHT = 130;
    private static final int MARGIN = 8;

    private final Box all = new Box(Orientation.VERTICAL, 4);
    private final Label caption = new Label("");
    private final TextView text = new TextView();

    ContentArea() {
        caption.setXalign(0);
        caption.addCssClass("caption-of-row");
        text.setEditable(false);
        text.setCursorVisible(false);
        text.setAcceptsTab(false);
        text.setMonospace(true);
        text.setWrapMode(WrapMode.WORD_CHAR);
        text.setLeftMargin(MARGIN);
        text.setRightMargin(MARGIN);
        text.setTopMargin(MARGIN);
        text.setBottomMargin(MARGIN);
        var scroll = new ScrolledWindow();
        scroll.setPolicy(PolicyType.NEVER, PolicyType.AUTOMATIC);
        // So that it is seen that there is more.
        scroll.setOverlayScrolling(false);
        scroll.setMinContentHeight(LEAST_HEIGHT);
        scroll.setVexpand(true);
        scroll.setChild(text);
        scroll.addCssClass("content");
        all.append(caption);
        all.append(scroll);
        all.setVexpand(true);
    }

    Widget widget() {
        return all;
    }

    void show(Subject.Content content) {
        String said = KeyWording.contentCaption(content);
        caption.setText(said);
        Mnemonics.name(text, said);
        text.getBuffer().setText(KeyWording.content(content.view()), -1);
    }
}
