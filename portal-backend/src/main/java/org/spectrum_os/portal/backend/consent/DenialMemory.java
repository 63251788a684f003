// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.consent;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Remembers that the user said no, so that an instance cannot wear the user down by asking again. The first denial holds for a short
 * time, each further one twice as long as the one before, up to a bound. An answer of yes, or a long silence, wipes it.
 *
 * <p>It goes by instance, not by question: a guest could always vary the question. Not thread-safe.
 */
final class DenialMemory {
    /** A silence of this many times the last duration makes the next denial a first one again. */
    private static final int FORGIVEN_AFTER = 4;

    private final Timer timer;
    private final Map<String, Entry> entries = new HashMap<>();

    private Duration first;
    private Duration most;

    private record Entry(long since, Duration lasts) {}

    DenialMemory(Duration first, Duration most, Timer timer) {
        this.first = first;
        this.most = most;
        this.timer = timer;
    }

    /** From the next denial on. */
    void set(Duration nowFirst, Duration nowMost) {
        first = nowFirst;
        most = nowMost;
    }

    boolean holds(String key) {
        Entry entry = entries.get(key);
        return entry != null && timer.nanos() - entry.since < entry.lasts.toNanos();
    }

    void denied(String key) {
        Entry before = entries.get(key);
        Duration lasts = first;
        if (before != null && timer.nanos() - before.since < before.lasts.toNanos() * FORGIVEN_AFTER) {
            lasts = before.lasts.multipliedBy(2);
        }
        entries.put(key, new Entry(timer.nanos(), lasts.compareTo(most) > 0 ? most : lasts));
    }

    void forget(String key) {
        entries.remove(key);
    }
}
