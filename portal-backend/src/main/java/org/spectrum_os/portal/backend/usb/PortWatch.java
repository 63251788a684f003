// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb;

import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.spectrum_os.portal.backend.consent.Timer;
import org.spectrum_os.portal.backend.lease.LeaseTable;
import org.spectrum_os.portal.backend.usb.device.HostDevice;
import org.spectrum_os.portal.backend.usb.device.HostDevices;
import org.spectrum_os.portal.store.EndReason;
import org.spectrum_os.portal.store.lease.Lease;

/**
 * Follows lent devices that leave their ports: one that is back in time, and may be what it is now, is in the VM again under the same lease; else
 * the lease ends. It looks at what is there, not at what it is told has happened, so it may be told late, twice, or in another order.
 */
final class PortWatch {
    private final HostDevices devices;
    private final Collection<GuestDevices> guests;
    private final DeviceRules rules;
    private final Timer timer;
    private final Executor executor;
    private final LeaseTable leases;
    private final Follower follower;

    /** Hears of what becomes of lent devices; may block. */
    interface Follower {
        /** It had left its port, and is in the VM again. */
        void again(Loan loan);

        /** A lease has ended, since another device has come back in its device's place. */
        void changed(Lease lease, HostDevice now);
    }

    PortWatch(
            HostDevices devices,
            Collection<GuestDevices> guests,
            DeviceRules rules,
            Timer timer,
            Executor executor,
            LeaseTable leases,
            Follower follower) {
        this.devices = devices;
        this.guests = guests;
        this.rules = rules;
        this.timer = timer;
        this.executor = executor;
        this.leases = leases;
        this.follower = follower;
    }

    /** Something may have happened at a port. Blocks while monitors are waited for. */
    void look(String port) {
        guests.forEach(guest -> guest.at(port).forEach(loan -> look(guest, loan)));
    }

    private void look(GuestDevices guest, Loan loan) {
        switch (guest.follow(loan, rules)) {
            case SAME -> {}
            case AWAY -> loan.grace(timer, () -> executor.execute(() -> graceOver(guest, loan)));
            case BACK -> follower.again(loan);
            case CHANGED -> {
                if (over(loan, EndReason.DEVICE_CHANGED).isPresent()) {
                    devices.now().stream()
                            .filter(device -> device.identity().port().equals(loan.lent.port()))
                            .findFirst()
                            .ifPresent(now -> follower.changed(loan.lease, now));
                }
            }
            case LOST -> {
                var _ = over(loan, EndReason.UNPLUGGED);
            }
        }
    }

    private void graceOver(GuestDevices guest, Loan loan) {
        if (guest.isAway(loan)) {
            var _ = over(loan, EndReason.UNPLUGGED);
        }
    }

    private Optional<Lease> over(Loan loan, EndReason why) {
        return leases.end(loan.lease.name(), why);
    }
}
