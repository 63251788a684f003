// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.protocol;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Keeps what somebody can bring about at will from flooding a log that all share: {@link #MOST} lines in a minute of each source; how many
 * were left out is told with its next line. Sources are to be few. Thread-safe.
 */
public final class LogBudget {
    public static final int MOST = 60;
    private static final long MINUTE_NANOS = Duration.ofMinutes(1).toNanos();

    private final Map<String, Window> windows = new HashMap<>();

    private static final class Window {
        private long begun;
        private long lines;
    }

    /** With nothing written yet. */
    public LogBudget() {}

    /** Writes the line, or counts it. */
    public void write(String source, String line, Consumer<String> log) {
        write(source, line, log, System.nanoTime());
    }

    void write(String source, String line, Consumer<String> log, long now) {
        long left = 0;
        synchronized (this) {
            Window window = windows.computeIfAbsent(source, _ -> new Window());
            if (window.lines == 0 || now - window.begun >= MINUTE_NANOS) {
                left = Math.max(0, window.lines - MOST);
                window.begun = now;
                window.lines = 0;
            }
            if (++window.lines > MOST) {
                return;
            }
        }
        log.accept(
                left == 0 ? line : line + " (" + left + " lines about " + source + " were left out before this one)");
    }
}
