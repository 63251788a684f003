// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.lease;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.spectrum_os.portal.store.lease.Lease;

/** The leases that there are, by name, and what stands behind each. Thread-safe; what becomes of one is settled under the lock of its part. */
final class HeldLeases {
    private final Map<String, Lease> inForce = new LinkedHashMap<>();
    /** What lasts and is out of reach just now, as nothing serves it. */
    private final Map<String, Lease> asleep = new LinkedHashMap<>();
    /** How many grants each lease stands for, less those given back. */
    private final Map<String, Integer> claims = new HashMap<>();

    synchronized boolean isInForce(String name) {
        return inForce.containsKey(name);
    }

    synchronized Optional<Lease> inForce(String name) {
        return Optional.ofNullable(inForce.get(name));
    }

    /** In force or asleep. */
    synchronized Optional<Lease> find(String name) {
        return Optional.ofNullable(inForce.getOrDefault(name, asleep.get(name)));
    }

    /** Oldest first. */
    synchronized List<Lease> inForce() {
        var list = new ArrayList<>(inForce.values());
        list.sort(Comparator.comparing(Lease::created));
        return List.copyOf(list);
    }

    /** Also those asleep. */
    synchronized Stream<Lease> all() {
        return Stream.concat(List.copyOf(inForce.values()).stream(), List.copyOf(asleep.values()).stream());
    }

    /** It is in force, and as given here, from now on. */
    synchronized void wake(Lease lease) {
        asleep.remove(lease.name());
        inForce.put(lease.name(), lease);
    }

    /** Somebody was, or may have been, told of it. */
    synchronized void claim(Lease lease) {
        claims.merge(lease.name(), 1, Integer::sum);
    }

    /** Says whether nobody claims it any more. */
    synchronized boolean unclaim(Lease lease) {
        Integer left = claims.computeIfPresent(lease.name(), (_, count) -> count - 1);
        return left != null && left == 0;
    }

    /** It lasts, but is out of reach. */
    synchronized void sleep(Lease lease) {
        inForce.remove(lease.name());
        asleep.put(lease.name(), lease);
        claims.putIfAbsent(lease.name(), 1);
    }

    /** Nothing serves it any more, and it does not last. */
    synchronized void lose(Lease lease) {
        inForce.remove(lease.name());
    }

    synchronized void remove(Lease lease) {
        inForce.remove(lease.name());
        asleep.remove(lease.name());
        claims.remove(lease.name());
    }
}
