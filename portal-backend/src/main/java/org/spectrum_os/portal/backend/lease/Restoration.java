// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.lease;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Predicate;
import org.spectrum_os.portal.store.EndReason;
import org.spectrum_os.portal.store.lease.Lease;
import org.spectrum_os.portal.store.lease.Leases;

/** Brings a lease that the store holds into force again, or says why it must end. Used under the lock of the lease's part. */
final class Restoration {
    private static final System.Logger LOG = System.getLogger(Restoration.class.getName());

    private final Effect effect;
    private final Predicate<Lease> allowed;
    private final Leases store;
    private final HeldLeases held;
    private final LeaseNews news;

    Restoration(Effect effect, Predicate<Lease> allowed, Leases store, HeldLeases held, LeaseNews news) {
        this.effect = effect;
        this.allowed = allowed;
        this.store = store;
        this.held = held;
        this.news = news;
    }

    /** Why the lease must end; empty if it is in force now, or asleep until it can be. */
    Optional<EndReason> restore(Lease lease) {
        if (!lease.lasts()) {
            return Optional.of(EndReason.BACKEND_STOPPED);
        }
        if (!allowed.test(lease)) {
            return Optional.of(EndReason.POLICY_CHANGED);
        }
        held.sleep(lease);
        String what = lease.resource().name();
        try {
            news.recordRestored(lease);
            Lease now = described(lease, effect.restore(lease));
            held.wake(now);
            LOG.log(INFO, "{0} has {1} again (lease {2})", lease.owner(), what, lease.name());
            news.inForce(now);
        } catch (ResourceGoneException e) {
            LOG.log(WARNING, "lease {0} of {1} ends: {2}", lease.name(), lease.owner(), e.getMessage());
            return Optional.of(EndReason.RESOURCE_GONE);
        } catch (IOException e) {
            LOG.log(
                    ERROR,
                    "{0} has lease {1} of {2} still, but out of reach: {3}",
                    lease.owner(),
                    lease.name(),
                    what,
                    e.getMessage());
        }
        return Optional.empty();
    }

    /** A companion that was left out stays out: what comes back under its name later is not what the user lent. */
    private Lease described(Lease lease, HostEntries now) {
        if (now.toResource().equals(lease.resource())) {
            return lease;
        }
        try {
            return store.describe(lease.owner(), lease.name(), now.toResource()).orElse(lease);
        } catch (IOException e) {
            LOG.log(WARNING, "what is left of lease {0} cannot be written down: {1}", lease.name(), e.getMessage());
            return lease;
        }
    }
}
