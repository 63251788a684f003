// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.agent;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.protocol.DisplayText;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.protocol.Message;
import org.spectrum_os.portal.protocol.MessageChannel;
import org.spectrum_os.portal.protocol.Ports;
import org.spectrum_os.portal.protocol.ProtocolException;
import org.spectrum_os.portal.store.audit.AuditBook;
import org.spectrum_os.portal.store.audit.AuditEvent;
import org.spectrum_os.portal.transport.Connection;

/**
 * Accepts the VMs' connections, on every port, and knows whose each is. A link goes to {@link Link}, a connection for lent files to whoever
 * serves files, and one to any other port to the {@link Service} of that port. One link for an instance at a time.
 */
public final class LinkDoor implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(LinkDoor.class.getName());
    /**
     * Connections of one instance that have not said hello yet, or are being told that they are refused; a guest that opens more is not
     * answered.
     */
    private static final int STRANGERS_MOST = 4;

    private final List<Instance> initial;
    private final Requests requests;
    private final FileConnections files;
    private final Map<Integer, Service> services;
    private final AuditBook audit;
    private final DoorListeners listeners = new DoorListeners(this::accepted);
    /** Shared: somebody is being let in. Exclusive: the policy changes. */
    private final ReentrantReadWriteLock admitting = new ReentrantReadWriteLock();

    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final Map<String, MessageChannel> links = new ConcurrentHashMap<>();
    private final Places strangers = new Places(STRANGERS_MOST);
    private volatile Identities identities;
    private volatile boolean closing;

    /** Takes the connections on which a guest wants its lent files. */
    public interface FileConnections {
        /**
         * The receiver owns the connection.
         *
         * @throws IOException if it cannot be served; then it is the caller's again
         */
        void serve(Instance instance, Connection connection) throws IOException;
    }

    /**
     * @param services by their ports; whoever comes to a port that has none is turned away
     */
    public LinkDoor(
            List<Instance> instances,
            Requests requests,
            FileConnections files,
            Map<Integer, Service> services,
            AuditBook audit) {
        this.initial = List.copyOf(instances);
        this.identities = new Identities(instances);
        this.requests = requests;
        this.files = files;
        this.services = Map.copyOf(services);
        this.audit = audit;
    }

    /**
     * Listens wherever the policy says.
     *
     * @throws LinkException if one or more of the places cannot be listened on; then none is
     */
    public void open() throws LinkException {
        prepare(initial).commit();
    }

    /** Another set of instances, at whose places somebody listens already. */
    public interface Change {
        /** From now on these instances are let in and no others; connections of those that are gone, or come from elsewhere now, end. */
        void commit();

        /** Nothing has changed. */
        void cancel();
    }

    /**
     * Prepares for another policy. One at a time.
     *
     * @throws LinkException if one or more of the places cannot be listened on; then nothing has changed
     */
    public Change prepare(List<Instance> instances) throws LinkException {
        DoorListeners.Prepared prepared = listeners.prepare(instances);
        var next = new Identities(instances);
        return new Change() {
            @Override
            public void commit() {
                admitting.writeLock().lock();
                try {
                    Identities before = identities;
                    identities = next;
                    connections.stream()
                            .filter(connection ->
                                    !before.nameOf(connection.peer()).equals(next.nameOf(connection.peer())))
                            .forEach(Connection::close);
                } finally {
                    admitting.writeLock().unlock();
                }
                prepared.commit();
            }

            @Override
            public void cancel() {
                prepared.cancel();
            }
        };
    }

    /** Whose it is, and its first step, belong together: the policy does not change in between. */
    private void accepted(Connection connection, int port) {
        admitting.readLock().lock();
        try {
            admit(connection, port);
        } finally {
            admitting.readLock().unlock();
        }
    }

    private void admit(Connection connection, int port) {
        var instance = identities.of(connection.peer());
        if (instance.isEmpty()) {
            turnAway(null, connection, "the policy knows no instance with this peer");
            return;
        }
        String name = instance.get().name();
        if (port == Ports.FILES) {
            try {
                files.serve(instance.get(), connection);
            } catch (IOException e) {
                record(name, connection, "its files cannot be served: " + e.getMessage());
                tellOfTheEnd(name, connection);
            }
            return;
        }
        Service service = services.get(port);
        if (service != null) {
            serve(name, service, connection);
            return;
        }
        if (port != Ports.LINK) {
            turnAway(name, connection, "nothing is offered at port " + port);
            return;
        }
        Places.Place place = strangers.take(name).orElse(null);
        if (place == null) {
            turnAway(name, connection, "too many connections of " + name + " that have not said hello");
            return;
        }
        connections.add(connection);
        Thread thread = Thread.ofPlatform().daemon().name("link of " + name).unstarted(() -> {
            try {
                welcome(instance.get(), connection, place);
            } finally {
                connections.remove(connection);
                connection.close();
            }
        });
        thread.start();
    }

    private void serve(String name, Service service, Connection connection) {
        Places.Place place = service.places.take(name).orElse(null);
        if (place == null) {
            record(name, connection, "more than " + service.most + " connections about " + service.about + " at once");
            tellOfTheEnd(name, connection);
            return;
        }
        connections.add(connection);
        Thread.ofPlatform().daemon().name(service.about + " of " + name).start(() -> {
            try {
                service.conversations.serve(name, connection);
            } finally {
                connections.remove(connection);
                place.leave();
                connection.close();
            }
        });
    }

    /** The guest has most likely said something already, and a vsock daemon may not tell it of a connection closed with that unread. */
    private void tellOfTheEnd(String name, Connection connection) {
        Places.Place place = strangers.take(name).orElse(null);
        if (place == null) {
            connection.close();
            return;
        }
        connections.add(connection);
        Thread.ofPlatform().daemon().name("refusal of " + name).start(() -> {
            try {
                connection.finishWriting();
                connection.closeAfterDraining(Refusal.LINGER, Refusal.DROPPED_MOST);
            } finally {
                connections.remove(connection);
                place.leave();
            }
        });
    }

    /** A null instance: the policy knows none with this peer. */
    private void turnAway(@Nullable String instance, Connection connection, String why) {
        connection.close();
        record(instance, connection, why);
    }

    private void record(@Nullable String instance, Connection connection, String why) {
        if (record(new AuditEvent.LinkRefused(instance, connection.peer().toString(), why))) {
            LOG.log(WARNING, "turned away {0}: {1}", connection.peer(), why);
        }
    }

    /** Holds one of the places for strangers until the guest is linked, or its refused connection is closed. */
    private void welcome(Instance instance, Connection connection, Places.Place place) {
        var channel = new MessageChannel(connection);
        String name = instance.name();
        boolean linked = false;
        try {
            String agent = hello(channel);
            linked = links.putIfAbsent(name, channel) == null;
            if (linked) {
                place.leave();
                link(instance, channel, agent);
            } else {
                Refusal.send(channel, Message.Reason.ALREADY_LINKED, "another link of this instance is open");
                turnAway(name, connection, name + " has a link already");
            }
        } catch (SocketTimeoutException e) {
            turnAway(name, connection, name + " said no hello for " + Limits.HELLO.toSeconds() + " s");
        } catch (ProtocolException e) {
            Refusal.send(channel, Message.Reason.PROTOCOL, String.valueOf(e.getMessage()));
            turnAway(name, connection, name + " broke the protocol before the hello: " + e.getMessage());
        } catch (VersionException e) {
            Refusal.send(channel, Message.Reason.VERSION, String.valueOf(e.getMessage()));
            turnAway(name, connection, name + ": " + e.getMessage());
        } catch (IOException e) {
            turnAway(name, connection, name + " left before the hello: " + e.getMessage());
        } finally {
            if (!linked) {
                place.leave();
            }
        }
    }

    private void link(Instance instance, MessageChannel channel, String agent) {
        String name = instance.name();
        try {
            channel.send(new Message.Welcome(Message.VERSION, name), Limits.FRAME);
            if (record(new AuditEvent.Linked(name, agent))) {
                LOG.log(INFO, "{0} is linked ({1})", name, channel.connection().peer());
            }
            String why = new Link(name, channel, requests).run();
            if (record(new AuditEvent.LinkEnded(name, why))) {
                LOG.log(INFO, "the link of {0} ended: {1}", name, why);
            }
        } catch (IOException e) {
            turnAway(name, channel.connection(), name + " did not take its welcome: " + e.getMessage());
        } finally {
            links.remove(name, channel);
        }
    }

    private static String hello(MessageChannel channel) throws IOException {
        return switch (channel.receive(Message.FromGuest.class, Limits.HELLO)) {
            case Message.Hello(int version, var agent) -> {
                if (version != Message.VERSION) {
                    throw new VersionException("the agent speaks version " + version + " of the protocol, this backend "
                            + Message.VERSION + ": update the older of the two");
                }
                yield DisplayText.of(agent, 64).toString();
            }
            case Message.Ask early -> throw new ProtocolException("a request before the hello");
            case Message.Cancel early -> throw new ProtocolException("a request before the hello");
        };
    }

    private static final class VersionException extends IOException {
        VersionException(String message) {
            super(message);
        }
    }

    /** The names of the instances with an open link. */
    public Set<String> linked() {
        return Set.copyOf(links.keySet());
    }

    /** Links come and go as the guest likes. False if too often to be told of. */
    private boolean record(AuditEvent event) {
        if (closing) {
            return false;
        }
        try {
            return audit.writeWithinBudget(event);
        } catch (IOException e) {
            LOG.log(WARNING, e.getMessage());
            return false;
        }
    }

    @Override
    public void close() {
        closing = true;
        listeners.close();
        connections.forEach(Connection::close);
    }
}
