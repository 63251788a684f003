// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.lease;

import java.time.Instant;
import org.spectrum_os.portal.store.End;
import org.spectrum_os.portal.store.lease.Lease;

/**
 * What is to be lent to whom.
 *
 * @param reason  in words safe to show
 * @param request the number of the request that led to it, for the audit log; {@link #POLICY} if none did
 * @param end     not before now
 */
public record Grant(String instance, Lent what, Access access, String reason, String request, End end) {
    /** In the place of a request's number: the policy gives it. */
    public static final String POLICY = "policy";

    /** As a lease without a name, for whoever judges leases. */
    Lease asLease() {
        return new Lease("", instance, what.toResource(), access.words(), reason, Instant.EPOCH, end, 0);
    }
}
