// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.file;

import java.time.Duration;
import java.time.Instant;
import org.spectrum_os.portal.backend.lease.Access;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.backend.policy.Loan;
import org.spectrum_os.portal.consent.contract.FileAccess;
import org.spectrum_os.portal.consent.contract.LoanTime;
import org.spectrum_os.portal.consent.contract.Purpose;
import org.spectrum_os.portal.consent.contract.Terms;
import org.spectrum_os.portal.store.End;

/** How something is lent, in the words of the policy, of the window and of the store. */
final class LoanTerms {
    private LoanTerms() {}

    /** What the window offers first. What is saved cannot be lent for reading. */
    static Terms offered(Instance.Terms preselected, Purpose purpose) {
        FileAccess access = purpose.saves()
                ? FileAccess.WRITE
                : switch (preselected.access()) {
                    case READ -> FileAccess.READ;
                    case WRITE -> FileAccess.WRITE;
                };
        return new Terms(access, time(preselected.loan()));
    }

    private static LoanTime time(Loan loan) {
        return switch (loan) {
            case Loan.UntilStopped() -> new LoanTime.Stopped();
            case Loan.For(var time) -> new LoanTime.Over(time.toSeconds());
            case Loan.Always() -> new LoanTime.Revoked();
        };
    }

    /** What the user chose that the guest may do. */
    static Access access(Terms chosen) {
        return switch (chosen.access()) {
            case READ -> Access.READ;
            case WRITE -> Access.WRITE;
        };
    }

    /** When what the user lends now ends. */
    static End end(Terms chosen, Instant now) {
        return switch (chosen.loan()) {
            case LoanTime.Stopped() -> new End.InstanceStops();
            case LoanTime.Over(long seconds) -> new End.At(now.plus(Duration.ofSeconds(seconds)));
            case LoanTime.Revoked() -> new End.Never();
        };
    }
}
