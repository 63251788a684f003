// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.lease;

import java.time.Instant;
import java.util.List;
import org.spectrum_os.portal.store.End;
import org.spectrum_os.portal.store.lease.Lease;

/**
 * What is to be lent to whom.
 *
 * @param access  what may be done with it
 * @param reason  in words safe to show
 * @param request the number of the request that led to it, for the audit log; {@link #POLICY} if none did
 * @param end     not before now
 */
public record Grant(String instance, Lent what, List<String> access, String reason, String request, End end) {
    public Grant {
        access = List.copyOf(access);
    }

    /** Of files. */
    public Grant(String instance, Lent what, Access access, String reason, String request, End end) {
        this(instance, what, access.words(), reason, request, end);
    }

    /** In the place of a request's number: the policy gives it. */
    public static final String POLICY = "policy";

    /** As a lease without a name, for whoever judges leases. */
    Lease asLease() {
        return new Lease("", instance, what.toResource(), access, reason, Instant.EPOCH, end, 0);
    }
}
