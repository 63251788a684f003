// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent;

import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/**
 * One line per event on standard error, where the service manager's journal picks it up. It is not a logging framework because the
 * agent pays for every class it loads, in every VM.
 */
public final class AgentLog {
    private AgentLog() {}

    /** Something worth knowing that is no fault. */
    public static void info(String message) {
        line("", message);
    }

    /** Something went wrong; the message says what, with what, and what to do. */
    public static void warn(String message) {
        line("warning: ", message);
    }

    /** The program ends because of this. */
    static void error(@Nullable String message) {
        line("", String.valueOf(message));
    }

    private static void line(String prefix, String message) {
        PrintStream err = System.err;
        err.println("spectrum-agent: " + prefix + message);
    }
}
