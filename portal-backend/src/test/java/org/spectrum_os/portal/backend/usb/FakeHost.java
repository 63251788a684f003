// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb;

import java.io.IOException;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.spectrum_os.portal.backend.lease.UsbIdentity;
import org.spectrum_os.portal.backend.lease.UsbInterfaceCode;
import org.spectrum_os.portal.backend.usb.device.DeviceGoneException;
import org.spectrum_os.portal.backend.usb.device.DeviceNode;
import org.spectrum_os.portal.backend.usb.device.HostDevice;
import org.spectrum_os.portal.backend.usb.device.HostDevices;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Kind;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Reason;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.SocketKind;

/** A computer's devices as the test plugs them; nodes are real descriptors, of sockets, and everything is counted. Thread-safe. */
final class FakeHost implements HostDevices {
    private final Map<String, HostDevice> byPort = new TreeMap<>();
    private final IdentityHashMap<Descriptor, HostDevice> nodes = new IdentityHashMap<>();
    /** Ports whose device a VM has taken from the kernel's drivers. */
    private final Set<String> driverless = new HashSet<>();
    /** Ports whose device a VM has. */
    private final Set<String> claimed = new HashSet<>();

    private final List<Consumer<Change>> listeners = new CopyOnWriteArrayList<>();
    private int number;
    int opened;
    int closed;
    int restored;
    boolean sharing;
    volatile Runnable onOpen = () -> {};
    volatile Runnable onUnmount = () -> {};

    /** A stick, as yet nowhere. */
    static HostDevice stick(String port, int product, String serial) {
        return device(port, product, serial, List.of(Kind.STORAGE), "080650");
    }

    static HostDevice device(String port, int product, String serial, List<Kind> kinds, String code) {
        return new HostDevice(
                UsbIdentity.of(
                        port,
                        0x0781,
                        product,
                        serial,
                        List.of(UsbInterfaceCode.of(code).orElseThrow())),
                1,
                1,
                0x0100,
                "SanDisk",
                "Ultra",
                "SanDisk Corp.",
                "Ultra",
                kinds,
                Set.of("usb-storage"),
                List.of(),
                Optional.empty());
    }

    static HostDevice with(HostDevice of, int number, List<String> mounts, Optional<Reason> refusal) {
        return new HostDevice(
                of.identity(),
                of.bus(),
                number,
                of.release(),
                of.ownVendor(),
                of.ownProduct(),
                of.vendorName(),
                of.productName(),
                of.kinds(),
                of.drivers(),
                mounts,
                refusal);
    }

    private static HostDevice driven(HostDevice of, Set<String> drivers) {
        return new HostDevice(
                of.identity(),
                of.bus(),
                of.number(),
                of.release(),
                of.ownVendor(),
                of.ownProduct(),
                of.vendorName(),
                of.productName(),
                of.kinds(),
                drivers,
                of.mounts(),
                of.refusal());
    }

    /** Plugs a device in; it gets a number of its own. */
    HostDevice plug(HostDevice device) {
        HostDevice now;
        synchronized (this) {
            now = with(device, ++number, device.mounts(), device.refusal());
            byPort.put(now.identity().port(), now);
        }
        listeners.forEach(listener -> listener.accept(new Change.Plugged(now)));
        return now;
    }

    void unplug(String port) {
        HostDevice gone;
        synchronized (this) {
            gone = byPort.remove(port);
            driverless.remove(port);
            claimed.remove(port);
        }
        if (gone != null) {
            listeners.forEach(listener -> listener.accept(new Change.Unplugged(gone)));
        }
    }

    void change(String port, UnaryOperator<HostDevice> how) {
        HostDevice now;
        synchronized (this) {
            now = how.apply(at(port));
            byPort.put(port, now);
        }
        listeners.forEach(listener -> listener.accept(new Change.Changed(now)));
    }

    synchronized HostDevice at(String port) {
        return Objects.requireNonNull(byPort.get(port), port);
    }

    /** What a monitor does with a node that it was given. */
    synchronized HostDevice given(Descriptor node) {
        HostDevice device = nodes.get(node);
        if (device == null || node.isClosed()) {
            throw new AssertionError("a monitor was given a descriptor that is no open node");
        }
        return device;
    }

    /** A VM takes a device from the kernel's drivers. */
    synchronized void claimFor(HostDevice device) {
        if (now().stream().anyMatch(device::isSameAs)) {
            driverless.add(device.identity().port());
            claimed.add(device.identity().port());
        }
    }

    /** A monitor has let go of a device that it had claimed. */
    synchronized void letGo(HostDevice device) {
        HostDevice now = byPort.get(device.identity().port());
        if (now != null && now.isSameAs(device)) {
            claimed.remove(device.identity().port());
        }
    }

    /** Somebody has unbound it from its drivers. */
    synchronized void loseDrivers(HostDevice device) {
        driverless.add(device.identity().port());
    }

    /** As {@link #now} has it. */
    synchronized HostDevice shown(String port) {
        return asShown(at(port));
    }

    /** Whether the kernel has every device that is there. */
    synchronized boolean isWhole() {
        return driverless.isEmpty();
    }

    synchronized int open() {
        return opened - closed;
    }

    @Override
    public synchronized List<HostDevice> now() {
        return byPort.values().stream().map(this::asShown).toList();
    }

    private HostDevice asShown(HostDevice device) {
        String port = device.identity().port();
        return claimed.contains(port)
                ? driven(device, Set.of("usbfs"))
                : driverless.contains(port) ? driven(device, Set.of()) : device;
    }

    @Override
    public void listen(Consumer<Change> listener) {
        listeners.add(listener);
    }

    @Override
    public DeviceNode open(HostDevice device) throws IOException {
        onOpen.run();
        synchronized (this) {
            if (now().stream().noneMatch(device::isSameAs)) {
                throw new DeviceGoneException("it has gone, or is another");
            }
            Connection.Ends ends = Connection.pair(SocketKind.STREAM);
            ends.second().close();
            Descriptor descriptor = ends.first().release();
            nodes.put(descriptor, device);
            opened++;
            return new DeviceNode() {
                @Override
                public Descriptor descriptor() {
                    return descriptor;
                }

                @Override
                public void close() {
                    synchronized (FakeHost.this) {
                        if (nodes.remove(descriptor) != null) {
                            closed++;
                            descriptor.close();
                        }
                    }
                }
            };
        }
    }

    @Override
    public DeviceNode openSecurityKey(HostDevice device) throws IOException {
        if (!sharing) {
            throw new IOException("it has no HID side");
        }
        return open(device);
    }

    @Override
    public void unmount(HostDevice device) throws IOException {
        onUnmount.run();
        if (now().stream().noneMatch(device::isSameAs)) {
            throw new DeviceGoneException("it has gone, or is another");
        }
        change(device.identity().port(), now -> with(now, now.number(), List.of(), now.refusal()));
    }

    @Override
    public void restoreDrivers(HostDevice device) {
        HostDevice back = null;
        synchronized (this) {
            restored++;
            HostDevice now = byPort.get(device.identity().port());
            if (now != null
                    && now.isSameAs(device)
                    && !claimed.contains(now.identity().port())
                    && driverless.remove(now.identity().port())) {
                back = now;
            }
        }
        if (back != null) {
            HostDevice told = back;
            listeners.forEach(listener -> listener.accept(new Change.Changed(told)));
        }
    }

    @Override
    public void close() {}
}
