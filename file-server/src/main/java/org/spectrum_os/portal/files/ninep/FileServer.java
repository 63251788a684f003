// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.spectrum_os.portal.files.control.Access;
import org.spectrum_os.portal.files.control.Entry;
import org.spectrum_os.portal.files.control.GuestUser;
import org.spectrum_os.portal.protocol.LentFile;
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
    /** Leases in all; each holds a descriptor. */
    public static final int LEASES = 8192;

    public static final int CONNECTIONS_PER_INSTANCE = 8;
    public static final int CONNECTIONS = 64;

    private static final Pattern INSTANCE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    /** Called on the threads that serve the guests, in no particular order, at most one at a time per connection. */
    public interface Events {
        /** A connection of {@code instance} has ended and it has {@code connectionsLeft} others. */
        void guestGone(String instance, int connectionsLeft);

        /** The file of {@code lease} was opened for the first time. */
        void used(String lease);
    }

    /** What an instance has; forgotten when it has nothing any more. Guarded by the server. */
    private static final class Instance {
        final InstanceLeases leases = new InstanceLeases();
        final List<Session> sessions = new ArrayList<>();
    }

    private final Events events;
    private final Consumer<String> log;
    private final Map<String, Instance> instances = new HashMap<>();
    private final Map<String, Lease> leases = new HashMap<>();
    private int connections;
    private long connectionNumber;
    private boolean closed;

    /**
     * A server with nothing lent.
     *
     * @param log takes one line per event; never anything a guest wrote
     */
    public FileServer(Events events, Staging staging, Consumer<String> log) {
        this.events = events;
        java.util.Objects.requireNonNull(staging);
        this.log = log;
    }

    /**
     * Lends a file to an instance; the guest sees {@code <mount>/<lease>/<name>} when this returns.
     *
     * @param descriptors one: a regular file opened for reading only; it belongs to the lease from now on
     */
    public void lend(String instance, String lease, Access access, List<Entry> entries, List<Descriptor> descriptors)
            throws RefusedException {
        Descriptor file = descriptors.getFirst();
        String name = entries.getFirst().name();
        try {
            if (access == Access.WRITE
                    || entries.size() > 1
                    || entries.getFirst().kind() != Entry.Kind.FILE) {
                throw new RefusedException("only one file can be lent, for reading");
            }
            checkInstance(instance);
            checkNames(lease, name);
            checkFile(lease, file);
            register(instance, lease, name, file);
        } catch (RefusedException | RuntimeException e) {
            descriptors.forEach(Descriptor::close);
            throw e;
        }
        log.accept("lent " + lease + " to " + instance);
    }

    private static void checkInstance(String instance) throws RefusedException {
        if (!INSTANCE.matcher(instance).matches()) {
            throw new RefusedException("not an instance name: use 1 to 64 letters, digits, '.', '_' and '-'");
        }
    }

    private static void checkNames(String lease, String name) throws RefusedException {
        try {
            if (!new LentFile(lease, name).name().equals(roundTrip(name))) {
                throw new RefusedException("the name of the file lent as " + lease + " cannot be written in UTF-8");
            }
        } catch (IllegalArgumentException e) {
            throw new RefusedException(String.valueOf(e.getMessage()));
        }
    }

    private static String roundTrip(String name) {
        return new String(
                name.getBytes(java.nio.charset.StandardCharsets.UTF_8), java.nio.charset.StandardCharsets.UTF_8);
    }

    private static void checkFile(String lease, Descriptor file) throws RefusedException {
        try {
            if (!FileNode.status(file).isRegularFile()) {
                throw new RefusedException("what was to be lent as " + lease + " is not a regular file");
            }
            if (!FileNode.isReadOnly(file)) {
                throw new RefusedException("the file to be lent as " + lease + " is not open for reading only");
            }
        } catch (IOException e) {
            throw new RefusedException("the file to be lent as " + lease + " does not answer: " + e.getMessage());
        }
    }

    private synchronized void register(String instance, String lease, String name, Descriptor file)
            throws RefusedException {
        checkOpen();
        if (leases.containsKey(lease)) {
            throw new RefusedException("there is a lease named " + lease + " already");
        }
        if (leases.size() >= LEASES) {
            throw new RefusedException(LEASES + " files are lent, no more fit: revoke some");
        }
        Instance owner = instances.get(instance);
        if (owner != null && owner.leases.list().size() >= LEASES_PER_INSTANCE) {
            throw new RefusedException(
                    LEASES_PER_INSTANCE + " files are lent to " + instance + ", no more fit: revoke some");
        }
        var lent = new Lease(instance, lease, name, file);
        leases.put(lease, lent);
        instances.computeIfAbsent(instance, i -> new Instance()).leases.add(lent);
    }

    private void checkOpen() throws RefusedException {
        if (closed) {
            throw new RefusedException("the file server is stopping");
        }
    }

    /** Ends a lease: when this returns, no operation on it succeeds and none of its bytes is being sent. */
    public void revoke(String lease) throws RefusedException {
        Lease ended;
        synchronized (this) {
            ended = leases.remove(lease);
            if (ended == null) {
                throw new RefusedException("no lease of that name is open");
            }
            Instance owner = instances.get(ended.instance());
            if (owner != null) {
                owner.leases.remove(ended);
                forgetIfEmpty(ended.instance(), owner);
            }
        }
        ended.end();
        log.accept("ended " + lease + " of " + ended.instance());
    }

    private void forgetIfEmpty(String name, Instance instance) {
        if (instance.sessions.isEmpty() && instance.leases.list().isEmpty()) {
            instances.remove(name);
        }
    }

    /**
     * Admits a guest's connection.
     *
     * @param socket a connected stream socket
     * @return starts serving it, on a thread of its own; to be run once
     */
    public Runnable admit(String instance, GuestUser user, Descriptor socket) throws RefusedException {
        try {
            checkInstance(instance);
            return register(instance, socket);
        } catch (RefusedException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private synchronized Runnable register(String name, Descriptor socket) throws RefusedException {
        checkOpen();
        Instance instance = instances.get(name);
        if (instance != null && instance.sessions.size() >= CONNECTIONS_PER_INSTANCE) {
            throw new RefusedException(
                    name + " has " + CONNECTIONS_PER_INSTANCE + " connections, which is all it may have");
        }
        if (connections >= CONNECTIONS) {
            throw new RefusedException(CONNECTIONS + " connections are open, which is all there may be");
        }
        Instance owner = instances.computeIfAbsent(name, i -> new Instance());
        long number = ++connectionNumber;
        String label = "connection " + number + " of " + name;
        var session = new Session(
                // Who the guest is was settled before: the socket's peer plays no part any more.
                Connection.adopt(socket, new Peer.Pair()), owner.leases, label, lease -> {
                    String used = lease.directoryName().toString();
                    log.accept("first opening of " + used + " by " + name);
                    events.used(used);
                });
        owner.sessions.add(session);
        connections++;
        return () -> {
            log.accept(label + " begins");
            Thread.ofPlatform().name(label).daemon().start(() -> serve(name, owner, session, label));
        };
    }

    /** Connections being served. */
    public synchronized int connections() {
        return connections;
    }

    private void serve(String name, Instance owner, Session session, String label) {
        String reason = "internal error";
        try {
            reason = session.run();
        } finally {
            int left;
            synchronized (this) {
                owner.sessions.remove(session);
                connections--;
                left = owner.sessions.size();
                forgetIfEmpty(name, owner);
            }
            log.accept(label + " ended: " + reason);
            events.guestGone(name, left);
        }
    }

    /** Ends every connection and every lease. */
    @Override
    public void close() {
        List<Session> sessions = new ArrayList<>();
        List<Lease> ending;
        synchronized (this) {
            closed = true;
            instances.values().forEach(instance -> sessions.addAll(instance.sessions));
            ending = List.copyOf(leases.values());
            leases.clear();
        }
        sessions.forEach(session -> session.cut("the file server is stopping"));
        ending.forEach(Lease::end);
    }
}
