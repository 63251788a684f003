// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.INFO;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.consent.Timer;
import org.spectrum_os.portal.backend.hypervisor.Machine;
import org.spectrum_os.portal.backend.hypervisor.MachineException;
import org.spectrum_os.portal.backend.lease.Effect;
import org.spectrum_os.portal.backend.lease.Grant;
import org.spectrum_os.portal.backend.lease.HostEntries;
import org.spectrum_os.portal.backend.lease.LeaseTable;
import org.spectrum_os.portal.backend.lease.ResourceGoneException;
import org.spectrum_os.portal.backend.lease.UsbLoan;
import org.spectrum_os.portal.backend.policy.Policy;
import org.spectrum_os.portal.backend.usb.device.DeviceGoneException;
import org.spectrum_os.portal.backend.usb.device.HostDevice;
import org.spectrum_os.portal.backend.usb.device.HostDevices;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Kind;
import org.spectrum_os.portal.store.End;
import org.spectrum_os.portal.store.EndReason;
import org.spectrum_os.portal.store.lease.Lease;

/**
 * What leases of devices do: a device is in a VM exactly as long as its lease is in force. Thread-safe; what waits for a VM's monitor blocks, for at
 * most {@link Machine#LONGEST_SECONDS} each time. Never takes an instance's lease lock while it holds that of a VM.
 */
public final class UsbLoans implements Effect {
    /** How long a lent device may be away from its port, as it starts another firmware. */
    static final Duration GRACE = Duration.ofSeconds(5);
    /** How long until a monitor that did not answer is asked again. */
    static final Duration AGAIN = Duration.ofSeconds(5);

    /** The one thing that can be done with a device that is lent. */
    private static final List<String> ATTACHED = List.of("attach");

    private static final System.Logger LOG = System.getLogger(UsbLoans.class.getName());

    private final HostDevices devices;
    private final Function<String, Optional<Machine>> machines;
    private final DeviceRules rules;
    private final Timer timer;
    private final Executor executor;
    private final DeviceHolds holds = new DeviceHolds();
    /** Taken before any instance's lease lock. */
    private final ReentrantLock inputs = new ReentrantLock();

    private final Map<String, GuestDevices> guests = new ConcurrentHashMap<>();
    /** Whose monitor is about to be another. */
    private final Set<String> changing = ConcurrentHashMap.newKeySet();

    /** Ports whose device an earlier backend had lent, and this one has not. */
    private final Set<String> lentBefore = ConcurrentHashMap.newKeySet();

    private volatile @Nullable LeaseTable leases;
    private volatile @Nullable PortWatch watch;
    private volatile boolean ending;

    /**
     * Nothing is lent before {@link #start}.
     *
     * @param machines the monitor of an instance's VM; empty if the policy names none
     * @param policy   in force
     * @param executor runs what blocks
     */
    public UsbLoans(
            HostDevices devices,
            Function<String, Optional<Machine>> machines,
            Supplier<Policy> policy,
            Timer timer,
            Executor executor) {
        this.devices = devices;
        this.machines = machines;
        this.rules = new DeviceRules(policy);
        this.timer = timer;
        this.executor = executor;
    }

    /**
     * Begins. Whatever is in a VM of an earlier backend's doing is plugged out, and given back to this computer.
     *
     * @param table whose effect this is
     */
    void start(LeaseTable table, PortWatch.Follower follower) {
        var watching = new PortWatch(devices, guests.values(), rules, timer, executor, table, follower);
        watch = watching;
        leases = table;
        // All at once: one that is silent is waited for once, not once for each.
        CompletableFuture.allOf(rules.instances().stream()
                        .map(instance -> CompletableFuture.runAsync(() -> tidy(instance.name()), executor))
                        .toArray(CompletableFuture<?>[]::new))
                .join();
        for (HostDevice device : devices.now()) {
            // Of one whose claim was dropped just now the kernel may not have told yet.
            boolean without = device.drivers().isEmpty() || FreshLook.isElsewhere(device);
            if (without && lentBefore.contains(device.identity().port())) {
                try {
                    devices.restoreDrivers(device);
                } catch (IOException e) {
                    LOG.log(INFO, "{0} has no driver: {1}", DeviceWords.which(device), e.getMessage());
                }
            }
        }
    }

    /** A lease has ended that an earlier backend left: other devices without drivers are so because somebody wants them so. */
    void lentBefore(Lease lease) {
        UsbLoan.of(lease.resource())
                .filter(loan -> !loan.shared())
                .ifPresent(loan -> lentBefore.add(loan.device().port()));
    }

    /** Something may have happened at a port: what is lent there follows. Blocks while monitors are waited for. */
    void look(String port) {
        PortWatch watching = watch;
        if (watching != null) {
            watching.look(port);
        }
    }

    private void tidy(String instance) {
        machines.apply(instance).filter(Machine::isRunning).ifPresent(guest(instance)::look);
    }

    private LeaseTable table() throws IOException {
        LeaseTable table = leases;
        if (table == null || ending) {
            throw new IOException("no device is lent while the backend starts or ends");
        }
        return table;
    }

    private GuestDevices guest(String instance) {
        return guests.computeIfAbsent(instance, name -> {
            var made = new GuestDevices[1];
            made[0] = new GuestDevices(
                    name,
                    devices,
                    lentBefore::contains,
                    () -> timer.after(AGAIN, () -> executor.execute(made[0]::lookAgain)));
            return made[0];
        });
    }

    /**
     * What is to be lent.
     *
     * @param reason  safe to show
     * @param request its number, for the audit log
     */
    record Order(String instance, HostDevice device, String reason, String request, End end) {}

    /** The device is taken; the message says so. */
    static final class TakenException extends IOException {
        TakenException(HostDevice device) {
            super(DeviceWords.which(device) + " is lent already, or was just now and is not out of its VM yet");
        }
    }

    /**
     * Lends a device, as the policy has just been found to allow. A security key is shared with this computer and others if it has a HID side
     * that can be opened and the monitor knows such devices; any other device has one holder.
     *
     * @throws IOException if it is not lent; then it is the host's, or will be as soon as the monitor lets go of it
     */
    Lease lend(Order order) throws IOException {
        if (canBeShared(order.device())) {
            try {
                return lend(order, true);
            } catch (MachineException.Unsupported e) {
                LOG.log(DEBUG, "{0}: no shared security keys there: {1}", order.instance(), e.getMessage());
            }
        }
        return lend(order, false);
    }

    private boolean canBeShared(HostDevice device) throws DeviceGoneException {
        if (device.kinds().getFirst() != Kind.SECURITY_KEY) {
            return false;
        }
        try (var _ = devices.openSecurityKey(device)) {
            return true;
        } catch (DeviceGoneException e) {
            throw e;
        } catch (IOException e) {
            LOG.log(DEBUG, "{0} cannot be shared: {1}", DeviceWords.which(device), e.getMessage());
            return false;
        }
    }

    private Lease lend(Order order, boolean shared) throws IOException {
        if (shared || !FreshLook.isInput(order.device())) {
            return lendNow(order, shared);
        }
        // One after the other: of two keyboards each could be the one that is left.
        inputs.lock();
        try {
            return lendNow(order, false);
        } finally {
            inputs.unlock();
        }
    }

    private Lease lendNow(Order order, boolean shared) throws IOException {
        String instance = order.instance();
        HostDevice device = order.device();
        LeaseTable table = table();
        Machine machine = machines.apply(instance)
                .orElseThrow(() -> new IOException("the policy names no monitor of the VM of " + instance));
        DeviceHolds.Hold hold = holds.take(instance, device, shared).orElseThrow(() -> new TakenException(device));
        boolean[] handedOver = {false};
        Lease lease;
        try {
            lease = table.grant(
                    new Grant(
                            instance,
                            new UsbLoan(DeviceWords.kept(device.identity()), DeviceWords.name(device), shared),
                            ATTACHED,
                            order.reason(),
                            order.request(),
                            order.end()),
                    granted -> {
                        var _ = table();
                        if (changing.contains(instance)) {
                            throw new IOException("another monitor of its VM is about to be used");
                        }
                        FreshLook.require(devices.now(), device, holds, shared);
                        handedOver[0] = true;
                        guest(instance).lend(granted, hold, machine, device);
                    });
        } finally {
            if (!handedOver[0]) {
                hold.close();
            }
        }
        // Whoever told of its leaving may have done so before it was known to be lent.
        look(device.identity().port());
        if (guest(instance).attached(lease.name()).isEmpty()) {
            // Nobody is told of it: what comes back to that port in a while is not lent by it.
            var _ = table.end(lease.name(), EndReason.UNPLUGGED);
            throw new DeviceGoneException(DeviceWords.which(device) + " has gone as it was plugged in");
        }
        return lease;
    }

    /** Whether a device is in an instance's VM. */
    boolean has(String instance, HostDevice device) {
        return guest(instance).at(device.identity().port()).stream()
                .anyMatch(loan -> loan.plug() != null && loan.device().isSameAs(device));
    }

    /**
     * The instance's lease of a device, if it has it; then one more stands behind it, to be given back like a new one.
     *
     * @param end until then at least, if that can be said of both
     */
    Optional<Lease> had(String instance, HostDevice device, String request, Optional<End> end) throws IOException {
        for (Loan loan : guest(instance).at(device.identity().port())) {
            if (loan.plug() != null && loan.device().isSameAs(device)) {
                Lease lease = current(loan.lease);
                return Optional.of(table().grant(
                                new Grant(
                                        instance,
                                        UsbLoan.of(lease.resource()).orElseThrow(),
                                        lease.access(),
                                        lease.reason(),
                                        request,
                                        end.filter(wanted -> wanted instanceof End.At && lease.end() instanceof End.At)
                                                .orElse(lease.end())),
                                _ -> {
                                    throw new DeviceGoneException(DeviceWords.which(device) + " was just taken back");
                                }));
            }
        }
        return Optional.empty();
    }

    /** Nobody got to know of one {@link #lend} or {@link #had}. */
    void giveBack(Lease lease) {
        LeaseTable table = leases;
        if (table != null) {
            table.giveBack(lease, EndReason.UNCLAIMED);
        }
    }

    private Lease current(Lease lease) throws IOException {
        return table().list().stream()
                .filter(each -> each.name().equals(lease.name()))
                .findFirst()
                .orElse(lease);
    }

    /** Who has it, or is about to, or may have it still. */
    List<DeviceHolds.Hold> holders(HostDevice device) {
        return holds.of(device);
    }

    /** A loan, if its lease is in force and its device in the VM. */
    Optional<Loan> attached(String instance, String lease) {
        return guest(instance).attached(lease);
    }

    @Override
    public void end(Lease lease) throws IOException {
        guest(lease.owner()).end(lease);
    }

    @Override
    public HostEntries restore(Lease lease) throws ResourceGoneException {
        throw notRestored();
    }

    /** Why no lease of a device is restored, whoever is asked to. */
    public static ResourceGoneException notRestored() {
        return new ResourceGoneException("no device stays lent beyond a restart");
    }

    /** A VM runs: nothing of an earlier run is in it, and what is in it otherwise is not lent. */
    void machineStarted(String instance) {
        tidy(instance);
    }

    /** A VM does not run any more: what it had is the host's again when this returns. */
    void machineStopped(String instance) {
        LeaseTable table = leases;
        if (table != null) {
            // First: files and keys wait for no device that is just being plugged in.
            table.instanceStopped(instance);
        }
        machines.apply(instance).ifPresent(guest(instance)::stopped);
        if (table != null) {
            table.machineStopped(instance);
        }
    }

    /** The policy names other monitors: nothing more is lent to these instances until {@link #machinesChanged}. */
    void machinesChange(Set<String> instances) {
        changing.addAll(instances);
    }

    /** What a lent device has become, by a policy that let it, it may not be by the one in force. */
    void endWhatMayNotHaveBecome() {
        LeaseTable table = leases;
        if (table == null) {
            return;
        }
        guests.forEach((instance, guest) -> guest.all().stream()
                .filter(loan ->
                        !rules.mayBecome(instance, loan.lent, loan.device().identity()))
                .forEach(loan -> {
                    var _ = table.end(loan.lease.name(), EndReason.POLICY_CHANGED);
                }));
    }

    void machinesChanged() {
        changing.clear();
    }

    /** Whether an instance's VM could have a device now. */
    boolean isRunning(String instance) {
        return machines.apply(instance).filter(Machine::isRunning).isPresent();
    }

    /** Nothing is lent any more; what is stays so until its lease ends. */
    public void stopLending() {
        ending = true;
    }

    /** Whether nobody has, or may have, any device. */
    boolean isIdle() {
        return holds.isEmpty();
    }
}
