// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one instance sees at the root: its live leases. Connections of the instance share it and see changes at once. Thread-safe;
 * readers get immutable lists, so that an open directory holds one list and no copy of its own.
 */
final class InstanceLeases {
    private final Map<WireName, LeaseFolder> byName = new LinkedHashMap<>();
    private List<LeaseFolder> listed = List.of();
    /** Counts changes; the root's qid version, so never 0. */
    private int generation = 1;

    synchronized void add(LeaseFolder lease) {
        byName.put(lease.lease().name(), lease);
        changed();
    }

    synchronized void remove(LeaseFolder lease) {
        byName.remove(lease.lease().name(), lease);
        changed();
    }

    private void changed() {
        listed = List.copyOf(byName.values());
        generation = generation == -1 ? 1 : generation + 1;
    }

    synchronized @Nullable LeaseFolder find(WireName name) {
        return byName.get(name);
    }

    synchronized List<LeaseFolder> list() {
        return listed;
    }

    synchronized Qid rootQid() {
        return new Qid(Qid.DIRECTORY, generation, Qid.ROOT_PATH);
    }
}
