// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.agent;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** So many places for each instance; no instance takes another's. Thread-safe. */
final class Places {
    private final int most;
    private final Map<String, Semaphore> free = new ConcurrentHashMap<>();

    Places(int most) {
        this.most = most;
    }

    /** One place, to be left once. */
    interface Place {
        void leave();
    }

    /** Empty if all of the instance's are taken. */
    Optional<Place> take(String instance) {
        Semaphore places = free.computeIfAbsent(instance, _ -> new Semaphore(most));
        return places.tryAcquire() ? Optional.of(places::release) : Optional.empty();
    }
}
