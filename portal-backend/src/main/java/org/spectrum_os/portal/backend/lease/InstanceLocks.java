// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.lease;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One lock for each instance. Whoever ends a lease, or lends, waits for whoever serves the files, and perhaps for a guest or a VM; another
 * instance's leases must not wait for that. Nobody holds two. Thread-safe.
 */
final class InstanceLocks {
    private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();

    /** Until it is closed, by the thread that began it, the instance's leases are this thread's; may be nested. */
    interface Hold extends AutoCloseable {
        @Override
        void close();
    }

    Hold hold(String instance) {
        ReentrantLock lock = locks.computeIfAbsent(instance, _ -> new ReentrantLock());
        lock.lock();
        return lock::unlock;
    }

    /** Every instance that was ever held. What precedes this call is seen by whoever holds another for the first time. */
    Set<String> known() {
        return Set.copyOf(locks.keySet());
    }
}
