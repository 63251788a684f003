// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.contract;

/** On what terms something is lent: what is offered to the user first, and what the user chose. */
public record Terms(FileAccess access, LoanTime loan) {
    /** For reading, until the VM stops: the least there is. */
    public static final Terms LEAST = new Terms(FileAccess.READ, new LoanTime.Stopped());
}
