// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui.gtk;

import io.github.jwharm.javagi.gobject.types.Types;
import org.gnome.gobject.Value;
import org.gnome.gtk.Accessible;
import org.gnome.gtk.AccessibleProperty;
import org.gnome.gtk.Button;
import org.gnome.gtk.CheckButton;
import org.gnome.gtk.Label;
import org.spectrum_os.portal.consent.ui.Wording;

/** Names for people who see and for those who hear: texts with a mnemonic. By itself, GTK 4.8 tells a screen reader of the underscore too. */
final class Mnemonics {
    private Mnemonics() {}

    /** The button is named by the label within it, and by nothing else. */
    static void label(Button button, String marked) {
        if (button.getChild() instanceof Label label) {
            label.setTextWithMnemonic(marked);
        } else {
            Label label = Label.withMnemonic(marked);
            label.setMnemonicWidget(button);
            button.addCssClass("text-button");
            button.setChild(label);
        }
    }

    static void label(CheckButton button, String marked) {
        button.setUseUnderline(true);
        button.setLabel(marked);
        name(button, Wording.spoken(marked));
    }

    /** What a screen reader calls {@code widget}. */
    static void name(Accessible widget, String name) {
        update(widget, AccessibleProperty.LABEL, name);
    }

    /** What a screen reader says of {@code widget} besides its name. */
    static void describe(Accessible widget, String description) {
        update(widget, AccessibleProperty.DESCRIPTION, description);
    }

    private static void update(Accessible widget, AccessibleProperty property, String text) {
        var value = new Value().init(Types.STRING);
        value.setString(text);
        widget.updateProperty(new AccessibleProperty[] {property}, new Value[] {value});
        value.unset();
    }
}
