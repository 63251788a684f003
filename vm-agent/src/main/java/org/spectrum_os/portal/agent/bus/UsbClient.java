// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.bus;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.agent.AgentLog;
import org.spectrum_os.portal.agent.usb.GuestNodes;
import org.spectrum_os.portal.agent.usb.HostUsb;
import org.spectrum_os.portal.agent.usb.LentNode;
import org.spectrum_os.portal.agent.usb.NodeMissingException;
import org.spectrum_os.portal.agent.usb.UsbEvents;
import org.spectrum_os.portal.dbus.DBusErrorException;
import org.spectrum_os.portal.dbus.ErrorNames;
import org.spectrum_os.portal.protocol.LentDevice;
import org.spectrum_os.portal.protocol.UsbDeviceInfo;

/**
 * One connection to the bus that has to do with USB devices: what it sees, asks for and has. It stands on a conversation of its own with
 * the host, and both end together. Thread-safe.
 */
final class UsbClient implements UsbEvents {
    static final int MOST_SESSIONS = 16;

    private static final String ADD = "add";
    private static final String CHANGE = "change";
    private static final String REMOVE = "remove";

    private final GuestNodes nodes;
    private final HostUsb host;
    private final Consumer<UsbClient> ended;

    private final Map<String, UsbDeviceInfo> devices = new LinkedHashMap<>();
    private final Set<UsbSession> sessions = new LinkedHashSet<>();
    /** By lease. */
    private final Map<String, LentNode> lent = new LinkedHashMap<>();

    private final UsbAcquisitions acquisitions = new UsbAcquisitions();

    private int beginning;
    private boolean left;
    private boolean over;

    /**
     * A client whose conversation has not begun.
     *
     * @param ended told when the conversation is over
     */
    UsbClient(Function<UsbEvents, HostUsb> link, GuestNodes nodes, Consumer<UsbClient> ended) {
        this.host = link.apply(this);
        this.nodes = nodes;
        this.ended = ended;
    }

    HostUsb host() {
        return host;
    }

    long deadline() {
        return nodes.deadline();
    }

    /** The connection has left the bus. */
    void leave() {
        synchronized (this) {
            left = true;
        }
        host.close();
    }

    /** The list that EnumerateDevices answers. */
    synchronized List<List<Object>> enumerate() {
        List<List<Object>> all = new ArrayList<>();
        devices.values().forEach(device -> all.add(List.of(device.id(), describe(device))));
        return all;
    }

    synchronized void requireKnown(Collection<String> ids) throws DBusErrorException {
        for (String id : ids) {
            if (!devices.containsKey(id)) {
                throw new DBusErrorException(ErrorNames.PORTAL_INVALID_ARGUMENT, "There is no such device");
            }
        }
    }

    /** A place for another session, to be taken by {@link #begin} or given back. */
    synchronized void reserveSession() throws DBusErrorException {
        if (over || sessions() >= MOST_SESSIONS) {
            throw new DBusErrorException(
                    over ? ErrorNames.PORTAL_FAILED : ErrorNames.LIMITS_EXCEEDED,
                    over ? "The host went away; ask again" : MOST_SESSIONS + " sessions are open; close one");
        }
        beginning++;
    }

    /** Those that are open, and those that are about to be. */
    synchronized int sessions() {
        return sessions.size() + beginning;
    }

    synchronized void unreserveSession() {
        beginning--;
    }

    /** From now on the session hears of devices, first of those that are there. */
    void begin(UsbSession session) {
        synchronized (this) {
            beginning--;
            if (!over && !session.isOver()) {
                sessions.add(session);
                session.tell(devices.values().stream()
                        .map(device -> event(ADD, device))
                        .toList());
                return;
            }
        }
        session.close();
    }

    synchronized void forget(UsbSession session) {
        sessions.remove(session);
    }

    UsbAcquisitions acquisitions() {
        return acquisitions;
    }

    synchronized Optional<LentNode> held(String id) {
        return lent.values().stream()
                .filter(node -> node.lent().id().equals(id))
                .findFirst();
    }

    /** What the host has just lent. */
    synchronized List<LentNode> enter(List<LentDevice> granted) {
        List<LentNode> fresh = new ArrayList<>();
        for (LentDevice device : granted) {
            LentNode node = lent.computeIfAbsent(device.lease(), lease -> new LentNode(nodes, device));
            node.claim();
            fresh.add(node);
        }
        return fresh;
    }

    /** A node was opened: the device can now be found in this VM. */
    synchronized void here(LentNode node) {
        tell(CHANGE, node);
    }

    /** A node did not come: the application cannot use the device, so nobody should keep it. */
    void missing(LentNode node, String why) {
        if (held(node.lent().id()).isPresent()) {
            AgentLog.warn("a USB device was lent, but " + why);
        }
        giveBack(node);
    }

    /** Gives a device back that the application has, or would have had; nothing if it was given back or taken before. */
    void giveBack(LentNode node) {
        synchronized (this) {
            if (!lent.remove(node.lent().lease(), node)) {
                return;
            }
        }
        dismiss(node);
    }

    /** One request for a device is not wanted any more; what another was granted too stays. */
    void unclaim(LentNode node) {
        synchronized (this) {
            if (!node.unclaim() || !lent.remove(node.lent().lease(), node)) {
                return;
            }
        }
        dismiss(node);
    }

    private void dismiss(LentNode node) {
        boolean was = node.path().isPresent();
        node.close();
        // All at once and last: a host that does not count would take the device from who still has it.
        for (int grant = 0; grant < node.grants(); grant++) {
            host.release(node.lent().lease());
        }
        if (was) {
            synchronized (this) {
                tell(CHANGE, node);
            }
        }
    }

    private synchronized @Nullable LentNode remove(String lease) {
        return lent.remove(lease);
    }

    @Override
    public synchronized void present(UsbDeviceInfo device, boolean changed) {
        devices.put(device.id(), device);
        tell(List.of(event(changed ? CHANGE : ADD, device)));
    }

    @Override
    public synchronized void absent(String id) {
        UsbDeviceInfo device = devices.remove(id);
        if (device != null) {
            tell(List.of(event(REMOVE, device)));
        }
    }

    /** To the application the device was pulled out; that it could be asked for anew it is told with the same breath. */
    @Override
    public void taken(String lease) {
        LentNode node = remove(lease);
        if (node != null) {
            boolean was = node.path().isPresent();
            node.close();
            if (was) {
                reappear(node);
            }
        }
    }

    @Override
    public void again(LentDevice device) {
        LentNode node;
        synchronized (this) {
            node = lent.get(device.lease());
        }
        if (node == null) {
            return;
        }
        node.again(device);
        Thread.ofPlatform().daemon().name("usb-again").start(() -> awaitAgain(node));
    }

    private void awaitAgain(LentNode node) {
        try {
            Path _ = node.await(true, deadline());
            reappear(node);
        } catch (NodeMissingException e) {
            missing(node, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            // Only the end of the process interrupts this thread.
            Thread.currentThread().interrupt();
        }
    }

    /** On the host's reading thread, last of all. */
    @Override
    public void lost(String why) {
        List<UsbSession> told;
        boolean loses;
        List<List<Object>> gone;
        synchronized (this) {
            over = true;
            loses = !left && !(sessions.isEmpty() && lent.isEmpty());
            told = List.copyOf(sessions);
            lent.values().forEach(LentNode::close);
            lent.clear();
            gone = devices.values().stream()
                    .map(device -> event(REMOVE, device))
                    .toList();
            sessions.clear();
            devices.clear();
        }
        acquisitions.end();
        for (UsbSession session : told) {
            session.tell(gone);
            session.close();
        }
        if (loses) {
            AgentLog.warn("an application loses its USB devices: " + why);
        }
        ended.accept(this);
    }

    private synchronized void reappear(LentNode node) {
        UsbDeviceInfo device = devices.get(node.lent().id());
        if (device != null) {
            tell(List.of(event(REMOVE, device), event(ADD, device)));
        }
    }

    private void tell(String action, LentNode node) {
        UsbDeviceInfo device = devices.get(node.lent().id());
        if (device != null) {
            tell(List.of(event(action, device)));
        }
    }

    private void tell(List<List<Object>> events) {
        sessions.forEach(session -> session.tell(events));
    }

    private List<Object> event(String action, UsbDeviceInfo device) {
        return List.of(
                action,
                device.id(),
                action.equals(REMOVE) ? UsbProperties.of(device, Optional.empty()) : describe(device));
    }

    private Map<String, ?> describe(UsbDeviceInfo device) {
        return UsbProperties.of(device, held(device.id()).flatMap(LentNode::path));
    }
}
