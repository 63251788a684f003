// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.daemon;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.spectrum_os.portal.transport.Connection;

/**
 * The guests' connections to one file server. Of each a second descriptor is kept, by which it can be ended though the file server has it.
 * Thread-safe.
 */
final class Mounts {
    /**
     * Which of an instance's connections has ended nobody says, so they are let go of together. A guest that makes so many without being
     * without any in between has to unmount.
     */
    private static final int MOST_KEPT = 64;

    private final Map<String, Guest> guests = new HashMap<>();

    private static final class Guest {
        private final List<Connection> kept = new ArrayList<>();
        /** Connections, those being made included. */
        private int count;
    }

    /**
     * Before the server knows the guest, so that the end of a short-lived mount cannot overtake its beginning.
     *
     * @return what is kept of it
     */
    synchronized Connection begin(String instance, Connection connection) throws IOException {
        Guest guest = guests.computeIfAbsent(instance, _ -> new Guest());
        if (guest.kept.size() >= MOST_KEPT) {
            throw new IOException(instance + " has mounted " + MOST_KEPT + " times without unmounting all of them");
        }
        Connection kept = Connection.adopt(connection.descriptor().duplicate(), connection.peer());
        guest.kept.add(kept);
        guest.count++;
        return kept;
    }

    /** The server did not take the connection of which this was kept; whoever has it can close it. */
    synchronized void refused(String instance, Connection kept) throws IOException {
        Guest guest = guests.get(instance);
        // Gone from the list: it was ended, with all others.
        if (guest != null && guest.kept.remove(kept)) {
            kept.release().close();
        }
        end(instance);
    }

    /** One connection less. */
    synchronized void end(String instance) throws IOException {
        Guest guest = guests.get(instance);
        if (guest != null && --guest.count <= 0) {
            guests.remove(instance);
            for (Connection each : guest.kept) {
                each.release().close();
            }
        }
    }

    synchronized boolean has(String instance) {
        return guests.containsKey(instance);
    }

    /** Ends all connections of an instance, for the file server as well. */
    synchronized void cut(String instance) {
        Guest guest = guests.get(instance);
        if (guest != null) {
            guest.kept.forEach(Connection::close);
            // What is left is counted down as the file server notices.
            guest.kept.clear();
        }
    }

    /** The server is gone, and everything with it. */
    synchronized void clear() {
        guests.values().forEach(guest -> guest.kept.forEach(Connection::close));
        guests.clear();
    }
}
