// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb;

import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.consent.Timer;
import org.spectrum_os.portal.backend.hypervisor.Machine;
import org.spectrum_os.portal.backend.hypervisor.Plug;
import org.spectrum_os.portal.backend.lease.UsbIdentity;
import org.spectrum_os.portal.backend.usb.device.HostDevice;
import org.spectrum_os.portal.store.lease.Lease;

/** One lease of a device, as far as this run of the backend has made it real. What can change is its {@link GuestDevices}', under its lock. */
final class Loan {
    final Lease lease;
    final DeviceHolds.Hold hold;
    /** By whom it was attached: the policy may name another monitor by the time it is taken out. */
    final Machine machine;

    /** What was lent; {@link #device} may have become something else since. */
    final UsbIdentity lent;

    private volatile HostDevice device;
    /** Null while it is out: it is away, or the VM has stopped. */
    private volatile @Nullable Plug plug;

    private volatile boolean away;

    private Timer.@Nullable Alarm grace;

    Loan(Lease lease, DeviceHolds.Hold hold, Machine machine, HostDevice device) {
        this.lease = lease;
        this.hold = hold;
        this.machine = machine;
        this.device = device;
        this.lent = device.identity();
    }

    HostDevice device() {
        return device;
    }

    @Nullable
    Plug plug() {
        return plug;
    }

    /** It is about to be plugged in, as what it is now: whatever comes of it, that is what may be in. */
    void attempts(HostDevice now) {
        device = now;
    }

    void in(HostDevice now, Plug as) {
        device = now;
        plug = as;
        away = false;
        stopGrace();
    }

    /** Whether it has left its port, and may come back. */
    boolean isAway() {
        return away;
    }

    void leaves() {
        away = true;
    }

    /** What it was plugged in as; null if it was not. */
    @Nullable
    Plug out() {
        Plug was = plug;
        plug = null;
        return was;
    }

    /** Waits for it to come back, unless that is waited for already. */
    synchronized void grace(Timer timer, Runnable over) {
        if (grace == null) {
            grace = timer.after(UsbLoans.GRACE, over);
        }
    }

    synchronized void stopGrace() {
        if (grace != null) {
            grace.cancel();
            grace = null;
        }
    }
}
