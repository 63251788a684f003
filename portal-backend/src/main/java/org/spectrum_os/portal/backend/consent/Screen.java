// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.consent;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.consent.contract.ToWindow;

/** The one dialog that the user sees, and how long it may take to appear and to be answered. Used under the desk's lock. */
final class Screen {
    /** How long a window may take to bring a dialog on screen before it counts as hung. */
    static final Duration MAP_WAIT = Duration.ofSeconds(20);

    private static final System.Logger LOG = System.getLogger(Screen.class.getName());

    private final ConsentWindow window;
    private final Timer timer;
    private final Consumer<Asked> unanswered;
    private final Consumer<Asked> unseen;
    private @Nullable Asked shown;
    private Timer.@Nullable Alarm expiry;
    private Timer.@Nullable Alarm mapWait;

    /**
     * Both are called on the timer's thread, without the lock.
     *
     * @param unanswered hears of a dialog whose time is over
     * @param unseen     hears of one that did not come on screen within {@link #MAP_WAIT}
     */
    Screen(ConsentWindow window, Timer timer, Consumer<Asked> unanswered, Consumer<Asked> unseen) {
        this.window = window;
        this.timer = timer;
        this.unanswered = unanswered;
        this.unseen = unseen;
    }

    /** What is on screen, or about to be. */
    @Nullable
    Asked shown() {
        return shown;
    }

    /** False if the window cannot be told. */
    boolean show(Asked entry, @Nullable String phrase, Duration answerWithin) {
        try {
            window.tell(new ToWindow.Show(entry.id, entry.asker.label(), phrase, entry.question));
        } catch (IOException e) {
            LOG.log(WARNING, "the consent window cannot be told to ask: " + e.getMessage());
            return false;
        }
        shown = entry;
        expiry = timer.after(answerWithin, () -> unanswered.accept(entry));
        mapWait = timer.after(MAP_WAIT, () -> unseen.accept(entry));
        return true;
    }

    /** The window says that the user can see it. */
    void mapped(long id) {
        if (shown != null && shown.id == id && mapWait != null) {
            mapWait.cancel();
            mapWait = null;
            LOG.log(
                    INFO,
                    "dialog {0} came on screen {1} ms after it was asked for",
                    Long.toString(shown.id),
                    Long.toString((timer.nanos() - shown.since) / 1_000_000));
        }
    }

    /** Takes a dialog away; false if the window cannot be told. */
    boolean close(Asked entry, ToWindow.Reason reason) {
        clear();
        try {
            window.tell(new ToWindow.Close(entry.id, reason));
            return true;
        } catch (IOException e) {
            // A window that cannot be told is dying, and its dialog with it; lost() follows.
            LOG.log(WARNING, "the consent window cannot be told to close a dialog: " + e.getMessage());
            return false;
        }
    }

    /** Nothing is on screen any more. */
    void clear() {
        shown = null;
        if (expiry != null) {
            expiry.cancel();
            expiry = null;
        }
        if (mapWait != null) {
            mapWait.cancel();
            mapWait = null;
        }
    }
}
