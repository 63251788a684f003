// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.lease;

import static java.lang.System.Logger.Level.ERROR;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.spectrum_os.portal.store.audit.AuditBook;
import org.spectrum_os.portal.store.audit.AuditEvent;

/**
 * All leases in force. Granting and ending are serialised, so a lease cannot be granted to an instance while its leases are being ended.
 * Thread-safe.
 */
public final class LeaseTable {
    /** What one instance may hold; the file server has the same bound. */
    public static final int MOST_PER_INSTANCE = 1024;

    private static final System.Logger LOG = System.getLogger(LeaseTable.class.getName());
    private static final String LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";
    private static final int NAME_LENGTH = 8;

    private final AuditBook audit;
    private final InstantSource clock;
    private final Effect effect;
    private final RandomGenerator random = new SecureRandom();
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Lease> leases = new LinkedHashMap<>();
    /** How many grants each lease stands for, less those given back. */
    private final Map<String, Integer> claims = new HashMap<>();

    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    /** Hears of changes, in order, after they took effect; must be quick and must not change the table. */
    public interface Listener {
        void granted(Lease lease);

        void ended(Lease lease, Lease.EndReason why);
    }

    public LeaseTable(AuditBook audit, InstantSource clock, Effect effect) {
        this.audit = audit;
        this.clock = clock;
        this.effect = effect;
    }

    public void addListener(Listener listener) {
        listeners.add(listener);
    }

    /** What makes a new lease real. */
    @FunctionalInterface
    public interface Delivery {
        void deliver(Lease lease) throws IOException;
    }

    /**
     * Grants a lease: it is recorded, then delivered, then in force. An equal one in force is returned instead, so the same file has the
     * same place in the guest as long as it is lent. Whoever cannot pass it on to the guest gives it back with {@link #giveBack}.
     *
     * @param request for the audit log
     * @throws IOException if it could not be recorded or delivered; then nothing is lent
     */
    public Lease grant(
            String instance, HostFile file, Lease.Access access, String reason, String request, Delivery delivery)
            throws IOException {
        lock.lock();
        try {
            Optional<Lease> same = leases.values().stream()
                    .filter(lease -> lease.instance().equals(instance)
                            && lease.resource().equals(file)
                            && lease.access() == access)
                    .findFirst();
            if (same.isPresent()) {
                claims.merge(same.get().name(), 1, Integer::sum);
                return same.get();
            }
            long held = leases.values().stream()
                    .filter(lease -> lease.instance().equals(instance))
                    .count();
            if (held >= MOST_PER_INSTANCE) {
                throw new IOException(instance + " holds " + held + " leases already; revoke some");
            }
            var lease = new Lease(newName(), instance, file, access, reason, Lease.End.INSTANCE_STOPS, clock.instant());
            audit.write(new AuditEvent.Granted(
                    instance,
                    request,
                    lease.name(),
                    file.path().toString(),
                    access.toString(),
                    lease.end().toString()));
            try {
                delivery.deliver(lease);
            } catch (IOException e) {
                audit.write(new AuditEvent.Ended(instance, lease.name(), Lease.EndReason.GRANT_FAILED.toString()));
                throw e;
            }
            leases.put(lease.name(), lease);
            claims.put(lease.name(), 1);
            listeners.forEach(listener -> listener.granted(lease));
            return lease;
        } finally {
            lock.unlock();
        }
    }

    private String newName() {
        String name;
        do {
            var letters = new StringBuilder(NAME_LENGTH);
            for (int i = 0; i < NAME_LENGTH; i++) {
                letters.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
            }
            name = letters.toString();
        } while (leases.containsKey(name));
        return name;
    }

    /** Ends one lease; empty if there is none of that name. When this returns the guest cannot reach the resource. */
    public Optional<Lease> end(String name, Lease.EndReason why) {
        return endAll(lease -> lease.name().equals(name), why).stream().findFirst();
    }

    /** Undoes one {@link #grant}: the lease ends, unless another grant of it stands. */
    public void giveBack(Lease lease, Lease.EndReason why) {
        lock.lock();
        try {
            Integer left = claims.computeIfPresent(lease.name(), (name, count) -> count - 1);
            if (left != null && left == 0) {
                end(lease.name(), why);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends every lease of an instance. */
    public List<Lease> endAll(String instance, Lease.EndReason why) {
        return endAll((Lease lease) -> lease.instance().equals(instance), why);
    }

    /** Ends every lease. */
    public List<Lease> endAll(Lease.EndReason why) {
        return endAll((Lease lease) -> true, why);
    }

    private List<Lease> endAll(Predicate<Lease> which, Lease.EndReason why) {
        lock.lock();
        try {
            List<Lease> ending = leases.values().stream().filter(which).toList();
            var ended = new ArrayList<Lease>();
            for (Lease lease : ending) {
                if (why != Lease.EndReason.FILE_SERVER_LOST) {
                    try {
                        effect.end(lease);
                    } catch (IOException e) {
                        // A file server that does not answer is ended by its owner, and everything it served with it.
                        LOG.log(ERROR, "lease {0} could not be taken back in order: {1}", lease.name(), e.getMessage());
                    }
                }
                leases.remove(lease.name());
                claims.remove(lease.name());
                record(new AuditEvent.Ended(lease.instance(), lease.name(), why.toString()));
                listeners.forEach(listener -> listener.ended(lease, why));
                ended.add(lease);
            }
            return ended;
        } finally {
            lock.unlock();
        }
    }

    /** An end is carried out even when it cannot be written down. */
    private void record(AuditEvent event) {
        try {
            audit.write(event);
        } catch (IOException e) {
            LOG.log(ERROR, e.getMessage());
        }
    }

    /** The guest opened the lease's file for the first time. */
    public void used(String name) {
        lock.lock();
        try {
            Lease lease = leases.get(name);
            if (lease != null) {
                record(new AuditEvent.Used(lease.instance(), name));
            }
        } finally {
            lock.unlock();
        }
    }

    /** All leases in force, oldest first. */
    public List<Lease> list() {
        lock.lock();
        try {
            return List.copyOf(leases.values());
        } finally {
            lock.unlock();
        }
    }
}
