// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.lease;

import static java.lang.System.Logger.Level.ERROR;

import java.io.IOException;
import java.util.List;
import java.util.function.Predicate;
import org.spectrum_os.portal.backend.lease.InstanceLocks.Lane;
import org.spectrum_os.portal.backend.lease.InstanceLocks.Part;
import org.spectrum_os.portal.store.EndReason;
import org.spectrum_os.portal.store.lease.Lease;

/** How leases end: first the guest loses what was lent, then it is written down, then it is told. Thread-safe. */
final class Endings {
    private static final System.Logger LOG = System.getLogger(Endings.class.getName());

    private final InstanceLocks locks;
    private final HeldLeases held;
    private final Effect effect;
    private final UnwrittenEnds ends;
    private final LeaseNews news;

    Endings(InstanceLocks locks, HeldLeases held, Effect effect, UnwrittenEnds ends, LeaseNews news) {
        this.locks = locks;
        this.held = held;
        this.effect = effect;
        this.ends = ends;
        this.news = news;
    }

    /** Ends leases of all instances, lane by lane. */
    List<Lease> all(Predicate<Lease> which, EndReason why) {
        return locks.known().flatMap(part -> of(part, which, why).stream()).toList();
    }

    /** Ends leases of one part; says which they were. */
    List<Lease> of(Part part, Predicate<Lease> which, EndReason why) {
        try (var _ = locks.hold(part)) {
            List<Lease> ending = held.all()
                    .filter(lease -> part.has(lease) && which.test(lease))
                    .toList();
            ending.forEach(lease -> finish(lease, why));
            return ending;
        }
    }

    /** Under the lock of the lease's part. */
    void finish(Lease lease, EndReason why) {
        takeBack(lease);
        ends.write(lease, why);
        news.ended(lease, why);
    }

    /** The store has ended it. */
    void over(Lease lease, EndReason why) {
        try (var _ = locks.hold(Part.of(lease))) {
            if (ends.isNews(lease)) {
                takeBack(lease);
                news.ended(lease, why);
            }
        }
    }

    private void takeBack(Lease lease) {
        if (held.isInForce(lease.name())) {
            try {
                effect.end(lease);
            } catch (IOException e) {
                // A file server that does not answer is ended by its owner, and everything it served with it.
                LOG.log(ERROR, "lease {0} could not be taken back in order: {1}", lease.name(), e.getMessage());
            }
        }
        held.remove(lease);
    }

    /** What served these files is gone: those that last are asleep from now on. */
    void filesLost(Predicate<Lease> which) {
        locks.known().filter(part -> part.lane() == Lane.FILES).forEach(part -> {
            try (var _ = locks.hold(part)) {
                held.inForce().stream()
                        .filter(lease -> part.has(lease) && which.test(lease))
                        .forEach(this::lost);
            }
        });
    }

    private void lost(Lease lease) {
        if (lease.lasts()) {
            held.sleep(lease);
        } else {
            held.lose(lease);
            finish(lease, EndReason.FILE_SERVER_LOST);
        }
    }
}
