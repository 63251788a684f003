// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

/**
 * One thing that is wrong with a policy file.
 *
 * @param line   from 1; 0 when no place in the file is meant
 * @param column from 1
 */
public record PolicyProblem(int line, int column, String message) {
    @Override
    public String toString() {
        return line == 0 ? message : "line " + line + ", column " + column + ": " + message;
    }
}
