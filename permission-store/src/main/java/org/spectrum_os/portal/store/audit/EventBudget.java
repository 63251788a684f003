// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.audit;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How many events of its own making each source may put on record: {@link #MOST} in a minute. Minutes begin with a source's first event.
 * Not thread-safe.
 */
final class EventBudget {
    static final int MOST = 60;
    static final Duration MINUTE = Duration.ofMinutes(1);

    private final Map<AuditSource, Window> windows = new HashMap<>();

    private static final class Window {
        final Instant begun;
        long events;

        Window(Instant begun) {
            this.begun = begun;
        }
    }

    /** Counts one event; says whether it may be recorded. Call {@link #over} before. */
    boolean spend(AuditSource source, Instant now) {
        return ++windows.computeIfAbsent(source, _ -> new Window(now)).events <= MOST;
    }

    /** Closes the minutes that are over, and says what was left out in them. A clock that was set back ends them as well. */
    List<AuditEvent.Suppressed> over(Instant now) {
        var left = new ArrayList<AuditEvent.Suppressed>();
        windows.entrySet().removeIf(entry -> {
            Window window = entry.getValue();
            Duration age = Duration.between(window.begun, now);
            if (!age.isNegative() && age.compareTo(MINUTE) < 0) {
                return false;
            }
            addTo(left, entry.getKey(), window);
            return true;
        });
        return left;
    }

    /** Closes every minute. */
    List<AuditEvent.Suppressed> all() {
        var left = new ArrayList<AuditEvent.Suppressed>();
        windows.forEach((source, window) -> addTo(left, source, window));
        windows.clear();
        return left;
    }

    private static void addTo(List<AuditEvent.Suppressed> left, AuditSource source, Window window) {
        if (window.events > MOST) {
            left.add(new AuditEvent.Suppressed(source, window.events - MOST, window.begun.toString()));
        }
    }
}
