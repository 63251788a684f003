// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.agent;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.backend.policy.LinkAddress;
import org.spectrum_os.portal.protocol.Ports;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Listener;
import org.spectrum_os.portal.transport.SocketKind;

/** Listens wherever the instances of a policy connect, on a thread for each place. Its owner changes it from one thread at a time. */
final class DoorListeners implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(DoorListeners.class.getName());

    /** Everything that a guest connects to. */
    static final List<Integer> PORTS = List.of(Ports.LINK, Ports.FILES, Ports.KEYS, Ports.USB);

    private final BiConsumer<Connection, Integer> accepted;
    private final Map<Place, Listener> open = new HashMap<>();

    /** Where instances connect. */
    private sealed interface Place {
        int port();

        /** For all VMs together. */
        record Vsock(int port) implements Place {}

        /** For one VM. */
        record Unix(Path socket, int port) implements Place {}
    }

    /** Places that are listened on already, but accept nobody before {@link #commit}. */
    final class Prepared {
        private final Map<Place, Listener> added;
        private final Set<Place> wanted;

        private Prepared(Map<Place, Listener> added, Set<Place> wanted) {
            this.added = added;
            this.wanted = wanted;
        }

        /** Accepts at the new places, and no more at those that are not wanted. */
        void commit() {
            open.entrySet().removeIf(entry -> {
                boolean gone = !wanted.contains(entry.getKey());
                if (gone) {
                    entry.getValue().close();
                }
                return gone;
            });
            open.putAll(added);
            added.forEach((place, listener) -> Thread.ofPlatform()
                    .daemon()
                    .name("accept " + listener)
                    .start(() -> acceptAll(listener, place.port())));
        }

        /** As if it had not been. */
        void cancel() {
            added.values().forEach(Listener::close);
        }
    }

    /**
     * @param accepted hears of each connection and the port it came to, on the place's thread
     */
    DoorListeners(BiConsumer<Connection, Integer> accepted) {
        this.accepted = accepted;
    }

    /**
     * Listens wherever {@code instances} want it, besides where it does already.
     *
     * @throws LinkException if one or more of the places cannot be listened on; then nothing has changed
     */
    Prepared prepare(List<Instance> instances) throws LinkException {
        var added = new HashMap<Place, Listener>();
        var wanted = new HashSet<Place>();
        var problems = new ArrayList<String>();
        for (Instance instance : instances) {
            for (int port : PORTS) {
                Place place = switch (instance.link()) {
                    case LinkAddress.Unix(var socket) -> new Place.Unix(Ports.unixSocket(socket, port), port);
                    case LinkAddress.Vsock _ -> new Place.Vsock(port);
                };
                wanted.add(place);
                if (open.containsKey(place) || added.containsKey(place)) {
                    continue;
                }
                try {
                    added.put(place, listen(place));
                } catch (IOException e) {
                    problems.add("instance " + instance.name() + ": " + e.getMessage());
                }
            }
        }
        var prepared = new Prepared(added, wanted);
        if (!problems.isEmpty()) {
            prepared.cancel();
            throw new LinkException(problems);
        }
        return prepared;
    }

    private static Listener listen(Place place) throws IOException {
        return switch (place) {
            case Place.Unix(var socket, int _) -> Listener.unix(socket, SocketKind.STREAM, Listener.Identity.SOCKET);
            case Place.Vsock(int port) -> Listener.vsock(port);
        };
    }

    private void acceptAll(Listener listener, int port) {
        try {
            while (true) {
                accepted.accept(listener.accept(), port);
            }
        } catch (ClosedChannelException e) {
            LOG.log(DEBUG, "{0} is closed", listener);
        } catch (IOException e) {
            LOG.log(WARNING, "{0} can accept no more: {1}", listener, e.getMessage());
        }
    }

    @Override
    public void close() {
        open.values().forEach(Listener::close);
        open.clear();
    }
}
