// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Says step by step, with the seconds since its start, what happens. */
final class Narrator {
    private final long begin = System.nanoTime();
    private final PrintStream out;

    Narrator(OutputStream out) {
        // Whatever the locale: names of files are shown.
        this.out = new PrintStream(out, true, StandardCharsets.UTF_8);
    }

    /** A step has been reached. */
    void step(String text) {
        out.printf("[%5.1f s] %s%n", (System.nanoTime() - begin) / 1e9, text);
    }

    /** A line that belongs to the last step. */
    void more(String text) {
        out.println("          " + text);
    }
}
