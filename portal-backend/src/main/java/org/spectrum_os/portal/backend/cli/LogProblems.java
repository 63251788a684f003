// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.spectrum_os.portal.protocol.DisplayText;
import org.spectrum_os.portal.protocol.Untrusted;
import org.spectrum_os.portal.store.audit.AuditReader;

/** Tells, on standard error, what could not be read: of each file the first line at once, and at the end how many. */
final class LogProblems implements AuditReader.Problems {
    private static final int LONGEST_PATH = 4096;

    private final PrintWriter err;
    private final Map<Path, Long> damaged = new LinkedHashMap<>();
    private final Set<Path> unreadable = new HashSet<>();

    LogProblems(PrintWriter err) {
        this.err = err;
    }

    @Override
    public void damaged(Path file, long line, String why) {
        if (damaged.merge(file, 1L, Long::sum) == 1) {
            tell(file, "line " + line + " is " + why + "; it is left out");
        }
    }

    @Override
    public void unreadable(Path file, IOException why) {
        if (unreadable.add(file)) {
            tell(
                    file,
                    "cannot be read: "
                            + (why instanceof AccessDeniedException
                                    ? "no permission; run this as the user whose log it is"
                                    : why.getMessage()));
        }
    }

    private void tell(Path file, String what) {
        err.println("spectrum-portal: " + DisplayText.of(Untrusted.of(file.toString()), LONGEST_PATH) + ": "
                + DisplayText.of(Untrusted.of(what), LONGEST_PATH));
        err.flush();
    }

    /** Says how many lines were left out, where it was more than the one that was told. */
    void tellCounts() {
        damaged.forEach((file, count) -> {
            if (count > 1) {
                tell(file, count + " lines were left out");
            }
        });
        damaged.clear();
    }

    /** Whether a file is missing from what was printed. */
    boolean isAnyUnreadable() {
        return !unreadable.isEmpty();
    }
}
