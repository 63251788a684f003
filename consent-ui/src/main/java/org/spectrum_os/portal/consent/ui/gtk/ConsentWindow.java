// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui.gtk;

import io.github.jwharm.javagi.base.Out;
import java.util.Set;
import org.gnome.gdk.ModifierType;
import org.gnome.gtk.AccessibleRole;
import org.gnome.gtk.Box;
import org.gnome.gtk.EventControllerKey;
import org.gnome.gtk.Label;
import org.gnome.gtk.Orientation;
import org.gnome.gtk.Overflow;
import org.gnome.gtk.PropagationPhase;
import org.gnome.gtk.Window;
import org.gnome.pango.EllipsizeMode;
import org.gnome.pango.WrapMode;
import org.spectrum_os.portal.consent.contract.DeviceQuestion;
import org.spectrum_os.portal.consent.contract.FileQuestion;
import org.spectrum_os.portal.consent.contract.FromWindow.PickedFile;
import org.spectrum_os.portal.consent.contract.InstanceLabel;
import org.spectrum_os.portal.consent.contract.KeyQuestion;
import org.spectrum_os.portal.consent.contract.Question;
import org.spectrum_os.portal.consent.contract.ToWindow.Show;
import org.spectrum_os.portal.consent.ui.Arming;
import org.spectrum_os.portal.consent.ui.Dialogs;
import org.spectrum_os.portal.consent.ui.KeyGate;
import org.spectrum_os.portal.consent.ui.Risks;
import org.spectrum_os.portal.consent.ui.Wording;

/** One dialog's window. It is built ahead of time, shows one question, and is thrown away, so that nothing passes from one to the next. */
final class ConsentWindow {
    private static final int WIDTH = 900;
    /** Fits a screen of 720 lines with a panel. */
    private static final int HEIGHT = 660;

    private static final int ESCAPE = 0xff1b;
    /** Between the rows of a page. */
    static final int GAP = 10;

    static final InstanceLabel NOBODY = new InstanceLabel("none", "#808080");

    private final Dialogs dialogs;
    private final Style style;
    private final Window window =
            Window.builder().setAccessibleRole(AccessibleRole.WINDOW).build();
    private final Banner banner = new Banner();
    private final FilePage files;
    private final KeyPage keys;
    private final DevicePage devices;
    private final Footer footer;
    private Page page;

    ConsentWindow(Dialogs dialogs, Style style, Risks risks) {
        this.dialogs = dialogs;
        this.style = style;
        this.files = new FilePage(dialogs, risks);
        this.keys = new KeyPage(dialogs);
        this.devices = new DevicePage(dialogs, this::look);
        this.page = files;
        this.footer = new Footer(dialogs, () -> page.agree());
        window.addCssClass("consent");
        window.setDefaultSize(WIDTH, HEIGHT);
        window.setModal(true);
        window.setTitlebar(banner.widget());
        window.setChild(content());
        window.setDefaultWidget(footer.deny());
        listen();
    }

    private Box content() {
        keys.widget().setVisible(false);
        devices.widget().setVisible(false);
        var main = new Box(Orientation.VERTICAL, 0);
        main.setMarginTop(14);
        main.setMarginStart(18);
        main.setMarginEnd(18);
        main.setMarginBottom(10);
        main.append(files.widget());
        main.append(keys.widget());
        main.append(devices.widget());
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
            Fatal.guard(page::escape);
            return true;
        }
        return false;
    }

    /** Loads what the first frame needs. The window stays off the screen. */
    void warm() {
        window.realize();
    }

    /**
     * Does everything {@link #open} does for made-up questions, but for putting it on screen: fonts, icons and classes are loaded
     * before the first question comes.
     */
    void rehearse() {
        rehearse(Rehearsal.KEY);
        rehearse(Rehearsal.DEVICES);
        rehearse(Rehearsal.FILES);
        files.rehearse();
    }

    private void rehearse(Question question) {
        fill(new Show(1, NOBODY, null, question));
        // Not realized: GTK 4.8 on X11 fails when a window is destroyed that was realized but never shown.
        window.measure(Orientation.HORIZONTAL, -1, new Out<>(), new Out<>(), new Out<>(), new Out<>());
        window.measure(Orientation.VERTICAL, WIDTH, new Out<>(), new Out<>(), new Out<>(), new Out<>());
        look();
        arming(new Arming.State.Disarmed());
    }

    void open(Show show) {
        fill(show);
        window.present();
        // GTK would focus the first thing it finds; nothing may have the focus until Deny can take it.
        window.setFocus(null);
    }

    private void fill(Show show) {
        InstanceLabel asker = show.instance();
        Question question = show.question();
        style.paint(asker);
        window.setTitle(Wording.windowTitle(asker.name(), question));
        banner.name(asker.name(), question, show.phrase());
        footer.ask(asker, question);
        page = switch (question) {
            case FileQuestion asked -> {
                files.ask(asker, asked);
                yield files;
            }
            case KeyQuestion asked -> {
                keys.ask(asker, asked);
                yield keys;
            }
            case DeviceQuestion asked -> {
                devices.ask(asker, asked);
                footer.reserve(devices.agreements());
                yield devices;
            }
        };
        files.widget().setVisible(page == files);
        keys.widget().setVisible(page == keys);
        devices.widget().setVisible(page == devices);
        offer();
    }

    /** Brings the words up to date with what is selected and set. */
    void look() {
        page.look();
        offer();
    }

    private void offer() {
        if (page == devices) {
            footer.offer(devices.agreement(), devices.isChosen());
        }
    }

    void askToReplace(PickedFile file) {
        files.askToReplace(file);
        footer.replacing(true);
        window.setFocus(null);
    }

    void askAgain() {
        files.askAgain();
        footer.replacing(false);
        window.setFocus(null);
    }

    void explain(String why) {
        files.explain(why);
    }

    void arming(Arming.State state) {
        boolean armed = state instanceof Arming.State.Armed;
        footer.arming(state);
        page.arming(armed);
        if (armed && window.getFocus() == null) {
            footer.deny().grabFocus();
        }
    }

    /** Takes the window off the screen for good. */
    void destroy() {
        page.forget();
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
        // Marks may be piled upon a letter as high as one likes; they end where the label does.
        label.setOverflow(Overflow.HIDDEN);
        label.addCssClass(cssClass);
        return label;
    }
}
