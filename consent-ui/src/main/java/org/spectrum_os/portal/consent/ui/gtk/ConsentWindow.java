// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui.gtk;

import io.github.jwharm.javagi.base.Out;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.gnome.gdk.ModifierType;
import org.gnome.gtk.Box;
import org.gnome.gtk.Button;
import org.gnome.gtk.EventControllerKey;
import org.gnome.gtk.Label;
import org.gnome.gtk.Orientation;
import org.gnome.gtk.ProgressBar;
import org.gnome.gtk.PropagationPhase;
import org.gnome.gtk.Window;
import org.gnome.pango.EllipsizeMode;
import org.gnome.pango.WrapMode;
import org.spectrum_os.portal.consent.contract.ClaimedText;
import org.spectrum_os.portal.consent.contract.FileQuestion;
import org.spectrum_os.portal.consent.contract.InstanceLabel;
import org.spectrum_os.portal.consent.contract.ToWindow.Show;
import org.spectrum_os.portal.consent.ui.Arming;
import org.spectrum_os.portal.consent.ui.Dialogs;
import org.spectrum_os.portal.consent.ui.KeyGate;
import org.spectrum_os.portal.consent.ui.Wording;

/** One dialog's window. It is built ahead of time, shows one question, and is thrown away, so that nothing passes from one to the next. */
final class ConsentWindow {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 700;
    private static final int ESCAPE = 0xff1b;
    private static final int CLAIM_LINES = 3;
    private static final InstanceLabel NOBODY = new InstanceLabel("none", "#808080");

    private final Dialogs dialogs;
    private final Style style;
    private final Window window = new Window();
    private final Banner banner = new Banner();
    private final Label sentence = wrapped("sentence", 2);
    private final Label claim = wrapped("claim", CLAIM_LINES);
    private final Label folder = wrapped("claim", 1);
    private final Label problem = wrapped("problem", 4);
    private final FileArea files;
    private final ChoiceRows choices = new ChoiceRows();
    private final ProgressBar delay = new ProgressBar();
    private final Label status = new Label("");
    private final Button block = new Button();
    private final Button deny = Button.withLabel(Wording.DENY);
    private final Button lend = new Button();
    private InstanceLabel asker = NOBODY;
    private boolean multiple;
    private List<String> lastSelected = List.of();

    ConsentWindow(Dialogs dialogs, Style style, Path startFolder) {
        this.dialogs = dialogs;
        this.style = style;
        this.files = new FileArea(startFolder, this::lend);
        window.addCssClass("consent");
        window.setDefaultSize(WIDTH, HEIGHT);
        window.setModal(true);
        window.setTitlebar(banner.widget());
        window.setChild(content());
        window.setDefaultWidget(deny);
        listen();
    }

    private Box content() {
        problem.setVisible(false);
        var words = new Box(Orientation.VERTICAL, 8);
        words.append(sentence);
        var claims = new Box(Orientation.VERTICAL, 3);
        claims.addCssClass("claims");
        claims.append(claim);
        claims.append(folder);
        words.append(claims);

        var main = new Box(Orientation.VERTICAL, 12);
        main.setMarginTop(16);
        main.setMarginStart(18);
        main.setMarginEnd(18);
        main.setMarginBottom(12);
        main.append(words);
        main.append(files.widget());
        main.append(choices.widget());
        main.append(problem);
        main.setVexpand(true);

        delay.addCssClass("arming");
        var all = new Box(Orientation.VERTICAL, 0);
        all.addCssClass("frame-of-instance");
        all.append(main);
        all.append(delay);
        all.append(actions());
        return all;
    }

    private Box actions() {
        block.addCssClass("block");
        block.addCssClass("flat");
        lend.addCssClass("suggested-action");
        status.addCssClass("status");
        status.addCssClass("dim-label");
        status.setHexpand(true);
        status.setXalign(1);
        var row = new Box(Orientation.HORIZONTAL, 10);
        row.addCssClass("actions");
        row.setMarginTop(12);
        row.setMarginBottom(14);
        row.setMarginStart(18);
        row.setMarginEnd(18);
        row.append(block);
        row.append(status);
        row.append(deny);
        row.append(lend);
        return row;
    }

    private void listen() {
        deny.onClicked(() -> Fatal.guard(dialogs::deny));
        block.onClicked(() -> Fatal.guard(dialogs::block));
        lend.onClicked(() -> Fatal.guard(this::lend));
        window.onMap(() -> Fatal.guard(dialogs::mapped));
        window.onNotify("is-active", property -> Fatal.guard(() -> dialogs.focused(window.isActive())));
        window.onCloseRequest(() -> {
            Fatal.guard(dialogs::windowClosed);
            return true;
        });
        var gate = new KeyGate(dialogs::isArmed);
        var early = new EventControllerKey();
        early.setPropagationPhase(PropagationPhase.CAPTURE);
        early.onKeyPressed((value, code, modifiers) -> !gate.pressed(code));
        early.onKeyReleased((value, code, modifiers) -> gate.released(code));
        window.addController(early);
        // After the widgets, so that Escape first leaves the chooser's search.
        var late = new EventControllerKey();
        late.onKeyPressed(this::escape);
        window.addController(late);
    }

    private boolean escape(int value, int code, Set<ModifierType> modifiers) {
        if (value == ESCAPE) {
            Fatal.guard(dialogs::deny);
            return true;
        }
        return false;
    }

    private void lend() {
        dialogs.lend(new Dialogs.Selection(files.selected(), choices.picked(), files.filter()));
    }

    /** Loads what the first frame needs. The window stays off the screen. */
    void warm() {
        window.realize();
    }

    /**
     * Does everything {@link #open} does for a made-up question, but for putting it on screen: fonts, icons and classes are loaded
     * before the first question comes.
     */
    void rehearse() {
        ClaimedText none = new ClaimedText("", false);
        var filter = new FileQuestion.FilterRow(none, List.of("*.txt"), List.of("text/plain"));
        var box = new FileQuestion.ChoiceRow("box", none, List.of(), "");
        var list = new FileQuestion.ChoiceRow("list", none, List.of(new FileQuestion.OptionRow("one", none)), "");
        fill(new Show(
                1,
                NOBODY,
                null,
                new FileQuestion(none, none, true, false, List.of(filter), null, List.of(box, list), none)));
        // Not realized: GTK 4.8 on X11 fails when a window is destroyed that was realized but never shown.
        window.measure(Orientation.HORIZONTAL, -1, new Out<>(), new Out<>(), new Out<>(), new Out<>());
        window.measure(Orientation.VERTICAL, WIDTH, new Out<>(), new Out<>(), new Out<>(), new Out<>());
        look();
        arming(new Arming.State.Disarmed());
        choices.picked();
        files.filter();
    }

    void open(Show show) {
        fill(show);
        window.present();
        // GTK would focus the first thing it finds; nothing may have the focus until Deny can take it.
        window.setFocus(null);
    }

    private void fill(Show show) {
        asker = show.instance();
        String instance = asker.name();
        multiple = show.question().multiple();
        style.paint(asker);
        window.setTitle(Wording.windowTitle(instance));
        banner.name(instance, show.phrase());
        claim.setText(Wording.claim(instance, show.question()));
        String named = Wording.folderClaim(show.question());
        folder.setText(named == null ? "" : named);
        folder.setVisible(named != null);
        lend.setLabel(Wording.lend(asker));
        block.setLabel(Wording.block(instance));
        files.ask(show.question());
        choices.ask(show.question().choices());
        say(List.of());
    }

    /** Brings the sentence up to date with the selection. */
    void look() {
        List<String> selected = files.selected();
        if (!selected.equals(lastSelected)) {
            lastSelected = selected;
            problem.setVisible(false);
            say(selected.stream().map(ConsentWindow::lastName).toList());
        }
    }

    private static String lastName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private void say(List<String> names) {
        sentence.setMarkup(Wording.sentence(asker, multiple, names).markup());
    }

    void explain(String why) {
        problem.setText(why);
        problem.setVisible(true);
    }

    void arming(Arming.State state) {
        boolean armed = state instanceof Arming.State.Armed;
        deny.setSensitive(armed);
        block.setSensitive(armed);
        lend.setSensitive(armed);
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
        if (armed && window.getFocus() == null) {
            deny.grabFocus();
        }
    }

    /** Takes the window off the screen for good. */
    void destroy() {
        window.setVisible(false);
        window.destroy();
    }

    /** A label for one paragraph of plain text. */
    private static Label wrapped(String cssClass, int lines) {
        var label = new Label("");
        label.setUseMarkup(false);
        label.setXalign(0);
        label.setWrap(true);
        label.setWrapMode(WrapMode.WORD_CHAR);
        label.setLines(lines);
        label.setEllipsize(EllipsizeMode.END);
        label.addCssClass(cssClass);
        return label;
    }
}
