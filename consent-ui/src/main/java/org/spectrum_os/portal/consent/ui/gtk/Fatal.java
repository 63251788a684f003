// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui.gtk;

/** An error that nobody foresaw ends the process: the backend counts that as a denial, and what state the window is in is unknown. */
final class Fatal {
    private static final System.Logger LOG = System.getLogger(Fatal.class.getName());

    private Fatal() {}

    /** Runs a callback of GTK's, out of which no exception may pass into native code. */
    @SuppressWarnings("CatchingUnchecked") // whatever it is, it must not be survived
    static void guard(Runnable callback) {
        try {
            callback.run();
        } catch (Throwable e) {
            exit(e);
        }
    }

    /** Logs {@code cause} and ends the process. */
    static void exit(Throwable cause) {
        LOG.log(
                System.Logger.Level.ERROR,
                "the consent window failed and ends; the backend counts that as denied",
                cause);
        // Not exit(): no hook may hold up the end, and GTK's thread may be the one that fails.
        Runtime.getRuntime().halt(1);
    }
}
