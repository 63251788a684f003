// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

/** What happens when an instance asks. There is no "allow": a file is always chosen by the user. */
public enum Rule {
    /** The user is asked. */
    ASK,
    /** The answer is no, and nobody is bothered. Also when the policy says nothing. */
    DENY
}
