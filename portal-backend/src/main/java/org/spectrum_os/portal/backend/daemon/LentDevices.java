// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.daemon;

import static java.lang.System.Logger.Level.ERROR;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.agent.Service;
import org.spectrum_os.portal.backend.bus.Udisks;
import org.spectrum_os.portal.backend.consent.ConsentDesk;
import org.spectrum_os.portal.backend.consent.Timer;
import org.spectrum_os.portal.backend.hypervisor.Machines;
import org.spectrum_os.portal.backend.lease.Effect;
import org.spectrum_os.portal.backend.lease.HostEntries;
import org.spectrum_os.portal.backend.lease.LeaseTable;
import org.spectrum_os.portal.backend.policy.Policy;
import org.spectrum_os.portal.backend.usb.UsbDesk;
import org.spectrum_os.portal.backend.usb.UsbLoans;
import org.spectrum_os.portal.backend.usb.UsbPortal;
import org.spectrum_os.portal.backend.usb.device.HostDevices;
import org.spectrum_os.portal.backend.usb.device.SysfsDevices;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.protocol.Ports;
import org.spectrum_os.portal.store.audit.AuditBook;
import org.spectrum_os.portal.store.lease.Lease;

/**
 * USB devices put together: this computer's, the monitors of the VMs, and what lends the ones to the others. A computer whose devices cannot be
 * watched lends none, and everything else goes on.
 */
final class LentDevices implements Effect, PolicyInForce.Devices, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(LentDevices.class.getName());

    private final Timer timer;
    private final Executor executor;
    private final @Nullable Parts parts;
    private volatile @Nullable UsbPortal portal;

    private record Parts(HostDevices devices, Machines machines, UsbLoans loans) {}

    /**
     * Looks at the devices, and lends none before {@link #start}.
     *
     * @param root {@code /}, or a folder that looks like it
     */
    LentDevices(Path root, Supplier<Policy> policy, Timer timer, Executor executor) {
        this.timer = timer;
        this.executor = executor;
        this.parts = open(root, policy);
    }

    private @Nullable Parts open(Path root, Supplier<Policy> policy) {
        try {
            HostDevices devices = SysfsDevices.open(root, new Udisks(BusConnection::system));
            try {
                var machines = new Machines(new Machines.Listener() {
                    @Override
                    public void started(String instance) {
                        told(its -> its.machineStarted(instance));
                    }

                    @Override
                    public void stopped(String instance) {
                        told(its -> its.machineStopped(instance));
                    }
                });
                return new Parts(devices, machines, new UsbLoans(devices, machines::of, policy, timer, executor));
            } catch (IOException e) {
                devices.close();
                throw e;
            }
        } catch (IOException e) {
            LOG.log(ERROR, "no USB device is lent: {0}", e.getMessage());
            return null;
        }
    }

    private void told(Consumer<UsbPortal> what) {
        UsbPortal its = portal;
        if (its != null) {
            what.accept(its);
        }
    }

    /** Makes the portal; nobody is served before {@link #start}. */
    void connect(ConsentDesk desk, LeaseTable leases, AuditBook audit, Supplier<Policy> policy, InstantSource clock) {
        if (parts != null) {
            portal = new UsbPortal(desk, leases, audit, parts.devices(), parts.loans(), policy, clock, timer, executor);
        }
    }

    /** What is behind the port for devices. */
    Map<Integer, Service> services() {
        UsbPortal its = portal;
        return its == null ? Map.of() : Map.of(Ports.USB, new Service("USB devices", UsbPortal.CONNECTIONS_MOST, its));
    }

    UsbDesk desk() {
        return Optional.ofNullable(portal)
                .map(UsbPortal::desk)
                .orElseGet(() -> UsbDesk.absent("this computer's USB devices cannot be watched; the log says why"));
    }

    /** Looks for the VMs' monitors from now on, and begins. What a VM has that is heard of only later stays its own until then. */
    void start(Policy policy) {
        if (parts != null) {
            parts.machines().use(policy.instances());
        }
        told(UsbPortal::start);
    }

    @Override
    public void changing(Policy before, Policy now) {
        told(its -> its.policyChanging(before, now));
    }

    @Override
    public void endWhatMayNotHaveBecome() {
        told(UsbPortal::endWhatMayNotHaveBecome);
    }

    @Override
    public void changed(Policy now) {
        if (parts != null) {
            parts.machines().use(now.instances());
        }
        told(UsbPortal::policyChanged);
    }

    @Override
    public void end(Lease lease) throws IOException {
        if (parts != null) {
            parts.loans().end(lease);
        }
    }

    @Override
    public HostEntries restore(Lease lease) throws IOException {
        throw UsbLoans.notRestored();
    }

    /** Nothing is lent any more; what is goes with its lease. */
    void stopLending() {
        if (parts != null) {
            parts.loans().stopLending();
        }
    }

    @Override
    public void close() {
        if (parts != null) {
            parts.machines().close();
            parts.devices().close();
        }
    }
}
