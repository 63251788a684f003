// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.lease;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.spectrum_os.portal.store.End;
import org.spectrum_os.portal.store.EndReason;
import org.spectrum_os.portal.store.lease.Lease;
import org.spectrum_os.portal.store.lease.Leases;

/** Finds the lease that stands for a grant already, so that the same file keeps its place in the guest. Used under the lock of the lease's part. */
final class Extension {
    private final Leases store;
    private final HeldLeases held;
    private final LeaseNews news;
    private final BiConsumer<Lease, EndReason> finish;

    Extension(Leases store, HeldLeases held, LeaseNews news, BiConsumer<Lease, EndReason> finish) {
        this.store = store;
        this.held = held;
        this.news = news;
        this.finish = finish;
    }

    /** The equal lease that is in force, if there is one, and from now on until the later end. */
    Optional<Lease> of(Grant grant) throws IOException {
        // As the store has them: a file may have been replaced this very moment, or a lease's time have come.
        Map<String, Lease> stored =
                store.ofOwner(grant.instance()).stream().collect(Collectors.toMap(Lease::name, Function.identity()));
        for (Lease lease : held.inForce()) {
            Lease current = stored.get(lease.name());
            Optional<End> later = current != null && isSame(current, grant)
                    ? Ends.later(current.end(), grant.end())
                    : Optional.empty();
            if (later.isEmpty() || current == null) {
                continue;
            }
            if (later.get().equals(current.end())) {
                held.wake(current);
                return Optional.of(current);
            }
            Optional<Lease> renewed = store.renew(current, grant.reason(), later.get());
            if (renewed.isPresent()) {
                held.wake(renewed.get());
                try {
                    news.recordGrant(renewed.get(), grant.request());
                } catch (IOException e) {
                    // It must not last longer than is on record.
                    finish.accept(renewed.get(), EndReason.GRANT_FAILED);
                    throw e;
                }
                news.inForce(renewed.get());
                return renewed;
            }
        }
        return Optional.empty();
    }

    private static boolean isSame(Lease lease, Grant grant) {
        return lease.access().equals(grant.access())
                && Lent.of(lease.resource())
                        .filter(what -> what.isOrBecomes(grant.what()))
                        .isPresent();
    }
}
