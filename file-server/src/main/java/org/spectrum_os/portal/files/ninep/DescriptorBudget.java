// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

/** The descriptors that this process may open. Thread-safe. */
final class DescriptorBudget {
    /** For the program itself: its libraries, the control socket, what is being received. */
    private static final long OWN = 256;

    private final long most;
    private long used;

    /** {@code limit} is that of the process. */
    DescriptorBudget(long limit) {
        most = limit - OWN;
    }

    /** What one instance's guests may have of it at most, so that no few of them have it all. */
    int share() {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(0, most) / 4);
    }

    synchronized boolean take(int count) {
        if (used + count > most) {
            return false;
        }
        used += count;
        return true;
    }

    synchronized void giveBack(int count) {
        used -= count;
    }

    synchronized long left() {
        return most - used;
    }
}
