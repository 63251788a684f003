// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.bus;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.spectrum_os.portal.agent.usb.GuestNodes;
import org.spectrum_os.portal.agent.usb.HostUsb;
import org.spectrum_os.portal.agent.usb.NoHostException;
import org.spectrum_os.portal.agent.usb.UsbEvents;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.DBusErrorException;
import org.spectrum_os.portal.dbus.ErrorNames;
import org.spectrum_os.portal.dbus.Registration;

/**
 * Everybody on the bus who has to do with USB devices, from the first call to leaving the bus, or to the end of the conversation with the
 * host; after that end the next call begins another. Thread-safe.
 */
final class UsbClients implements AutoCloseable {
    private static final int MOST_CLIENTS = 64;
    private static final int MOST_SESSIONS = 64;

    private final BusConnection bus;
    private final Function<UsbEvents, HostUsb> link;
    private final GuestNodes nodes;
    private final Map<String, Entry> clients = new HashMap<>();
    private long lastChange = System.nanoTime();
    private boolean closed;

    private record Entry(UsbClient client, Registration watch) {}

    /** @param link makes a conversation with the host, not yet begun, whose events it is given */
    UsbClients(BusConnection bus, Function<UsbEvents, HostUsb> link, GuestNodes nodes) {
        this.bus = bus;
        this.link = link;
        this.nodes = nodes;
    }

    /**
     * The client of a connection, with the host's devices. Waits for them.
     *
     * @throws DBusErrorException if the host is away, or there are too many clients
     */
    UsbClient of(String sender) throws DBusErrorException {
        UsbClient client = entered(sender);
        try {
            client.host().awaitListed();
            return client;
        } catch (NoHostException e) {
            throw new DBusErrorException(ErrorNames.PORTAL_FAILED, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DBusErrorException(ErrorNames.PORTAL_FAILED, "The agent is stopping");
        }
    }

    private synchronized UsbClient entered(String sender) throws DBusErrorException {
        Entry entry = clients.get(sender);
        if (entry != null) {
            return entry.client();
        }
        if (closed || clients.size() >= MOST_CLIENTS) {
            throw new DBusErrorException(
                    ErrorNames.LIMITS_EXCEEDED,
                    closed ? "The agent is stopping" : MOST_CLIENTS + " applications use USB devices; close one");
        }
        var client = new UsbClient(link, nodes, over -> ended(sender, over));
        // Told on another thread, also when the caller has left already.
        clients.put(sender, new Entry(client, bus.onNameVanished(sender, client::leave)));
        client.host().start();
        return client;
    }

    /** A place for another session of a client, to be taken by {@link UsbClient#begin} or given back. */
    synchronized void reserveSession(UsbClient client) throws DBusErrorException {
        int open = clients.values().stream()
                .mapToInt(entry -> entry.client().sessions())
                .sum();
        if (open >= MOST_SESSIONS) {
            throw new DBusErrorException(
                    ErrorNames.LIMITS_EXCEEDED, MOST_SESSIONS + " sessions of applications are open; close one");
        }
        client.reserveSession();
    }

    /** The client of a connection that has called before. */
    synchronized Optional<UsbClient> known(String sender) {
        return Optional.ofNullable(clients.get(sender)).map(Entry::client);
    }

    private void ended(String sender, UsbClient client) {
        Registration watch;
        synchronized (this) {
            Entry entry = clients.get(sender);
            if (entry == null || !entry.client().equals(client)) {
                return;
            }
            clients.remove(sender);
            lastChange = System.nanoTime();
            watch = entry.watch();
        }
        watch.close();
    }

    synchronized int size() {
        return clients.size();
    }

    synchronized Duration idle() {
        return clients.isEmpty() ? Duration.ofNanos(System.nanoTime() - lastChange) : Duration.ZERO;
    }

    @Override
    public void close() {
        List<Entry> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(clients.values());
        }
        all.forEach(entry -> entry.client().host().close());
    }
}
