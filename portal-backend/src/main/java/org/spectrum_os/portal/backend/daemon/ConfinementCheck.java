// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.spectrum_os.portal.backend.daemon.Doctor.Finding;
import org.spectrum_os.portal.backend.daemon.Doctor.State;

/** Tries whether the file server could be confined: without that it does not start. */
final class ConfinementCheck {
    private static final String CHECK = "confinement";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private ConfinementCheck() {}

    /**
     * Makes namespaces as the file server has them, and lets them go again.
     *
     * @param bwrap the program, and what else stands before its arguments
     */
    static Finding of(List<String> bwrap) {
        var command = new ArrayList<>(bwrap);
        command.addAll(List.of("--unshare-all", "--cap-drop", "ALL", "--ro-bind", "/", "/", "--", "true"));
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                    .start();
        } catch (IOException e) {
            return new Finding(
                    CHECK,
                    State.WRONG,
                    bwrap.getFirst() + " is not installed, so no file server can be started",
                    "install bubblewrap (Debian: apt install bubblewrap)");
        }
        try {
            String said = process.waitFor(PATIENCE)
                    ? new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip()
                    : "it did not answer";
            return !process.isAlive() && process.exitValue() == 0
                    ? new Finding(CHECK, State.GOOD, "bubblewrap works", "")
                    : new Finding(
                            CHECK,
                            State.WRONG,
                            "bubblewrap cannot make namespaces, so no file server can be started: " + said,
                            "let users make them (sysctl kernel.unprivileged_userns_clone=1, or the AppArmor profile of"
                                    + " bwrap), or install bwrap set-user-id");
        } catch (IOException e) {
            return new Finding(CHECK, State.CARE, "cannot be examined: " + e.getMessage(), "try: bwrap --version");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Finding(CHECK, State.CARE, "was interrupted", "run this again");
        } finally {
            process.destroyForcibly();
        }
    }
}
