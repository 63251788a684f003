// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.consent.contract.DeviceQuestion;
import org.spectrum_os.portal.consent.contract.FileQuestion;
import org.spectrum_os.portal.consent.contract.FromWindow;
import org.spectrum_os.portal.consent.contract.FromWindow.PickedFile;
import org.spectrum_os.portal.consent.contract.ToWindow;

/**
 * The rules of the dialogs: one at a time, answered once, and only when armed. It is told what the backend says and what happens to
 * the window, and tells both what follows. All of it happens on one thread, the window's.
 */
public final class Dialogs {
    private static final System.Logger LOG = System.getLogger(Dialogs.class.getName());

    /** What draws the dialogs. */
    public interface Window {
        /** Puts a dialog on screen. */
        void open(ToWindow.Show show);

        /** Takes the dialog off the screen, at once. */
        void vanish();

        /** Asks once more, before the file chosen for saving takes the place of one that is there. */
        void askToReplace(PickedFile file);

        /** Shows the question again in place of the last one. */
        void askAgain();

        /** Says why the chosen files are not lent; the dialog stays. */
        void explain(String why);

        /** Shows whether the dialog can be answered. Called when it changes and while a delay passes. */
        void arming(Arming.State state);
    }

    private final Arming arming;
    private final Path home;
    private final Consumer<FromWindow> backend;
    private @Nullable Window window;
    private ToWindow.@Nullable Show open;
    /** What would be answered if the user agreed to replace. */
    private FromWindow.@Nullable Chosen replacing;

    private Path startFolder;
    private boolean saidArmed;

    /**
     * Makes the rules; no dialog is open.
     *
     * @param home    where the first dialog's chooser begins
     * @param backend takes every message, in order, and must not block for long
     */
    public Dialogs(Arming arming, Path home, Consumer<FromWindow> backend) {
        this.arming = arming;
        this.home = home;
        this.startFolder = home;
        this.backend = backend;
    }

    /** The window to draw in; it and this know each other. */
    public void drawnBy(Window drawer) {
        window = drawer;
    }

    private Window window() {
        Window drawer = window;
        if (drawer == null) {
            throw new IllegalStateException("no window is there to draw in");
        }
        return drawer;
    }

    /** The backend said something. */
    public void said(ToWindow message) {
        switch (message) {
            case ToWindow.Show show -> show(show);
            case ToWindow.Close close -> {
                if (open != null && open.id() == close.id()) {
                    LOG.log(
                            System.Logger.Level.INFO,
                            "dialog {0} closed by the backend: {1}",
                            close.id(),
                            close.reason());
                    end();
                }
            }
        }
    }

    private void show(ToWindow.Show show) {
        if (open != null) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "dialog {0} refused: dialog {1} is open, and the contract allows one at a time",
                    show.id(),
                    open.id());
            backend.accept(new FromWindow.Denied(show.id()));
            return;
        }
        open = show;
        saidArmed = false;
        arming.contentChanged();
        window().open(show);
        tick();
    }

    /** The window came on screen. */
    public void mapped() {
        arming.mapped();
        if (open != null) {
            backend.accept(new FromWindow.Mapped(open.id()));
        }
        tick();
    }

    /** The window got or lost the focus. */
    public void focused(boolean has) {
        if (has) {
            arming.focusGained();
        } else {
            arming.focusLost();
        }
        tick();
    }

    /** The folder that the chooser begins in: the one from which the user lent last, if it is still there; never one that a guest names. */
    public Path startFolder() {
        return Files.isDirectory(startFolder) ? startFolder : home;
    }

    /** Time has passed, perhaps; called often while a dialog is open. */
    public void tick() {
        if (open == null) {
            return;
        }
        Arming.State state = arming.state();
        window().arming(state);
        boolean armed = state instanceof Arming.State.Armed;
        if (armed && !saidArmed) {
            backend.accept(new FromWindow.Armed(open.id()));
        }
        saidArmed = armed;
    }

    /** Whether a dialog is open and may be answered. */
    public boolean isArmed() {
        return open != null && arming.isArmed();
    }

    /** Whether a dialog is open. */
    public boolean isOpen() {
        return open != null;
    }

    /** The user denies. */
    public void deny() {
        if (open != null && arming.isArmed()) {
            answer(new FromWindow.Denied(open.id()));
        }
    }

    /** The user denies and does not want to be asked again. */
    public void block() {
        if (open != null && arming.isArmed()) {
            answer(new FromWindow.Blocked(open.id()));
        }
    }

    /** The user closed the window by the window manager. That is safe at any time. */
    public void windowClosed() {
        if (open != null) {
            answer(new FromWindow.Denied(open.id()));
        }
    }

    /** The user lends what is selected, if it can be lent. A file that would be replaced is asked about first. */
    public void lend(Selection selection) {
        ToWindow.Show show = open;
        if (show != null && replacing == null && arming.isArmed()) {
            follow(Lending.lend(show.id(), show.instance(), filesOf(show), selection));
        }
    }

    /** The user agrees that the file that is there is replaced. It must still be the one that was asked about. */
    public void replace() {
        ToWindow.Show show = open;
        if (show != null && replacing != null && arming.isArmed()) {
            follow(Lending.replace(filesOf(show), replacing));
        }
    }

    private static FileQuestion filesOf(ToWindow.Show show) {
        if (show.question() instanceof FileQuestion question) {
            return question;
        }
        throw new IllegalStateException("files were chosen where none were asked for");
    }

    private void follow(Lending.Step step) {
        switch (step) {
            case Lending.Step.Refused(String why) -> {
                back();
                window().explain(why);
            }
            case Lending.Step.Replacing(FromWindow.Chosen answer) -> {
                replacing = answer;
                arming.contentChanged();
                window().askToReplace(answer.files().getFirst());
                tick();
            }
            case Lending.Step.Lent(FromWindow.Chosen answer) -> {
                startFolder = Path.of(answer.files().getFirst().folder());
                agree(answer);
            }
        }
    }

    /** The user does not want to replace, and goes back to the question. */
    public void back() {
        if (replacing != null && arming.isArmed()) {
            replacing = null;
            arming.contentChanged();
            window().askAgain();
            tick();
        }
    }

    /**
     * The user agrees to the one use of a key that is asked about.
     *
     * @param again whether also to what the question offers besides
     */
    public void agree(boolean again) {
        if (open != null && arming.isArmed()) {
            agree(new FromWindow.Agreed(open.id(), again));
        }
    }

    /** The user lends the devices that are picked. What is not whole, or was not said, is no answer; the question stays. */
    public void pick(DevicePick pick) {
        ToWindow.Show show = open;
        if (show != null && arming.isArmed()) {
            if (!(show.question() instanceof DeviceQuestion question)) {
                throw new IllegalStateException("devices were picked where none were asked for");
            }
            DeviceGate.answer(show.id(), question, pick).ifPresent(this::agree);
        }
    }

    private void agree(FromWindow.Yes answer) {
        ToWindow.Show show = open;
        if (show != null) {
            show.question().objectionTo(answer).ifPresent(why -> {
                throw new IllegalStateException("the window made an answer that is none: " + why);
            });
            answer(answer);
        }
    }

    private void answer(FromWindow.Answer answer) {
        end();
        backend.accept(answer);
    }

    private void end() {
        open = null;
        replacing = null;
        window().vanish();
        arming.unmapped();
        arming.otherDialogClosed();
    }
}
