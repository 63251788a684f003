// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

import java.util.HashSet;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Keeps keys from a dialog that is not armed. A key that went down too early stays dead until it has come up, or a held Return would
 * answer by its automatic repetition as soon as the dialog is armed. Not thread-safe.
 */
public final class KeyGate {
    private final BooleanSupplier armed;
    private final Set<Integer> early = new HashSet<>();

    public KeyGate(BooleanSupplier armed) {
        this.armed = armed;
    }

    /**
     * A key went down, or repeats itself.
     *
     * @param key the hardware's number of the key, which does not change with modifiers
     * @return whether the dialog may see it
     */
    public boolean pressed(int key) {
        if (!armed.getAsBoolean()) {
            early.add(key);
            return false;
        }
        return !early.contains(key);
    }

    /** A key came up. */
    public void released(int key) {
        early.remove(key);
    }
}
