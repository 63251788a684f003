// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.consent;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Monotonic time and things to do later; injected, so that tests own it. */
public interface Timer {
    /** Nanoseconds since some moment; only differences mean something. */
    long nanos();

    /** Runs {@code task} once, after {@code delay}, on a thread of the timer's. */
    Alarm after(Duration delay, Runnable task);

    /** Something that will run. */
    interface Alarm {
        /** Makes it not run, if it has not begun. */
        void cancel();
    }

    /** The machine's own time. */
    static Timer of(ScheduledExecutorService executor) {
        return new Timer() {
            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public Alarm after(Duration delay, Runnable task) {
                var future = executor.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
                return () -> {
                    boolean _ = future.cancel(false);
                };
            }
        };
    }
}
