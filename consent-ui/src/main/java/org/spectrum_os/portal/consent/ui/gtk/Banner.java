// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui.gtk;

import org.gnome.gtk.Align;
import org.gnome.gtk.Box;
import org.gnome.gtk.Label;
import org.gnome.gtk.Orientation;
import org.gnome.gtk.PackType;
import org.gnome.gtk.Widget;
import org.gnome.gtk.WindowControls;
import org.gnome.gtk.WindowHandle;
import org.gnome.pango.EllipsizeMode;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.consent.contract.Question;
import org.spectrum_os.portal.consent.ui.Wording;

/** The coloured top of the window, in place of a title bar: who asks, and the phrase that shows that the host is asking. */
final class Banner {
    private final WindowHandle handle = new WindowHandle();
    private final Label instance = text("instance");
    private final Label asks = text("asks");
    private final Label phraseCaption = text("caption");
    private final Label phrase = text("phrase");

    Banner() {
        var who = new Box(Orientation.VERTICAL, 2);
        instance.setEllipsize(EllipsizeMode.END);
        who.append(instance);
        who.append(asks);
        who.setHexpand(true);

        var proof = new Box(Orientation.VERTICAL, 2);
        proof.setValign(Align.CENTER);
        phraseCaption.setXalign(1);
        phrase.setXalign(1);
        phrase.setEllipsize(EllipsizeMode.END);
        phrase.setMaxWidthChars(40);
        proof.append(phraseCaption);
        proof.append(phrase);

        var controls = new WindowControls(PackType.END);
        controls.setDecorationLayout(":close");
        controls.setValign(Align.START);

        var row = new Box(Orientation.HORIZONTAL, 18);
        row.addCssClass("banner");
        row.append(who);
        row.append(proof);
        row.append(controls);
        handle.setChild(row);
    }

    Widget widget() {
        return handle;
    }

    void name(String instanceName, Question question, @Nullable String userPhrase) {
        instance.setText(instanceName);
        asks.setText(Wording.bannerLine(question));
        phraseCaption.setText(userPhrase == null ? "" : Wording.PHRASE_CAPTION);
        phraseCaption.setVisible(userPhrase != null);
        phrase.setText(userPhrase == null ? Wording.PHRASE_MISSING : userPhrase);
    }

    private static Label text(String cssClass) {
        var label = new Label("");
        label.setXalign(0);
        label.addCssClass(cssClass);
        return label;
    }
}
