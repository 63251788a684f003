// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.spectrum_os.portal.consent.contract.LoanTime;

/** For how long something may be lent: what the window offers. */
public final class LoanTimes {
    private static final LoanTime.Over HOUR = new LoanTime.Over(3600);
    private static final LoanTime.Over QUARTER = new LoanTime.Over(900);

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

    /** For a device, which is not lent beyond the stop of the VM: until then, a quarter, an hour, and {@code policy}'s own time. */
    public static List<LoanTime> ofDevices(LoanTime policy) {
        Stream<LoanTime.Over> own = policy instanceof LoanTime.Over over ? Stream.of(over) : Stream.of();
        return Stream.concat(
                        Stream.<LoanTime>of(new LoanTime.Stopped()),
                        Stream.concat(Stream.of(QUARTER, HOUR), own)
                                .distinct()
                                .sorted(Comparator.comparingLong(LoanTime.Over::seconds)))
                .toList();
    }
}
