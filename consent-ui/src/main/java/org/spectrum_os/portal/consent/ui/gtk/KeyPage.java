// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui.gtk;

import java.util.List;
import java.util.stream.Stream;
import org.gnome.gtk.Box;
import org.gnome.gtk.CheckButton;
import org.gnome.gtk.Label;
import org.gnome.gtk.Orientation;
import org.gnome.gtk.PolicyType;
import org.gnome.gtk.ScrolledWindow;
import org.gnome.gtk.Widget;
import org.spectrum_os.portal.consent.contract.InstanceLabel;
import org.spectrum_os.portal.consent.contract.KeyQuestion;
import org.spectrum_os.portal.consent.contract.KeyQuestion.Subject;
import org.spectrum_os.portal.consent.ui.Dialogs;
import org.spectrum_os.portal.consent.ui.KeyFacts;
import org.spectrum_os.portal.consent.ui.KeyOutcome;
import org.spectrum_os.portal.consent.ui.KeyWording;

/** May a VM have the result of one operation with a key? The sentence, what to think of, the key, and what it is used for. */
final class KeyPage implements Page {
    private final Dialogs dialogs;
    private final Box all = new Box(Orientation.VERTICAL, ConsentWindow.GAP);
    private final Label sentence = ConsentWindow.wrapped("sentence", 4);
    /** Made ahead: GTK 4.8 gives a label too little height that comes into a window which is realized. */
    private final List<Label> warnings = Stream.generate(() -> ConsentWindow.wrapped("warning", 3))
            .limit(KeyWording.MOST_WARNINGS)
            .toList();

    private final FactRows facts = new FactRows();
    private final ContentArea content = new ContentArea();
    private final Box more = new Box(Orientation.VERTICAL, 0);
    private final CheckButton again = new CheckButton();
    private final Label meaning = ConsentWindow.wrapped("meaning", 2);

    KeyPage(Dialogs dialogs) {
        this.dialogs = dialogs;
        var known = new Box(Orientation.VERTICAL, ConsentWindow.GAP);
        known.append(facts.widget());
        known.append(content.widget());
        // The buttons stay on a small screen, whatever there is to show.
        var scroll = new ScrolledWindow();
        scroll.setPolicy(PolicyType.NEVER, PolicyType.AUTOMATIC);
        scroll.setOverlayScrolling(false);
        scroll.setVexpand(true);
        scroll.setChild(known);
        more.append(again);
        more.append(meaning);
        more.setVisible(false);
        all.append(sentence);
        for (Label warning : warnings) {
            warning.setVisible(false);
            all.append(warning);
        }
        all.append(scroll);
        all.append(more);
    }

    @Override
    public Widget widget() {
        return all;
    }

    /** Prepares for a question. Called once. */
    void ask(InstanceLabel who, KeyQuestion asked) {
        String instance = who.name();
        sentence.setMarkup(KeyOutcome.sentence(who, asked).markup());
        List<String> thoughts = KeyWording.warnings(instance, asked);
        for (int i = 0; i < thoughts.size(); i++) {
            warnings.get(i).setText(thoughts.get(i));
            warnings.get(i).setVisible(true);
        }
        facts.add(KeyFacts.ofKey(instance, asked.key()));
        facts.add(KeyFacts.ofSubject(instance, asked));
        if (asked.subject() instanceof Subject.Content seen) {
            content.show(seen);
        }
        content.widget().setVisible(asked.subject() instanceof Subject.Content);
        KeyQuestion.Again offered = asked.again();
        if (offered != null) {
            Mnemonics.label(again, KeyWording.again(asked.operation(), offered));
            meaning.setText(KeyWording.againMeaning(instance, asked.operation()));
            more.setVisible(true);
        }
    }

    @Override
    public void look() {
        // nothing here follows what the user does
    }

    @Override
    public void arming(boolean armed) {
        again.setSensitive(armed);
    }

    @Override
    public void agree() {
        dialogs.agree(again.getActive());
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
