// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui.gtk;

import java.util.List;
import org.gnome.gtk.Box;
import org.gnome.gtk.Button;
import org.gnome.gtk.Label;
import org.gnome.gtk.Orientation;
import org.gnome.gtk.ProgressBar;
import org.gnome.gtk.Widget;
import org.gnome.pango.EllipsizeMode;
import org.spectrum_os.portal.consent.contract.InstanceLabel;
import org.spectrum_os.portal.consent.contract.KeyQuestion;
import org.spectrum_os.portal.consent.contract.Question;
import org.spectrum_os.portal.consent.ui.Arming;
import org.spectrum_os.portal.consent.ui.Dialogs;
import org.spectrum_os.portal.consent.ui.KeyWording;
import org.spectrum_os.portal.consent.ui.Wording;

/** The bottom of the window: the delay, and the buttons that answer. */
final class Footer {
    private final Box all = new Box(Orientation.VERTICAL, 0);
    private final ProgressBar delay = new ProgressBar();
    private final Label status = new Label("");
    private final Button block = new Button();
    private final Button deny = new Button();
    private final Button back = new Button();
    private final Button agree = new Button();
    private String agreeing = "";
    private boolean possible = true;
    private boolean armed;

    /** {@code agreed} is called when the user agrees. */
    Footer(Dialogs dialogs, Runnable agreed) {
        block.addCssClass("block");
        block.addCssClass("flat");
        status.addCssClass("status");
        status.addCssClass("dim-label");
        status.setHexpand(true);
        status.setXalign(1);
        Mnemonics.label(deny, Wording.DENY);
        Mnemonics.label(back, Wording.BACK);
        back.setVisible(false);
        deny.onClicked(() -> Fatal.guard(dialogs::deny));
        block.onClicked(() -> Fatal.guard(dialogs::block));
        back.onClicked(() -> Fatal.guard(dialogs::back));
        agree.onClicked(() -> Fatal.guard(agreed));
        var row = new Box(Orientation.HORIZONTAL, 10);
        row.addCssClass("actions");
        row.setMarginTop(10);
        row.setMarginBottom(12);
        row.setMarginStart(18);
        row.setMarginEnd(18);
        row.append(block);
        row.append(status);
        row.append(back);
        row.append(deny);
        row.append(agree);
        delay.addCssClass("arming");
        all.append(delay);
        all.append(row);
    }

    Widget widget() {
        return all;
    }

    /** The button that is the default. */
    Widget deny() {
        return deny;
    }

    void ask(InstanceLabel asker, Question question) {
        agreeing = Wording.agree(asker, question);
        Mnemonics.label(agree, agreeing);
        suggest(!(question instanceof KeyQuestion key)
                || KeyWording.warnings(asker.name(), key).isEmpty());
        Mnemonics.label(block, Wording.block(asker.name()));
        // Whatever the instance is called, there is room for Deny.
        shorten(agree);
        shorten(block);
    }

    private static void shorten(Button button) {
        if (button.getChild() instanceof Label label) {
            label.setEllipsize(EllipsizeMode.END);
        }
    }

    /** Keeps room for each of these texts, so that no button moves when the one that agrees says something else. */
    void reserve(List<String> agreements) {
        if (agree.getChild() instanceof Label label) {
            agreements.stream()
                    .mapToInt(marked -> Wording.spoken(marked).length())
                    .max()
                    .ifPresent(label::setWidthChars);
        }
    }

    /** What the button that agrees says now, with its mnemonic, and whether there is anything to agree to. */
    void offer(String marked, boolean nowPossible) {
        if (!marked.equals(agreeing)) {
            agreeing = marked;
            Mnemonics.label(agree, marked);
        }
        if (nowPossible != possible) {
            possible = nowPossible;
            agree.setSensitive(armed && possible);
        }
    }

    /** Whether the buttons answer the question whether to replace, not the first one. */
    void replacing(boolean now) {
        back.setVisible(now);
        Mnemonics.label(agree, now ? Wording.REPLACE : agreeing);
        suggest(!now);
        if (now) {
            agree.addCssClass("destructive-action");
        } else {
            agree.removeCssClass("destructive-action");
        }
    }

    /** Nothing is suggested of which the user must know better than this computer. */
    private void suggest(boolean agreement) {
        if (agreement) {
            agree.addCssClass("suggested-action");
        } else {
            agree.removeCssClass("suggested-action");
        }
    }

    void arming(Arming.State state) {
        armed = state instanceof Arming.State.Armed;
        deny.setSensitive(armed);
        block.setSensitive(armed);
        back.setSensitive(armed);
        agree.setSensitive(armed && possible);
        status.setText(
                switch (state) {
                    case Arming.State.Armed _ -> "";
                    case Arming.State.Waiting _ -> Wording.WAIT;
                    case Arming.State.Disarmed _ -> Wording.NO_FOCUS;
                });
        delay.setFraction(
                switch (state) {
                    case Arming.State.Armed _ -> 1;
                    case Arming.State.Waiting waiting -> waiting.progress();
                    case Arming.State.Disarmed _ -> 0;
                });
    }
}
