// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.consent;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Time that moves only when a test says so, on the test's thread; alarms may be set on any. */
public final class FakeTimer implements Timer {
    private volatile long now = 1_000_000_007L;
    private final List<Pending> pending = new CopyOnWriteArrayList<>();

    private record Pending(long at, Runnable task) {}

    @Override
    public long nanos() {
        return now;
    }

    @Override
    public Alarm after(Duration delay, Runnable task) {
        var entry = new Pending(now + delay.toNanos(), task);
        pending.add(entry);
        return () -> pending.remove(entry);
    }

    /** Lets time pass, running what becomes due, in order. */
    public void pass(Duration time) {
        long until = now + time.toNanos();
        while (true) {
            var due = pending.stream().filter(entry -> entry.at <= until).min(Comparator.comparingLong(Pending::at));
            if (due.isEmpty()) {
                break;
            }
            now = due.get().at;
            pending.remove(due.get());
            due.get().task.run();
        }
        now = until;
    }

    int alarms() {
        return pending.size();
    }
}
