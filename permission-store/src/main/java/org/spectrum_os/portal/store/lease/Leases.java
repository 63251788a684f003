// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.lease;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.dbus.marshal.MarshalException;
import org.spectrum_os.portal.store.Change;
import org.spectrum_os.portal.store.End;
import org.spectrum_os.portal.store.EndReason;
import org.spectrum_os.portal.store.Entry;
import org.spectrum_os.portal.store.Outcome;
import org.spectrum_os.portal.store.Permission;
import org.spectrum_os.portal.store.Store;
import org.spectrum_os.portal.store.StoreTime;

/**
 * All leases of some instances, each instance's in the store of its own folder. What a method has granted or ended is on the disk when it
 * returns. Thread-safe.
 */
public final class Leases implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Leases.class.getName());
    /** It becomes a name in the guest, and files can be edited. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");

    private final Path state;
    private final StoreTime time;
    private final Map<String, Store> stores = new ConcurrentHashMap<>();
    private final List<LeaseListener> listeners = new CopyOnWriteArrayList<>();

    private Leases(Path state, StoreTime time) {
        this.state = state;
        this.time = time;
    }

    /**
     * Opens the stores of those owners that have one. A store that cannot be opened is told in the log and tried again when something is to
     * be granted; the others do not suffer from it.
     *
     * @param state the folder in which each owner has one
     * @throws IllegalArgumentException if an owner's name is no instance's
     */
    public static Leases open(Path state, Collection<String> owners, StoreTime time) {
        var leases = new Leases(state, time);
        for (String owner : owners) {
            try {
                leases.openIfThere(owner);
            } catch (IOException e) {
                LOG.log(ERROR, "what was lent to {0} is not known: {1}", owner, e.getMessage());
            }
        }
        return leases;
    }

    private Store store(String owner) throws IOException {
        synchronized (stores) {
            Store store = stores.get(owner);
            if (store == null) {
                store = Store.open(state.resolve(OwnerNames.require(owner)), time, Store.OnLastEnd.DROP_ENTRY);
                store.addListener((change, done) -> tell(owner, change, done));
                stores.put(owner, store);
            }
            return store;
        }
    }

    /** Whether an owner's leases are known: its store is open. One without a folder has none, and no store. */
    public boolean isOpen(String owner) {
        return stores.containsKey(owner);
    }

    /**
     * Opens an owner's store, if it is not open yet; its leases are known then.
     *
     * @throws IOException if it cannot be opened
     */
    public void open(String owner) throws IOException {
        var _ = store(owner);
    }

    /**
     * Opens an owner's store, if it has one and it is not open yet.
     *
     * @throws IOException if it cannot be opened
     */
    public void openIfThere(String owner) throws IOException {
        if (Files.isDirectory(state.resolve(OwnerNames.require(owner)))) {
            open(owner);
        }
    }

    public void addListener(LeaseListener listener) {
        listeners.add(listener);
    }

    /**
     * Lends something. When this returns the lease is on the disk.
     *
     * @param names proposes names until one is free: lower-case letters, digits and hyphens, 1 to 64, no hyphen first
     * @param end   not before now
     * @throws IOException if it cannot be written; then there is no lease
     */
    public Lease grant(
            String owner, Supplier<String> names, Resource resource, List<String> access, String reason, End end)
            throws IOException {
        Store store = store(owner);
        while (true) {
            String name = newName(names);
            var permission = Permission.granted(access, time.now(), end, reason);
            Outcome outcome =
                    store.apply(new Change.Grant(resource.kind(), name, owner, permission, resource.toValue()));
            switch (outcome) {
                case Outcome.Done _ -> {
                    return Lease.of(name, owner, resource, permission);
                }
                case Outcome.Refused(Change.Refusal why) when why == Change.Refusal.EXISTS -> {}
                case Outcome.Refused(Change.Refusal why) ->
                    throw new IOException("the lease cannot be stored for " + owner + ": " + why);
                case Outcome.Failed(IOException cause) -> throw cause;
            }
        }
    }

    private String newName(Supplier<String> names) {
        String name;
        do {
            name = names.get();
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("no name for a lease: " + name);
            }
        } while (find(name).isPresent());
        return name;
    }

    /**
     * Writes down that what is lent is described otherwise now, such as a file that was replaced. Empty if the lease has ended meanwhile.
     *
     * @param resource of the same kind
     */
    public Optional<Lease> describe(String owner, String name, Resource resource) throws IOException {
        Outcome outcome = store(owner).apply(new Change.SetValue(resource.kind(), false, name, resource.toValue()));
        return switch (outcome) {
            case Outcome.Done _ -> lease(owner, store(owner), resource.kind(), name);
            case Outcome.Refused _ -> Optional.empty();
            case Outcome.Failed(IOException cause) -> throw cause;
        };
    }

    /** Lends anew what is lent already: for another reason, until another end. Empty if it has ended meanwhile. */
    public Optional<Lease> renew(Lease lease, String reason, End end) throws IOException {
        if (find(lease.name()).isEmpty()) {
            return Optional.empty();
        }
        Outcome outcome = store(lease.owner())
                .apply(new Change.SetPermission(
                        lease.resource().kind(), false, lease.name(), lease.owner(), lease.access(), end, reason));
        return switch (outcome) {
            case Outcome.Done _ -> find(lease.name());
            case Outcome.Refused _ -> Optional.empty();
            case Outcome.Failed(IOException cause) -> throw cause;
        };
    }

    /**
     * Counts a use of a lease, which may be its last.
     *
     * @return the lease as it is after that; empty if it is over, by this use or before
     */
    public Optional<Lease> use(String name) throws IOException {
        Lease lease = find(name).orElse(null);
        if (lease == null) {
            return Optional.empty();
        }
        Outcome outcome =
                store(lease.owner()).apply(new Change.Use(lease.resource().kind(), name, lease.owner()));
        if (outcome instanceof Outcome.Failed(IOException cause)) {
            throw cause;
        }
        return find(name);
    }

    /**
     * Counts a use before it is made.
     *
     * @return whether the lease was in force for it; this use may have been its last
     * @throws IOException if it cannot be written
     */
    public boolean spend(Lease lease) throws IOException {
        Outcome outcome =
                store(lease.owner()).apply(new Change.Use(lease.resource().kind(), lease.name(), lease.owner()));
        return switch (outcome) {
            case Outcome.Done _ -> true;
            case Outcome.Refused _ -> false;
            case Outcome.Failed(IOException cause) -> throw cause;
        };
    }

    /**
     * Ends a lease; empty if there is none of that name.
     *
     * @throws IOException if its end cannot be written; then it is in force still, as far as this knows
     */
    public Optional<Lease> end(String name, EndReason why) throws IOException {
        Lease lease = find(name).orElse(null);
        if (lease == null) {
            return Optional.empty();
        }
        Outcome outcome =
                store(lease.owner()).apply(new Change.Finish(lease.resource().kind(), name, lease.owner(), why, false));
        return switch (outcome) {
            case Outcome.Done _ -> Optional.of(lease);
            case Outcome.Refused _ -> Optional.empty();
            case Outcome.Failed(IOException cause) -> throw cause;
        };
    }

    public Optional<Lease> find(String name) {
        for (var store : stores.entrySet()) {
            for (String kind : store.getValue().tables()) {
                Optional<Lease> lease = lease(store.getKey(), store.getValue(), kind, name);
                if (lease.isPresent()) {
                    return lease;
                }
            }
        }
        return Optional.empty();
    }

    /** All leases in force, oldest first. */
    public List<Lease> all() {
        return sorted(stores.keySet().stream().flatMap(this::stream));
    }

    /** What one instance holds, oldest first. */
    public List<Lease> ofOwner(String owner) {
        return sorted(stream(owner));
    }

    /** Who holds a resource, whatever its details; oldest first. */
    public List<Lease> ofResource(String kind, String name) {
        return sorted(all().stream()
                .filter(lease -> lease.resource().kind().equals(kind)
                        && lease.resource().name().equals(name)));
    }

    /** What ends at a moment before {@code moment}; the first to end first. */
    public List<Lease> endingBefore(Instant moment) {
        record Ending(Instant when, Lease lease) {}
        var ending = new ArrayList<Ending>();
        for (Lease lease : all()) {
            if (lease.end() instanceof End.At(Instant when) && when.isBefore(moment)) {
                ending.add(new Ending(when, lease));
            }
        }
        return ending.stream()
                .sorted(Comparator.comparing(Ending::when))
                .map(Ending::lease)
                .toList();
    }

    private static List<Lease> sorted(Stream<Lease> leases) {
        return leases.sorted(Comparator.comparing(Lease::created).thenComparing(Lease::name))
                .toList();
    }

    private Stream<Lease> stream(String owner) {
        Store store = stores.get(owner);
        if (store == null) {
            return Stream.empty();
        }
        return store.tables().stream()
                .flatMap(kind -> store.ids(kind).stream().flatMap(name -> lease(owner, store, kind, name).stream()));
    }

    private static Optional<Lease> lease(String owner, Store store, String kind, String name) {
        return store.entry(kind, name).flatMap(entry -> lease(owner, kind, name, entry));
    }

    private static Optional<Lease> lease(String owner, String kind, String name, @Nullable Entry entry) {
        if (entry == null) {
            return Optional.empty();
        }
        Permission permission = entry.permissions().get(owner);
        return permission == null ? Optional.empty() : lease(owner, kind, name, entry, permission);
    }

    private static Optional<Lease> lease(String owner, String kind, String name, Entry entry, Permission permission) {
        if (!NAME.matcher(name).matches()) {
            LOG.log(WARNING, "an entry of {0} in table {1} is no lease: its id is no lease''s name", owner, kind);
            return Optional.empty();
        }
        try {
            return Optional.of(Lease.of(name, owner, Resource.of(kind, entry.data()), permission));
        } catch (MarshalException e) {
            LOG.log(WARNING, "{0}/{1} of {2} is no lease: {3}", kind, name, owner, e.getMessage());
            return Optional.empty();
        }
    }

    /** On the owner's store's thread. */
    private void tell(String owner, Change change, Outcome.Done done) {
        Outcome.Ended ended = done.ended();
        if (ended != null && done.before() != null) {
            lease(owner, change.table(), change.id(), done.before(), ended.permission())
                    .ifPresent(lease -> listeners.forEach(listener -> listener.ended(lease, ended.why())));
            return;
        }
        boolean fresh = lease(owner, change.table(), change.id(), done.before()).isEmpty();
        lease(owner, change.table(), change.id(), done.after())
                .ifPresent(lease -> listeners.forEach(listener -> {
                    if (fresh) {
                        listener.granted(lease);
                    } else {
                        listener.changed(lease);
                    }
                }));
    }

    @Override
    public void close() throws IOException {
        synchronized (stores) {
            for (Store store : stores.values()) {
                store.close();
            }
        }
    }
}
