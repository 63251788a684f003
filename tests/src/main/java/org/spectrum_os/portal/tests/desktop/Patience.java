// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.desktop;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Waits for what another process does, by looking until it is so or until the patience ends. */
public final class Patience {
    private static final Duration LOOK_EVERY = Duration.ofMillis(40);

    private Patience() {}

    /** A look at something; empty if it is not there yet. */
    @FunctionalInterface
    public interface Look<T> {
        Optional<T> look() throws DesktopException;
    }

    /**
     * Looks until something is seen.
     *
     * @param what for the message, as in "waited 5 s for the dialog"
     * @throws DesktopException if it is not seen in time
     */
    public static <T> T await(String what, Duration patience, Look<T> look) throws DesktopException {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            Optional<T> seen = look.look();
            if (seen.isPresent()) {
                return seen.get();
            }
            if (System.nanoTime() - end > 0 || Thread.currentThread().isInterrupted()) {
                throw new DesktopException("waited " + patience.toMillis() + " ms in vain for " + what);
            }
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
    }
}
