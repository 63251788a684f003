// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.spectrum_os.portal.backend.hypervisor.Machine;
import org.spectrum_os.portal.backend.hypervisor.MachineException;
import org.spectrum_os.portal.backend.hypervisor.Plug;
import org.spectrum_os.portal.backend.usb.device.DeviceNode;
import org.spectrum_os.portal.backend.usb.device.HostDevice;
import org.spectrum_os.portal.backend.usb.device.HostDevices;

/**
 * What is plugged into one VM, and whether that is known. As long as it is not, nothing more is plugged in, and what may still be in stays taken
 * from everybody. Used under the lock of {@link GuestDevices}; waits for the VM's monitor.
 */
final class GuestPorts {
    private static final System.Logger LOG = System.getLogger(GuestPorts.class.getName());

    private final String instance;
    private final HostDevices devices;
    private final Collection<Loan> loans;
    private final Predicate<String> lentBefore;
    private final Runnable tryLater;
    /** What nobody has any more and the monitor may still hold. */
    private final List<Stuck> stuck = new ArrayList<>();
    /** Whose lists must be looked through before anything else is plugged in there; of another policy's monitors there may be several. */
    private final Set<Machine> unsure = Collections.newSetFromMap(new IdentityHashMap<>());
    /** It is looked through again in a while; and that is not for the first time. */
    private boolean waiting;

    private boolean told;

    private record Stuck(Machine machine, HostDevice device, DeviceHolds.Hold hold) {}

    /**
     * @param loans    what is meant to be in
     * @param lentBefore whether an earlier backend may have lent a port's device
     * @param tryLater has {@link #lookAgain} called in a while
     */
    GuestPorts(
            String instance,
            HostDevices devices,
            Collection<Loan> loans,
            Predicate<String> lentBefore,
            Runnable tryLater) {
        this.instance = instance;
        this.devices = devices;
        this.loans = loans;
        this.lentBefore = lentBefore;
        this.tryLater = tryLater;
    }

    /**
     * Plugs a loan's device in.
     *
     * @throws IOException if it is not in, or it is not known whether it is
     */
    void plugIn(Loan loan, HostDevice device) throws IOException {
        makeSure(loan.machine);
        try (DeviceNode node = loan.hold.shared ? devices.openSecurityKey(device) : devices.open(device)) {
            String label = loan.lease.name();
            loan.attempts(device);
            unsure.add(loan.machine);
            Plug plug = loan.hold.shared
                    ? loan.machine.attachSecurityKey(node.descriptor(), label)
                    : loan.machine.attach(node.descriptor(), label);
            unsure.remove(loan.machine);
            loan.in(device, plug);
        } catch (MachineException e) {
            // Of all its kinds only this one leaves it open whether something was attached.
            if (!(e instanceof MachineException.NoAnswer)) {
                unsure.remove(loan.machine);
            }
            throw e;
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Plugs a loan's device out, if it is in. */
    void plugOut(Loan loan) throws IOException {
        Plug plug = loan.out();
        if (plug == null) {
            return;
        }
        // What was in doubt before stays so: one thing that is out says nothing of the others.
        boolean sure = unsure.add(loan.machine);
        try {
            loan.machine.detach(plug);
            if (sure) {
                unsure.remove(loan.machine);
            }
        } catch (MachineException.NotRunning e) {
            if (sure) {
                unsure.remove(loan.machine);
            }
            LOG.log(DEBUG, "{0} does not run, so nothing is in it: {1}", instance, e.getMessage());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Gives a device back to this computer: at once, or as soon as it is known to be out. */
    void giveBack(Loan loan) {
        if (!unsure.contains(loan.machine)) {
            restore(loan.device(), loan.hold);
        } else {
            LOG.log(
                    WARNING,
                    "{0} may still have {1}: it is lent to nobody until the monitor has let go of it, or the VM has stopped",
                    instance,
                    DeviceWords.which(loan.device()));
            stuck.add(new Stuck(loan.machine, loan.device(), loan.hold));
            later();
        }
    }

    private void restore(HostDevice device, DeviceHolds.Hold hold) {
        try {
            restore(device);
        } finally {
            hold.close();
        }
    }

    private void restore(HostDevice device) {
        try {
            devices.restoreDrivers(device);
        } catch (IOException e) {
            LOG.log(
                    WARNING,
                    "{0} is not lent any more, but this computer does not use it again (plug it in anew): {1}",
                    DeviceWords.which(device),
                    e.getMessage());
        }
    }

    /** The VM behind that monitor does not run: nothing is in it. What is in one that had its place before is. */
    void allOut(Machine machine) {
        loans.stream().filter(loan -> loan.machine.equals(machine)).forEach(Loan::out);
        unsure.remove(machine);
        releaseStuck(machine);
    }

    /** Plugs out whatever is in and not lent. A monitor that does not answer is asked again later. */
    void look(Machine machine) {
        unsure.add(machine);
        try {
            makeSure(machine);
        } catch (IOException e) {
            LOG.log(
                    told ? DEBUG : WARNING,
                    "what is plugged into {0} is not known; that is tried again, and nothing is lent to it until then: {1}",
                    instance,
                    e.getMessage());
            told = true;
            later();
        }
    }

    /** Tries again what did not work. */
    void lookAgain() {
        waiting = false;
        List.copyOf(unsure).forEach(this::look);
        releaseGone();
    }

    private void later() {
        if (!waiting) {
            waiting = true;
            tryLater.run();
        }
    }

    /**
     * Sees to it that nothing is in one VM but what is lent by it.
     *
     * @throws IOException if that is not known still
     */
    void makeSure(Machine machine) throws IOException {
        if (!unsure.contains(machine)) {
            return;
        }
        try {
            Set<String> ours = new HashSet<>();
            for (Loan loan : loans) {
                Plug plug = loan.plug();
                if (plug != null && loan.machine.equals(machine)) {
                    ours.add(plug.handle());
                }
            }
            for (Plug plug : machine.plugs()) {
                if (!ours.contains(plug.handle())) {
                    machine.detach(plug);
                    restoreLike(plug);
                }
            }
        } catch (MachineException.NotRunning e) {
            LOG.log(DEBUG, "{0} does not run, so nothing is in it: {1}", instance, e.getMessage());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        unsure.remove(machine);
        told = false;
        releaseStuck(machine);
    }

    /** What was plugged in by an earlier backend the monitor knows by its numbers alone, and the store by its port. */
    private void restoreLike(Plug plug) {
        for (HostDevice device : devices.now()) {
            if (lentBefore.test(device.identity().port())
                    && device.identity().vendor() == plug.vendor()
                    && device.identity().product() == plug.product()) {
                restore(device);
            }
        }
    }

    private void releaseStuck(Machine machine) {
        release(each -> each.machine().equals(machine));
    }

    /** What was unplugged is in no VM, whatever its monitor says or does not: plugged in anew, it is another to everybody. */
    private void releaseGone() {
        List<HostDevice> there = devices.now();
        release(each -> there.stream().noneMatch(each.device()::isSameAs));
    }

    private void release(Predicate<Stuck> which) {
        List<Stuck> out = stuck.stream().filter(which).toList();
        stuck.removeAll(out);
        out.forEach(each -> restore(each.device(), each.hold()));
    }

    private static IOException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        var e = new InterruptedIOException("this program is ending");
        e.initCause(cause);
        return e;
    }
}
