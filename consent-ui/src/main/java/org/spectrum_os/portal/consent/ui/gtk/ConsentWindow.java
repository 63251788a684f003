// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui.gtk;

import io.github.jwharm.javagi.base.Out;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.gnome.gdk.ModifierType;
import org.gnome.gtk.AccessibleRole;
import org.gnome.gtk.Box;
import org.gnome.gtk.EventControllerKey;
import org.gnome.gtk.Label;
import org.gnome.gtk.Orientation;
import org.gnome.gtk.PropagationPhase;
import org.gnome.gtk.Window;
import org.gnome.pango.EllipsizeMode;
import org.gnome.pango.WrapMode;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.consent.contract.ClaimedText;
import org.spectrum_os.portal.consent.contract.FileQuestion;
import org.spectrum_os.portal.consent.contract.FromWindow.PickedFile;
import org.spectrum_os.portal.consent.contract.InstanceLabel;
import org.spectrum_os.portal.consent.contract.Purpose;
import org.spectrum_os.portal.consent.contract.ToWindow.Show;
import org.spectrum_os.portal.consent.ui.Arming;
import org.spectrum_os.portal.consent.ui.Dialogs;
import org.spectrum_os.portal.consent.ui.KeyGate;
import org.spectrum_os.portal.consent.ui.Outcome;
import org.spectrum_os.portal.consent.ui.Picking;
import org.spectrum_os.portal.consent.ui.Risks;
import org.spectrum_os.portal.consent.ui.Selection;
import org.spectrum_os.portal.consent.ui.Sentence;
import org.spectrum_os.portal.consent.ui.Wording;

/** One dialog's window. It is built ahead of time, shows one question, and is thrown away, so that nothing passes from one to the next. */
final class ConsentWindow {
    private static final int WIDTH = 900;
    /** Fits a screen of 720 lines with a panel. */
    private static final int HEIGHT = 660;

    private static final int ESCAPE = 0xff1b;
    private static final int CLAIM_LINES = 2;
    private static final InstanceLabel NOBODY = new InstanceLabel("none", "#808080");

    private final Dialogs dialogs;
    private final Style style;
    private final Risks risks;
    private final Window window =
            Window.builder().setAccessibleRole(AccessibleRole.WINDOW).build();
    private final Banner banner = new Banner();
    private final Label sentence = wrapped("sentence", 2);
    private final Label claim = wrapped("claim", CLAIM_LINES);
    private final Label folder = wrapped("claim", 1);
    private final Label problem = wrapped("problem", 3);
    private final Label warning = wrapped("warning", 2);
    private final FileArea files;
    private final ChoiceRows choices = new ChoiceRows();
    private final CompanionRow companions = new CompanionRow();
    private final SaveList saved = new SaveList();
    private final TermsRows terms = new TermsRows();
    private final Box question = new Box(Orientation.VERTICAL, 10);
    private final ReplacePage replace = new ReplacePage();
    private final Footer footer;
    private InstanceLabel asker = NOBODY;
    private Purpose purpose = new Purpose.OpenFiles(true);
    private List<String> lastSelected = List.of();
    private @Nullable Sentence lastSentence;
    private Outcome.Preview preview = Outcome.Preview.NOTHING;
    private boolean replacing;
    /** Before, nothing that is selected can be the user's doing. */
    private boolean wasArmed;

    ConsentWindow(Dialogs dialogs, Style style, Risks risks) {
        this.dialogs = dialogs;
        this.style = style;
        this.risks = risks;
        this.files = new FileArea(dialogs.startFolder(), this::lend);
        this.footer = new Footer(dialogs, this::lend);
        window.addCssClass("consent");
        window.setDefaultSize(WIDTH, HEIGHT);
        window.setModal(true);
        window.setTitlebar(banner.widget());
        window.setChild(content());
        window.setDefaultWidget(footer.deny());
        listen();
    }

    private Box content() {
        problem.setVisible(false);
        warning.setVisible(false);
        var claims = new Box(Orientation.VERTICAL, 3);
        claims.addCssClass("claims");
        claims.append(claim);
        claims.append(folder);
        question.append(sentence);
        question.append(claims);
        question.append(files.widget());
        question.append(saved.widget());
        question.append(choices.widget());
        question.append(companions.widget());
        question.append(terms.widget());
        question.setVexpand(true);

        var main = new Box(Orientation.VERTICAL, 10);
        main.setMarginTop(14);
        main.setMarginStart(18);
        main.setMarginEnd(18);
        main.setMarginBottom(10);
        main.append(question);
        main.append(replace.widget());
        main.append(warning);
        main.append(problem);
        main.setVexpand(true);

        var all = new Box(Orientation.VERTICAL, 0);
        all.addCssClass("frame-of-instance");
        all.append(main);
        all.append(footer.widget());
        return all;
    }

    private void listen() {
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
            Fatal.guard(replacing ? dialogs::back : dialogs::deny);
            return true;
        }
        return false;
    }

    private void lend() {
        dialogs.lend(
                new Selection(files.selected(), companions.names(), choices.picked(), files.filter(), terms.terms()));
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
                new FileQuestion(
                        none, none, new Purpose.OpenFiles(true), List.of(filter), null, List.of(box, list), none)));
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
        purpose = show.question().purpose();
        String instance = asker.name();
        style.paint(asker);
        window.setTitle(Wording.windowTitle(instance, purpose));
        banner.name(instance, purpose, show.phrase());
        claim.setText(Wording.claim(instance, show.question()));
        String named = Wording.folderClaim(show.question());
        folder.setText(named == null ? "" : named);
        folder.setVisible(named != null);
        footer.ask(asker, purpose);
        files.ask(show.question(), dialogs.startFolder());
        choices.ask(show.question().choices());
        terms.ask(asker.terms(), purpose.saves());
        say();
    }

    /** Brings the words up to date with what is selected and set. */
    void look() {
        if (replacing) {
            return;
        }
        if (!wasArmed) {
            files.selectNothing();
        }
        List<String> selected = files.selected();
        if (!selected.equals(lastSelected)) {
            lastSelected = selected;
            problem.setVisible(false);
            preview = preview(selected);
            boolean one = purpose instanceof Purpose.OpenFiles && selected.size() == 1;
            companions.look(one ? selected.getFirst() : "");
            var risk = risks.of(purpose, selected);
            warning.setVisible(risk.isPresent());
            warning.setText(risk.map(Wording::warning).orElse(""));
        }
        say();
    }

    private Outcome.Preview preview(List<String> selected) {
        if (selected.isEmpty()) {
            return Outcome.Preview.NOTHING;
        }
        Path first = Path.of(selected.getFirst());
        return switch (purpose) {
            case Purpose.OpenFiles _, Purpose.OpenFolders _ ->
                new Outcome.Preview(selected.stream().map(risks::nameOf).toList(), "", false);
            case Purpose.SaveFile _ ->
                new Outcome.Preview(
                        List.of(risks.nameOf(first.toString())),
                        risks.nameOf(parent(first)),
                        Files.isRegularFile(first));
            case Purpose.SaveFiles(List<String> names) -> {
                List<String> free = Picking.freeNames(first, names);
                saved.show(free);
                yield new Outcome.Preview(free, risks.nameOf(first.toString()), false);
            }
        };
    }

    private static String parent(Path path) {
        Path parent = path.getParent();
        return parent == null ? path.toString() : parent.toString();
    }

    private void say() {
        Sentence now = Outcome.sentence(
                asker, purpose, terms.terms(), preview, companions.names().size());
        if (!now.equals(lastSentence)) {
            lastSentence = now;
            sentence.setMarkup(now.markup());
        }
    }

    void askToReplace(PickedFile file) {
        replacing = true;
        problem.setVisible(false);
        files.leave();
        question.setVisible(false);
        replace.show(asker, file, risks.nameOf(file.folder()));
        footer.replacing(true);
        window.setFocus(null);
    }

    void askAgain() {
        replacing = false;
        replace.hide();
        files.comeBack();
        question.setVisible(true);
        footer.replacing(false);
        window.setFocus(null);
    }

    void explain(String why) {
        problem.setText(why);
        problem.setVisible(true);
    }

    void arming(Arming.State state) {
        boolean armed = state instanceof Arming.State.Armed;
        wasArmed |= armed;
        footer.arming(state);
        terms.setSensitive(armed);
        companions.setSensitive(armed);
        if (armed && window.getFocus() == null) {
            footer.deny().grabFocus();
        }
    }

    /** Takes the window off the screen for good. */
    void destroy() {
        companions.forget();
        window.setVisible(false);
        window.destroy();
    }

    /** A label for one paragraph of plain text. */
    static Label wrapped(String cssClass, int lines) {
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
