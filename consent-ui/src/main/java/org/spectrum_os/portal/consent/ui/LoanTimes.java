// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

import java.util.ArrayList;
import java.util.List;
import org.spectrum_os.portal.consent.contract.LoanTime;

/** For how long something may be lent: what the window offers. */
public final class LoanTimes {
    private static final LoanTime HOUR = new LoanTime.Over(3600);

    private LoanTimes() {}

    /** Until the VM stops, an hour, always, and {@code policy}'s own time if it is none of these; from the shortest to the longest. */
    public static List<LoanTime> offered(LoanTime policy) {
        List<LoanTime> offered = new ArrayList<>(List.of(new LoanTime.Stopped(), HOUR, new LoanTime.Revoked()));
        if (!offered.contains(policy)) {
            boolean beforeTheHour = policy instanceof LoanTime.Over(long seconds) && seconds < 3600;
            offered.add(beforeTheHour ? 1 : 2, policy);
        }
        return List.copyOf(offered);
    }
}
