// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.file;

import static java.lang.System.Logger.Level.ERROR;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.spectrum_os.portal.backend.lease.Access;
import org.spectrum_os.portal.backend.lease.Grant;
import org.spectrum_os.portal.backend.lease.HostEntries;
import org.spectrum_os.portal.backend.lease.LeaseTable;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.backend.policy.Policy;
import org.spectrum_os.portal.backend.policy.StaticFile;
import org.spectrum_os.portal.store.End;
import org.spectrum_os.portal.store.EndReason;
import org.spectrum_os.portal.store.lease.Lease;

/** What the policy gives to instances unasked: leases like all others, which end with the policy's word. */
public final class GivenFiles {
    private static final System.Logger LOG = System.getLogger(GivenFiles.class.getName());

    private final LeaseTable leases;
    private final FileLending lending;

    public GivenFiles(LeaseTable leases, FileLending lending) {
        this.leases = leases;
        this.lending = lending;
    }

    /** A path without symbolic links, and what for. */
    private record Wanted(Path path, Access access) {}

    /** What one policy gives, by instance, as far as it is there. */
    public static final class Given {
        /** In the policy's order: of two leases that want one name, the first has it. */
        private final Map<String, Set<Wanted>> byInstance = new LinkedHashMap<>();

        /** Looks for what {@code policy} gives; what is missing is told in the log. */
        public static Given of(Policy policy) {
            var given = new Given();
            for (Instance instance : policy.instances()) {
                var wanted = new LinkedHashSet<Wanted>();
                for (StaticFile file : instance.files()) {
                    try {
                        wanted.add(new Wanted(file.path().toRealPath(), file.access()));
                    } catch (IOException e) {
                        LOG.log(
                                ERROR,
                                "the policy gives {0} to {1}, which cannot be found: {2}",
                                file.path(),
                                instance.name(),
                                e.toString());
                    }
                }
                given.byInstance.put(instance.name(), wanted);
            }
            return given;
        }

        /** Whether a lease is one that this policy gives. */
        public boolean has(Lease lease) {
            return HostEntries.of(lease.resource())
                    .flatMap(what -> Access.of(lease.access()).map(access -> new Wanted(what.path(), access)))
                    .filter(byInstance.getOrDefault(lease.owner(), Set.of())::contains)
                    .isPresent();
        }
    }

    /**
     * Makes it so: what is given and not lent is lent, what is lent by an earlier policy, or is another file by now, ends. What cannot be
     * lent is told in the log, and stands in nobody's way.
     */
    public void bring(Given given) {
        var kept = new HashSet<String>();
        given.byInstance.forEach((instance, files) -> files.forEach(file -> {
            try (OpenedEntries opened = OpenedEntries.at(file.path(), file.access())) {
                var grant = new Grant(instance, opened.what(), file.access(), "", Grant.POLICY, new End.Policy());
                kept.add(leases.grant(grant, lease -> lending.give(lease, opened))
                        .name());
            } catch (IOException e) {
                LOG.log(
                        ERROR,
                        "the policy gives {0} to {1}, which cannot be lent: {2}",
                        file.path(),
                        instance,
                        e.getMessage());
            }
        }));
        leases.list().stream()
                // What VMs serve themselves is not this class's.
                .filter(lease -> lease.end() instanceof End.Policy
                        && HostEntries.of(lease.resource()).isPresent()
                        && !kept.contains(lease.name()))
                .forEach(lease -> leases.end(lease.name(), EndReason.POLICY_CHANGED));
    }
}
