// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.hypervisor;

import java.time.Duration;

/** When a call must be over. */
public record Deadline(long nanoTime) {
    public static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    /** For one call of {@link Machine}: a little less than it may take, to clean up and to say why. */
    public static Deadline ofCall() {
        return in(Duration.ofSeconds(Machine.LONGEST_SECONDS - 2));
    }

    /** Negative when it is over. */
    public Duration left() {
        return Duration.ofNanos(nanoTime - System.nanoTime());
    }

    public boolean isOver() {
        return left().compareTo(Duration.ofMillis(1)) < 0;
    }

    /** Not longer than what is left, and not shorter than 1 ms, since no time means for ever to some. */
    public Duration atMost(Duration time) {
        Duration left = isOver() ? Duration.ofMillis(1) : left();
        return left.compareTo(time) < 0 ? left : time;
    }
}
