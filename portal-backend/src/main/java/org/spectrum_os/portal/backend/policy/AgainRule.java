// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import java.time.Duration;

/** How far the user may agree to the same once more without being asked. */
public sealed interface AgainRule {
    /** So many times, 1 to 1000. */
    record Uses(int most) implements AgainRule {
        public Uses {
            if (most < 1 || most > 1000) {
                throw new IllegalArgumentException("again " + most + " times");
            }
        }
    }

    /** For so long, 1 s to 24 h, and no longer than the instance runs. */
    record For(Duration time) implements AgainRule {
        public For {
            if (time.compareTo(Duration.ofSeconds(1)) < 0 || time.compareTo(Duration.ofDays(1)) > 0) {
                throw new IllegalArgumentException("again for " + time);
            }
        }
    }
}
