// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import java.time.Duration;

/** How long an instance may read what the user lends to it; it can always be revoked before. */
public sealed interface Loan {
    /** Until the VM stops, or the backend. Also when the policy says nothing. */
    record UntilStopped() implements Loan {}

    /** For a time, also if the VM or the backend is started anew meanwhile. */
    record For(Duration time) implements Loan {
        public static final Duration SHORTEST = Duration.ofSeconds(1);
        public static final Duration LONGEST = Duration.ofDays(365);

        public For {
            if (time.compareTo(SHORTEST) < 0 || time.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("a loan lasts 1 s to 365 d, not " + time);
            }
        }
    }

    /** Until the user revokes it. */
    record Always() implements Loan {}
}
