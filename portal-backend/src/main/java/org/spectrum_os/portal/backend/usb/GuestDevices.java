// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.spectrum_os.portal.backend.hypervisor.Machine;
import org.spectrum_os.portal.backend.usb.device.HostDevice;
import org.spectrum_os.portal.backend.usb.device.HostDevices;
import org.spectrum_os.portal.protocol.LogBudget;
import org.spectrum_os.portal.store.lease.Lease;

/**
 * The devices of this host in one VM. One thing at a time, under its lock, which is held while the VM's monitor is waited for. Thread-safe; what only
 * looks never waits.
 */
final class GuestDevices {
    private static final System.Logger LOG = System.getLogger(GuestDevices.class.getName());

    private final String instance;
    private final HostDevices devices;
    private final ReentrantLock lock = new ReentrantLock();
    /** By the names of their leases. Changed under the lock alone. */
    private final Map<String, Loan> loans = new ConcurrentHashMap<>();

    private final GuestPorts ports;
    private final LogBudget lines = new LogBudget();

    /**
     * @param lentBefore whether an earlier backend may have lent a port's device
     * @param tryLater has {@link #lookAgain} called in a while
     */
    GuestDevices(String instance, HostDevices devices, Predicate<String> lentBefore, Runnable tryLater) {
        this.instance = instance;
        this.devices = devices;
        this.ports = new GuestPorts(instance, devices, loans.values(), lentBefore, tryLater);
    }

    /** What has become of a loan's device at its port. */
    enum Fate {
        /** It is there as it was. */
        SAME,
        /** It is not there; it may come back. */
        AWAY,
        /** It was away and is plugged in again. */
        BACK,
        /** Another is there. */
        CHANGED,
        /** It is there and cannot be plugged in, or what was there cannot be plugged out. */
        LOST
    }

    /**
     * Plugs a device in, and takes over its hold, whatever comes of it.
     *
     * @throws IOException if it is not in; then it is out, or will be seen to be out before anybody else can have it
     */
    void lend(Lease lease, DeviceHolds.Hold hold, Machine machine, HostDevice device) throws IOException {
        lock.lock();
        try {
            makeSure(hold, machine);
            var loan = new Loan(lease, hold, machine, device);
            boolean in = false;
            try {
                ports.plugIn(loan, device);
                loans.put(lease.name(), loan);
                in = true;
            } finally {
                if (!in) {
                    ports.giveBack(loan);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** The device has not been touched yet: whatever is in doubt, it is not that. */
    private void makeSure(DeviceHolds.Hold hold, Machine machine) throws IOException {
        boolean sure = false;
        try {
            ports.makeSure(machine);
            sure = true;
        } finally {
            if (!sure) {
                hold.close();
            }
        }
    }

    /** Takes a lease's device out and gives it back to this computer. */
    void end(Lease lease) throws IOException {
        lock.lock();
        try {
            Loan loan = loans.remove(lease.name());
            if (loan != null) {
                loan.stopGrace();
                try {
                    ports.plugOut(loan);
                } finally {
                    ports.giveBack(loan);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Looks at what has become of a loan's device, and follows it. */
    Fate follow(Loan loan, DeviceRules rules) {
        lock.lock();
        try {
            boolean stopped = loan.plug() == null && !loan.isAway();
            if (loans.get(loan.lease.name()) != loan || stopped) {
                return Fate.SAME;
            }
            Optional<HostDevice> now = devices.now().stream()
                    .filter(device -> device.identity().port().equals(loan.lent.port()))
                    .findFirst();
            if (loan.plug() != null && now.filter(loan.device()::isSameAs).isPresent()) {
                return Fate.SAME;
            }
            loan.leaves();
            ports.plugOut(loan);
            if (now.isEmpty()) {
                return Fate.AWAY;
            }
            HostDevice back = now.get();
            if (FreshLook.isInput(back) && !FreshLook.isInput(loan.device())) {
                tell("what " + instance + " has been lent at port " + loan.lent.port()
                        + " has come back as a keyboard or a pointer, and this computer listened to it for a moment: "
                        + DeviceWords.which(back));
            }
            if (!rules.mayBecome(instance, loan.lent, back.identity())) {
                return Fate.CHANGED;
            }
            if (back.refusal().isPresent() || !back.mounts().isEmpty()) {
                throw new IOException("it is back, and this computer needs it now");
            }
            ports.plugIn(loan, back);
            return Fate.BACK;
        } catch (IOException e) {
            tell(instance + " loses " + DeviceWords.which(loan.device()) + ": " + e.getMessage());
            return Fate.LOST;
        } finally {
            lock.unlock();
        }
    }

    /** A device can bring it about as often as it likes. */
    private void tell(String line) {
        lines.write(instance, line, text -> LOG.log(WARNING, text));
    }

    /** A loan, if its lease is in force and its device in the VM. */
    Optional<Loan> attached(String lease) {
        return Optional.ofNullable(loans.get(lease)).filter(loan -> loan.plug() != null);
    }

    List<Loan> all() {
        return List.copyOf(loans.values());
    }

    List<Loan> at(String port) {
        return loans.values().stream()
                .filter(loan -> loan.lent.port().equals(port))
                .toList();
    }

    /** Whether the loan's device has left its port, and its lease is not over. */
    boolean isAway(Loan loan) {
        return loans.get(loan.lease.name()) == loan && loan.isAway();
    }

    /** The VM does not run any more: nothing is in it. What was lent stays taken until {@link #end}. */
    void stopped(Machine machine) {
        lock.lock();
        try {
            ports.allOut(machine);
        } finally {
            lock.unlock();
        }
    }

    /** Plugs out whatever is in the VM and is not lent, now or as soon as its monitor answers. */
    void look(Machine machine) {
        lock.lock();
        try {
            ports.look(machine);
        } finally {
            lock.unlock();
        }
    }

    /** Tries again what did not work. */
    void lookAgain() {
        lock.lock();
        try {
            ports.lookAgain();
        } finally {
            lock.unlock();
        }
    }
}
