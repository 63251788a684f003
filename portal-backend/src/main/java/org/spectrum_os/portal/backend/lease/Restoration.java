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

/** Brings a lease that the store holds into force again, or says why it must end. Used under the lock of the table. */
final class Restoration {
    private static final System.Logger LOG = System.getLogger(Restoration.class.getName());

    private final Effect effect;
    private final Predicate<Lease> allowed;
    private final HeldLeases held;
    private final LeaseNews news;

    Restoration(Effect effect, Predicate<Lease> allowed, HeldLeases held, LeaseNews news) {
        this.effect = effect;
        this.allowed = allowed;
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
            effect.restore(lease);
            held.wake(lease);
            LOG.log(INFO, "{0} has {1} again (lease {2})", lease.owner(), what, lease.name());
            news.inForce(lease);
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
}
