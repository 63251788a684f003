// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The machine's own time. */
public final class MachineTime implements StoreTime {
    /** CLOCK_BOOTTIME in seconds, with hundredths (proc(5)). {@code System.nanoTime} stands still while the machine is suspended. */
    private static final Path UPTIME = Path.of("/proc/uptime");

    private final ScheduledExecutorService executor;

    public MachineTime(ScheduledExecutorService executor) {
        this.executor = executor;
    }

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public Duration sinceBoot() {
        try {
            String text = Files.readString(UPTIME);
            return Duration.ofMillis(new BigDecimal(text.substring(0, text.indexOf(' ')))
                    .movePointRight(3)
                    .longValueExact());
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot read " + UPTIME + ", which says how long permissions have lasted", e);
        }
    }

    @Override
    public Alarm after(Duration delay, Runnable task) {
        var future = executor.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        return () -> {
            boolean _ = future.cancel(false);
        };
    }
}
