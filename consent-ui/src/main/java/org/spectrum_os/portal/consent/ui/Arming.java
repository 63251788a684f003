// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Decides when a dialog may be answered: only while it is on screen and has the focus, and only when nothing has disturbed the user
 * for the whole delay. A key pressed or a button clicked for something else, just as the dialog appears, thus does nothing.
 *
 * <p>The state follows from the events and the clock alone; nothing has to be called for a delay to end. Not thread-safe.
 */
public final class Arming {
    /** The delay that people get. Only tests use another. */
    public static final Duration DELAY = Duration.ofSeconds(1);

    /** Whether the dialog may be answered. */
    public sealed interface State {
        /** It may not, and will not by waiting: it is not on screen, or has not the focus. */
        record Disarmed() implements State {}

        /**
         * It may not yet.
         *
         * @param progress how much of the delay has passed, from 0 to less than 1
         */
        record Waiting(double progress) implements State {}

        /** It may. */
        record Armed() implements State {}
    }

    private final long delay;
    private final LongSupplier clock;
    private boolean mapped;
    private boolean focused;
    private long disturbedAt;

    /**
     * @param delay from the last disturbance to being armed
     * @param clock monotonic nanoseconds, as {@link System#nanoTime()}
     */
    public Arming(Duration delay, LongSupplier clock) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("the arming delay is negative: " + delay);
        }
        this.delay = delay.toNanos();
        this.clock = clock;
        this.disturbedAt = clock.getAsLong();
    }

    /** The dialog came on screen. */
    public void mapped() {
        mapped = true;
        disturbed();
    }

    /** The dialog left the screen; it is as if it never had the focus. */
    public void unmapped() {
        mapped = false;
        focused = false;
        disturbed();
    }

    /** The dialog got the focus. */
    public void focusGained() {
        focused = true;
        disturbed();
    }

    /** The dialog lost the focus. */
    public void focusLost() {
        focused = false;
        disturbed();
    }

    /** The dialog asks something else than before. What the user himself selects is no such change. */
    public void contentChanged() {
        disturbed();
    }

    /** A dialog before this one closed. */
    public void otherDialogClosed() {
        disturbed();
    }

    private void disturbed() {
        disturbedAt = clock.getAsLong();
    }

    /** The state now. */
    public State state() {
        if (!mapped || !focused) {
            return new State.Disarmed();
        }
        // A difference, since the clock may start anywhere and wrap around.
        long calm = clock.getAsLong() - disturbedAt;
        return calm >= delay ? new State.Armed() : new State.Waiting(Math.max(0, calm) / (double) delay);
    }

    /** Whether the dialog may be answered now. */
    public boolean isArmed() {
        return state() instanceof State.Armed;
    }
}
