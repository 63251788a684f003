// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.lease;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.spectrum_os.portal.store.StoreTime;

/** Time that passes when the test says so; what is due runs on the test's thread. */
public final class HandTime implements StoreTime {
    private final Instant begin;
    private final List<Due> dues = new ArrayList<>();
    private Duration passed = Duration.ZERO;

    private record Due(Duration when, Runnable task) {}

    public HandTime(Instant begin) {
        this.begin = begin;
    }

    @Override
    public synchronized Instant now() {
        return begin.plus(passed);
    }

    @Override
    public synchronized Duration sinceBoot() {
        return passed;
    }

    @Override
    public synchronized Alarm after(Duration delay, Runnable task) {
        var due = new Due(passed.plus(delay), task);
        dues.add(due);
        return () -> {
            synchronized (this) {
                dues.remove(due);
            }
        };
    }

    public void pass(Duration time) {
        List<Due> run;
        synchronized (this) {
            passed = passed.plus(time);
            run = dues.stream()
                    .filter(due -> due.when().compareTo(passed) <= 0)
                    .sorted(Comparator.comparing(Due::when))
                    .toList();
            dues.removeAll(run);
        }
        run.forEach(due -> due.task().run());
    }
}
