// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import java.util.List;
import java.util.stream.Collectors;

/** A policy file that cannot be used; carries every problem found in it. */
public final class PolicyException extends Exception {
    private final List<PolicyProblem> problems;

    PolicyException(String source, List<PolicyProblem> problems) {
        super(problems.stream().map(problem -> source + ": " + problem).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    public List<PolicyProblem> problems() {
        return problems;
    }
}
