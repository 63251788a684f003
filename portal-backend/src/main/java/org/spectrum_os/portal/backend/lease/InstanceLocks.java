// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.lease;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.spectrum_os.portal.store.lease.Lease;
import org.spectrum_os.portal.store.lease.Resource;

/**
 * One lock for each {@link Part} of an instance's leases. Whoever ends a lease, or lends, waits for whoever serves it: the file server, a
 * guest, a VM's monitor. Another instance's leases must not wait for that, nor this one's of another lane. Nobody holds two. Thread-safe.
 */
final class InstanceLocks {
    private final Map<Part, ReentrantLock> locks = new ConcurrentHashMap<>();

    /** What serves a lease, and so what its grant and its end wait for. Nobody can make keys wait; a guest's own kernel, devices. */
    enum Lane {
        KEYS,
        FILES,
        DEVICES;

        static Lane of(Resource resource) {
            return switch (resource.kind()) {
                case Resource.USB -> DEVICES;
                case Resource.KEY -> KEYS;
                default -> FILES;
            };
        }
    }

    /** What is settled under one lock. */
    record Part(String instance, Lane lane) {
        /** The order in which many are gone through: no instance's files wait for another's devices. */
        static final Comparator<Part> LANE_BY_LANE = Comparator.comparing(Part::lane);

        static Part of(Lease lease) {
            return new Part(lease.owner(), Lane.of(lease.resource()));
        }

        /** All of an instance, in the order in which they are gone through. */
        static Stream<Part> all(String instance) {
            return Arrays.stream(Lane.values()).map(lane -> new Part(instance, lane));
        }

        boolean has(Lease lease) {
            return of(lease).equals(this);
        }
    }

    /** Until it is closed, by the thread that began it, the leases are this thread's; may be nested. */
    interface Hold extends AutoCloseable {
        @Override
        void close();
    }

    Hold hold(Part part) {
        ReentrantLock lock = locks.computeIfAbsent(part, _ -> new ReentrantLock());
        lock.lock();
        return lock::unlock;
    }

    /**
     * Every part that was ever held, lane by lane. What precedes this call is seen by whoever holds another for the first time.
     */
    Stream<Part> known() {
        return locks.keySet().stream().sorted(Part.LANE_BY_LANE);
    }
}
