// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store;

import java.time.Instant;

/** When a permission ends by itself. It can always be taken back before. */
public sealed interface End {
    /** It does not: only somebody's decision ends it. What the plain PermissionStore interface sets. */
    record Never() implements End {}

    /** At a moment, by the wall clock, and never later than the time between its grant and that moment, should the clock be set back. */
    record At(Instant when) implements End {}

    /** After so many uses. */
    record Uses(long most) implements End {
        /** More than anything needs; keeps the counter far from its limits. */
        public static final long LARGEST = 1_000_000;

        public Uses {
            if (most < 1 || most > LARGEST) {
                throw new IllegalArgumentException("a number of uses must be 1 to " + LARGEST + ", not " + most);
            }
        }
    }

    /** With the VM that holds it. Whoever watches VMs says when; the store only remembers. */
    record InstanceStops() implements End {}

    /** With the policy's rule behind it. Whoever reads the policy says when. */
    record Policy() implements End {}

    /** The word for it: {@code never}, {@code at}, {@code uses}, {@code instance-stops}, {@code policy}. */
    default String word() {
        return switch (this) {
            case Never() -> "never";
            case At(Instant _) -> "at";
            case Uses(long _) -> "uses";
            case InstanceStops() -> "instance-stops";
            case Policy() -> "policy";
        };
    }
}
