// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Time that passes when a test says so: the wall clock, the clock since boot, and the one that alarms go by, which a suspension stops. */
public final class FakeTime implements StoreTime {
    private Instant now = Instant.parse("2026-03-01T12:00:00Z");
    private Duration sinceBoot = Duration.ofHours(1);
    private Duration awake = Duration.ofHours(1);
    private final List<Waiting> waiting = new ArrayList<>();

    /** Some day at noon, an hour after the machine started. */
    public FakeTime() {}

    private record Waiting(Duration at, Runnable task) {}

    @Override
    public synchronized Instant now() {
        return now;
    }

    @Override
    public synchronized Duration sinceBoot() {
        return sinceBoot;
    }

    @Override
    public synchronized Alarm after(Duration delay, Runnable task) {
        var entry = new Waiting(awake.plus(delay), task);
        waiting.add(entry);
        return () -> {
            synchronized (this) {
                waiting.remove(entry);
            }
        };
    }

    /** Lets time pass while the machine is awake; alarms go off when they are due. */
    public void pass(Duration span) {
        Duration target;
        synchronized (this) {
            target = awake.plus(span);
        }
        while (true) {
            Runnable task = null;
            synchronized (this) {
                Waiting next =
                        waiting.stream().min(Comparator.comparing(Waiting::at)).orElse(null);
                if (next == null || next.at().compareTo(target) > 0) {
                    advance(target.minus(awake));
                    return;
                }
                advance(next.at().compareTo(awake) > 0 ? next.at().minus(awake) : Duration.ZERO);
                waiting.remove(next);
                task = next.task();
            }
            task.run();
        }
    }

    private void advance(Duration span) {
        awake = awake.plus(span);
        sinceBoot = sinceBoot.plus(span);
        now = now.plus(span);
    }

    /** The machine sleeps: clocks go on, alarms do not. */
    public synchronized void suspend(Duration span) {
        sinceBoot = sinceBoot.plus(span);
        now = now.plus(span);
    }

    /** Somebody sets the wall clock. */
    public synchronized void setClock(Instant to) {
        now = to;
    }

    /** The machine is started anew, with the wall clock as given. */
    public synchronized void reboot(Instant to) {
        now = to;
        sinceBoot = Duration.ofSeconds(30);
        awake = Duration.ofSeconds(30);
        waiting.clear();
    }

    public synchronized int alarms() {
        return waiting.size();
    }
}
