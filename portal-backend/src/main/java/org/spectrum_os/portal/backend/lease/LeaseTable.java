// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.lease;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.spectrum_os.portal.backend.lease.InstanceLocks.Lane;
import org.spectrum_os.portal.backend.lease.InstanceLocks.Part;
import org.spectrum_os.portal.store.End;
import org.spectrum_os.portal.store.EndReason;
import org.spectrum_os.portal.store.StoreTime;
import org.spectrum_os.portal.store.audit.AuditBook;
import org.spectrum_os.portal.store.lease.Lease;
import org.spectrum_os.portal.store.lease.LeaseListener;
import org.spectrum_os.portal.store.lease.Leases;
import org.spectrum_os.portal.store.lease.Resource;

/**
 * All leases in force: what the store holds, made real. Granting and ending are serialised for each instance's files, its keys, and its
 * devices, so a lease cannot be granted while those like it are being ended; no instance waits for another, and nobody's files or keys for a
 * device. Thread-safe. A lock is held while the instance's store's thread writes, so that thread never waits for one.
 */
public final class LeaseTable implements AutoCloseable {
    /** What one instance may hold of files, of keys, and of devices; the file server has the same bound. */
    public static final int MOST_PER_INSTANCE = 1024;

    private static final System.Logger LOG = System.getLogger(LeaseTable.class.getName());

    private final Leases store;
    private final InstanceLocks locks = new InstanceLocks();
    private final HeldLeases held = new HeldLeases();
    private final LeaseNews news;
    private final Restoration restoration;
    private final UnwrittenEnds ends;
    private final Endings endings;
    private final LeaseNames names = new LeaseNames();
    private final Extension extension;
    private volatile Predicate<Lease> allowed;

    /** Hears of changes, in order, after they took effect; must be quick and must not change the table. */
    public interface Listener {
        /** It is in force; also when it was before, and is again or for longer. */
        void granted(Lease lease);

        void ended(Lease lease, EndReason why);
    }

    /**
     * An empty table; what the store holds comes into force with {@link #restore}.
     *
     * @param allowed  whether the policy allows a lease
     * @param executor carries out what follows from ends that nobody here asked for; may run each task on a thread of its own
     */
    public LeaseTable(
            Leases store, AuditBook audit, Effect effect, Predicate<Lease> allowed, Executor executor, StoreTime time) {
        this.store = store;
        news = new LeaseNews(audit);
        this.allowed = allowed;
        restoration = new Restoration(effect, lease -> this.allowed.test(lease), store, held, news);
        ends = new UnwrittenEnds(store, time, executor);
        endings = new Endings(locks, held, effect, ends, news);
        extension = new Extension(store, held, news, endings::finish);
        store.addListener(new LeaseListener() {
            @Override
            public void granted(Lease lease) {}

            @Override
            public void changed(Lease lease) {}

            @Override
            public void ended(Lease lease, EndReason why) {
                if (why == EndReason.EXPIRED || why == EndReason.USED_UP) {
                    executor.execute(() -> endings.over(lease, why));
                }
            }
        });
    }

    public void addListener(Listener listener) {
        news.addListener(listener);
    }

    /**
     * Grants a lease: it is stored, recorded, then delivered, then in force. An equal one in force is returned instead, until the later of
     * both ends, so the same file has the same place in the guest as long as it is lent. Whoever cannot pass it on to the guest gives it
     * back with {@link #giveBack}.
     *
     * @throws IOException if the policy does not allow it, or it could not be stored, recorded or delivered; then nothing is lent
     */
    public Lease grant(Grant grant, Delivery delivery) throws IOException {
        String instance = grant.instance();
        open(grant);
        Resource resource = grant.what().toResource();
        var part = new Part(instance, Lane.of(resource));
        try (var _ = locks.hold(part)) {
            ends.writeNow();
            requireAllowed(grant);
            Optional<Lease> same = extension.of(grant);
            if (same.isPresent()) {
                held.claim(same.get());
                return same.get();
            }
            long count = held.all().filter(part::has).count();
            if (count >= MOST_PER_INSTANCE) {
                throw new IOException(instance + " holds " + count + " leases of this kind already; revoke some");
            }
            String name = grant.what().fileName();
            Lease lease = store.grant(
                    instance,
                    grant.end() instanceof End.Policy ? names.forPolicy(name, instance) : names.forLoan(name),
                    resource,
                    grant.access(),
                    grant.reason(),
                    grant.end());
            try {
                news.recordGrant(lease, grant.request());
                delivery.deliver(lease);
            } catch (IOException | RuntimeException e) {
                ends.write(lease, EndReason.GRANT_FAILED);
                news.failed(lease);
                throw e;
            }
            held.wake(lease);
            held.claim(lease);
            news.inForce(lease);
            return lease;
        }
    }

    /** Until something may be lent to it, an instance has no store of its own. */
    private void open(Grant grant) throws IOException {
        String instance = grant.instance();
        if (store.isOpen(instance)) {
            return;
        }
        requireAllowed(grant);
        var files = new Part(instance, Lane.FILES);
        try (var _ = locks.hold(files)) {
            store.open(instance);
            // At once: whoever lends a file and finds it open waits for this lock, and so for the files that were lent
            // before.
            restore(files);
        }
        Part.all(instance).filter(part -> !part.equals(files)).forEach(this::restore);
    }

    /** The policy may have changed since the user was asked. */
    private void requireAllowed(Grant grant) throws IOException {
        if (!allowed.test(grant.asLease())) {
            throw new IOException("the policy does not allow it any more");
        }
    }

    /** Another policy is in force: what it does not allow ends at once, and cannot be granted any more. */
    public void policyChanged(Predicate<Lease> nowAllowed) {
        // First: whoever is granting by the old one has done so before its instance's turn comes below.
        allowed = nowAllowed;
        var _ = endings.all(lease -> !nowAllowed.test(lease), EndReason.POLICY_CHANGED);
    }

    /**
     * Knows the leases of an instance that a new policy names; they are in force with the next {@link #restore}.
     *
     * @throws IOException if its store cannot be opened
     */
    public void open(String instance) throws IOException {
        try (var _ = locks.hold(new Part(instance, Lane.FILES))) {
            store.openIfThere(instance);
        }
    }

    /** What is lent is another file now, as the store says; the lease stands. */
    public void replaced(String name) {
        Optional<Lease> lease = held.find(name);
        if (lease.isPresent()) {
            try (var _ = locks.hold(Part.of(lease.get()))) {
                if (held.isInForce(name)) {
                    store.find(name).ifPresent(held::wake);
                }
            }
        }
    }

    /**
     * Brings into force what the store holds and is not: what lasts and the policy allows, if the resource is there still. The rest ends.
     * What cannot be served just now stays in the store, out of reach, for the next call.
     */
    public void restore() {
        restore(_ -> true);
    }

    /** As {@link #restore()}, of files alone: what serves them is back. */
    public void restoreFiles() {
        restore(part -> part.lane() == Lane.FILES);
    }

    private void restore(Predicate<Part> which) {
        store.all().stream()
                .map(Part::of)
                .filter(which)
                .distinct()
                .sorted(Part.LANE_BY_LANE)
                .forEach(this::restore);
    }

    private void restore(Part part) {
        try (var _ = locks.hold(part)) {
            // Before the store is looked into: one that is written down in between is in it no more, or among these.
            Set<String> ended = ends.unwritten();
            store.all().stream()
                    .filter(lease -> part.has(lease) && !held.isInForce(lease.name()) && !ended.contains(lease.name()))
                    .forEach(lease -> restoration.restore(lease).ifPresent(why -> endings.finish(lease, why)));
        }
    }

    /** Ends one lease; empty if there is none of that name. When this returns the guest cannot reach the resource. */
    public Optional<Lease> end(String name, EndReason why) {
        return held.find(name)
                .flatMap(found -> endings
                        .of(Part.of(found), lease -> lease.name().equals(name), why)
                        .stream()
                        .findFirst());
    }

    /** Undoes one {@link #grant}: the lease ends, unless another grant of it stands. */
    public void giveBack(Lease lease, EndReason why) {
        try (var _ = locks.hold(Part.of(lease))) {
            if (held.unclaim(lease)) {
                var _ = end(lease.name(), why);
            }
        }
    }

    /**
     * Ends what was lent until an instance stops; what it may do with keys always ends then. Of devices its VM's monitor tells: they stay
     * until {@link #machineStopped}.
     */
    public void instanceStopped(String instance) {
        stopped(Part.all(instance).filter(part -> part.lane() != Lane.DEVICES));
    }

    /** An instance's VM does not run any more: as {@link #instanceStopped}, and its devices are out. */
    public void machineStopped(String instance) {
        stopped(Part.all(instance));
    }

    private void stopped(Stream<Part> parts) {
        parts.forEach(part -> {
            var _ = endings.of(
                    part,
                    lease -> lease.end() instanceof End.InstanceStops
                            || lease.resource().endsWithTheRun(),
                    EndReason.INSTANCE_STOPPED);
        });
    }

    /** What served these files is gone. Those that last wait for {@link #restoreFiles}, the others end. */
    public void filesLost(Predicate<Lease> which) {
        endings.filesLost(which);
    }

    /** The guest opened the lease's file for the first time since it was lent or restored. */
    public void used(String name) {
        Optional<Lease> known = held.find(name);
        if (known.isEmpty()) {
            return;
        }
        try (var _ = locks.hold(Part.of(known.get()))) {
            Optional<Lease> lease = held.inForce(name);
            if (lease.isPresent()) {
                news.used(lease.get());
                store.use(name).ifPresent(held::wake);
            }
        } catch (IOException e) {
            LOG.log(WARNING, "a use of lease {0} is not counted: {1}", name, e.getMessage());
        }
    }

    /**
     * Counts a use before it is made; false if the lease is over, and then there is none.
     *
     * @throws IOException if it cannot be written down; then there is none either
     */
    public boolean spend(String name) throws IOException {
        Optional<Lease> known = held.find(name);
        if (known.isEmpty()) {
            return false;
        }
        try (var _ = locks.hold(Part.of(known.get()))) {
            Optional<Lease> lease = held.inForce(name);
            if (lease.isEmpty() || !store.spend(lease.get())) {
                return false;
            }
            news.used(lease.get());
            store.find(name).ifPresent(held::wake);
            return true;
        }
    }

    /** All leases in force, oldest first. */
    public List<Lease> list() {
        return held.inForce();
    }

    /** Ends all but what lasts, in order. To be called before the store is closed. */
    @Override
    public void close() {
        var _ = endings.all(lease -> !lease.lasts(), EndReason.BACKEND_STOPPED);
        ends.writeNow();
        ends.stopAlarm();
    }
}
