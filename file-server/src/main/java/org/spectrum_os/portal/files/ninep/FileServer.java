// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.spectrum_os.portal.files.lent.Access;
import org.spectrum_os.portal.files.lent.Entry;
import org.spectrum_os.portal.files.lent.GuestUser;
import org.spectrum_os.portal.protocol.LogBudget;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.FileNode;
import org.spectrum_os.portal.transport.Peer;

/**
 * All leases and all guests' connections of this process. Thread-safe. What is handed in is owned from then on, also when it is refused.
 */
public final class FileServer implements AutoCloseable {
    /** Leases of one instance at a time. */
    public static final int LEASES_PER_INSTANCE = 1024;

    public static final int LEASES = 16 * 1024;
    /** Entries of one lease. */
    public static final int ENTRIES = 64;

    public static final int CONNECTIONS_PER_INSTANCE = 8;
    public static final int CONNECTIONS = 1100;

    /** Called on the threads that serve the guests, in no particular order, at most one at a time per connection. */
    public interface Events {
        /** A connection of {@code instance} has ended and it has {@code connectionsLeft} others. */
        void guestGone(String instance, int connectionsLeft);

        /** Something in {@code lease} was opened for the first time. */
        void used(String lease);
    }

    /** What an instance has; forgotten when it has nothing any more. Guarded by the server. */
    private static final class Instance {
        final InstanceLeases leases = new InstanceLeases();
        final List<Session> sessions = new ArrayList<>();
        final Allowance allowance;

        Instance(DescriptorBudget budget) {
            allowance = new Allowance(budget);
        }
    }

    private final Events events;
    private final Staging staging;
    private final Consumer<String> log;
    private final DescriptorBudget budget;
    private final Watch watch = new Watch();
    private final Session.Server shared = new Session.Server(watch, new NativeBuffers());
    private final Map<String, Instance> instances = new HashMap<>();
    private final Map<String, LeaseFolder> leases = new HashMap<>();
    private final LogBudget lines = new LogBudget();
    private int connections;
    private long connectionNumber;
    private boolean closed;

    /**
     * A server with nothing lent.
     *
     * @param staging makes and installs files beside those lent
     * @param log     takes one line per event; never anything a guest wrote
     * @throws IOException if the system does not say how many files may be open
     */
    public FileServer(Events events, Staging staging, Consumer<String> log) throws IOException {
        this.events = events;
        this.staging = staging;
        this.log = log;
        this.budget = new DescriptorBudget(FileNode.mostDescriptors());
        watch.start();
    }

    /**
     * Lends files and directories to an instance; the guest sees {@code <mount>/<lease>/<entry>} when this returns.
     *
     * @param descriptors one per entry: a regular file opened for reading only, or for reading and writing if it may be changed; a
     *     directory as a reference. They belong to the lease from now on
     */
    public void lend(String instance, String lease, Access access, List<Entry> entries, List<Descriptor> descriptors)
            throws RefusedException {
        boolean isLent = false;
        try {
            Lending.check(instance, lease, access, entries, descriptors);
            register(instance, lease, access, entries, descriptors);
            isLent = true;
        } finally {
            if (!isLent) {
                descriptors.forEach(Descriptor::close);
            }
        }
        log.accept("lent " + lease + " to " + instance);
    }

    private synchronized void register(
            String instance, String name, Access access, List<Entry> entries, List<Descriptor> descriptors)
            throws RefusedException {
        checkOpen();
        if (leases.containsKey(name)) {
            throw new RefusedException("there is a lease named " + name + " already");
        }
        if (leases.size() >= LEASES) {
            throw new RefusedException(LEASES + " leases are open, no more fit: revoke some");
        }
        Instance known = instances.get(instance);
        if (known != null && known.leases.list().size() >= LEASES_PER_INSTANCE) {
            throw new RefusedException(
                    LEASES_PER_INSTANCE + " leases of " + instance + " are open, no more fit: revoke some");
        }
        if (!budget.take(entries.size())) {
            throw new RefusedException("this process may open no more files: revoke some leases, or raise its limit");
        }
        Instance owner = instances.computeIfAbsent(instance, i -> new Instance(budget));
        var folder = new LeaseFolder(new Lease(instance, name, access, owner.allowance), staging);
        for (int i = 0; i < entries.size(); i++) {
            Handle lent = folder.lease().handles().own(descriptors.get(i));
            WireName entry = WireName.of(entries.get(i).name());
            switch (entries.get(i).kind()) {
                case FILE -> folder.addFile(entry, lent);
                case DIRECTORY -> folder.addDirectory(entry, lent);
            }
        }
        leases.put(name, folder);
        owner.leases.add(folder);
    }

    private void checkOpen() throws RefusedException {
        if (closed) {
            throw new RefusedException("the file server is stopping");
        }
    }

    /** Ends a lease: when this returns, no operation on it succeeds and none of its bytes is being sent. */
    public void revoke(String lease) throws RefusedException {
        LeaseFolder ended;
        synchronized (this) {
            ended = leases.remove(lease);
            if (ended == null) {
                throw new RefusedException("no lease of that name is open");
            }
            String instance = ended.lease().instance();
            Instance owner = instances.get(instance);
            if (owner != null) {
                owner.leases.remove(ended);
                forgetIfEmpty(instance, owner);
            }
        }
        ended.lease().end();
        budget.giveBack(ended.lentCount());
        log.accept("ended " + lease + " of " + ended.lease().instance());
    }

    private void forgetIfEmpty(String name, Instance instance) {
        if (instance.sessions.isEmpty() && instance.leases.list().isEmpty()) {
            instances.remove(name);
        }
    }

    /**
     * Admits a guest's connection.
     *
     * @param user   who owns everything, as the guest sees it
     * @param socket a connected stream socket
     * @return starts serving it, on a thread of its own; to be run once
     */
    public Runnable admit(String instance, GuestUser user, Descriptor socket) throws RefusedException {
        try {
            Lending.checkInstance(instance);
            return register(instance, user, socket);
        } catch (RefusedException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private synchronized Runnable register(String name, GuestUser user, Descriptor socket) throws RefusedException {
        checkOpen();
        Instance instance = instances.get(name);
        if (instance != null && instance.sessions.size() >= CONNECTIONS_PER_INSTANCE) {
            throw new RefusedException(
                    name + " has " + CONNECTIONS_PER_INSTANCE + " connections, which is all it may have");
        }
        if (connections >= CONNECTIONS) {
            throw new RefusedException(CONNECTIONS + " connections are open, which is all there may be");
        }
        if (!budget.take(1)) {
            throw new RefusedException("this process may open no more files: revoke some leases, or raise its limit");
        }
        Instance owner = instances.computeIfAbsent(name, i -> new Instance(budget));
        long number = ++connectionNumber;
        String label = "connection " + number + " of " + name;
        var self = new AtomicReference<Session>();
        var session = new Session(
                // Who the guest is was settled before: the socket's peer plays no part any more.
                Connection.adopt(socket, new Peer.Pair()),
                new Operations(owner.leases, user),
                owner.allowance,
                shared,
                label,
                lease -> firstOpened(lease, name),
                reason -> ended(name, owner, self.get(), label, reason));
        self.set(session);
        owner.sessions.add(session);
        connections++;
        return () -> {
            lines.write(name, label + " begins", log);
            session.start();
        };
    }

    private void firstOpened(Lease lease, String instance) {
        String used = lease.name().string();
        log.accept("first opening of " + used + " by " + instance);
        events.used(used);
    }

    /** Connections being served. */
    public synchronized int connections() {
        return connections;
    }

    /** Descriptors that may still be opened. */
    long descriptorsLeft() {
        return budget.left();
    }

    private void ended(String name, Instance owner, Session session, String label, String reason) {
        int left;
        synchronized (this) {
            owner.sessions.remove(session);
            connections--;
            budget.giveBack(1);
            left = owner.sessions.size();
            forgetIfEmpty(name, owner);
        }
        // That a guest held up the end of a lease it shall not hide by coming and going: such lines are counted apart.
        String source = reason.equals(Performance.TOOK_NO_REPLY) ? name + "'s leases that ended" : name;
        lines.write(source, label + " ended: " + reason, log);
        events.guestGone(name, left);
    }

    /** Ends every connection and every lease. */
    @Override
    public void close() {
        List<Session> sessions = new ArrayList<>();
        List<LeaseFolder> ending;
        synchronized (this) {
            closed = true;
            instances.values().forEach(instance -> sessions.addAll(instance.sessions));
            ending = List.copyOf(leases.values());
            leases.clear();
        }
        sessions.forEach(session -> session.cut("the file server is stopping"));
        ending.forEach(folder -> folder.lease().end());
        watch.close();
    }
}
