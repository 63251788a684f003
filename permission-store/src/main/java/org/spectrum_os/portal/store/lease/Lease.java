// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.lease;

import java.time.Instant;
import java.util.List;
import org.spectrum_os.portal.store.End;
import org.spectrum_os.portal.store.Permission;

/**
 * One thing lent to one instance.
 *
 * @param name     unique among all leases; lower-case letters, digits and hyphens, for a file the folder in which the guest sees it
 * @param owner    the instance that holds it
 * @param resource what is lent
 * @param access   what the owner may do with it
 * @param reason   the request that led to it, in words safe to show
 * @param created  by the wall clock
 * @param end      when it ends by itself; it can always be revoked before
 * @param uses     how often it has been used, as far as its kind counts
 */
public record Lease(
        String name,
        String owner,
        Resource resource,
        List<String> access,
        String reason,
        Instant created,
        End end,
        long uses) {
    public Lease {
        access = List.copyOf(access);
    }

    /**
     * Whether it is still in force when the backend, or the instance, is started anew. No key is used unasked after that, and no device
     * stays attached.
     */
    public boolean lasts() {
        return switch (end) {
            case End.At _, End.Never _ -> !resource.endsWithTheRun();
            case End.InstanceStops _, End.Uses _, End.Policy _ -> false;
        };
    }

    static Lease of(String name, String owner, Resource resource, Permission permission) {
        return new Lease(
                name,
                owner,
                resource,
                permission.access(),
                permission.reason(),
                permission.created(),
                permission.end(),
                permission.uses());
    }
}
