// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.contract;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** Until when a VM may read what is lent to it now, unless the user takes it back before. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "until")
@JsonSubTypes({
    @JsonSubTypes.Type(value = LoanTime.Stopped.class, name = "stopped"),
    @JsonSubTypes.Type(value = LoanTime.Over.class, name = "over"),
    @JsonSubTypes.Type(value = LoanTime.Revoked.class, name = "revoked")
})
public sealed interface LoanTime {
    /** Until the VM stops. */
    record Stopped() implements LoanTime {}

    /**
     * For so many seconds from the answer on, however often the VM is started meanwhile.
     *
     * @param seconds 1 to {@link #MOST_SECONDS}
     */
    record Over(long seconds) implements LoanTime {
        /** A year. */
        public static final long MOST_SECONDS = 365 * 86_400L;

        public Over {
            if (seconds < 1 || seconds > MOST_SECONDS) {
                throw new IllegalArgumentException(
                        "a loan of " + seconds + " seconds; 1 to " + MOST_SECONDS + " can be");
            }
        }
    }

    /** Until the user takes it back. */
    record Revoked() implements LoanTime {}
}
