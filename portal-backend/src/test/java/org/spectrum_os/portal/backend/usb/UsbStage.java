// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.spectrum_os.portal.backend.consent.ConsentDesk;
import org.spectrum_os.portal.backend.consent.ConsentWindow;
import org.spectrum_os.portal.backend.consent.FakeTimer;
import org.spectrum_os.portal.backend.lease.Effect;
import org.spectrum_os.portal.backend.lease.HandTime;
import org.spectrum_os.portal.backend.lease.HostEntries;
import org.spectrum_os.portal.backend.lease.KeyLoan;
import org.spectrum_os.portal.backend.lease.LeaseTable;
import org.spectrum_os.portal.backend.lease.UsbLoan;
import org.spectrum_os.portal.backend.policy.Colour;
import org.spectrum_os.portal.backend.policy.GuestUser;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.backend.policy.LinkAddress;
import org.spectrum_os.portal.backend.policy.MachineAddress;
import org.spectrum_os.portal.backend.policy.Policy;
import org.spectrum_os.portal.backend.policy.Rule;
import org.spectrum_os.portal.backend.policy.UsbMode;
import org.spectrum_os.portal.backend.policy.UsbName;
import org.spectrum_os.portal.backend.policy.UsbRule;
import org.spectrum_os.portal.consent.contract.DeviceQuestion;
import org.spectrum_os.portal.consent.contract.FromWindow;
import org.spectrum_os.portal.consent.contract.LoanTime;
import org.spectrum_os.portal.consent.contract.ToWindow;
import org.spectrum_os.portal.store.audit.AuditBook;
import org.spectrum_os.portal.store.lease.Lease;
import org.spectrum_os.portal.store.lease.Leases;

/** Everything of the portal for devices that is real, between a host and VMs that are not; time and the window are the test's. */
final class UsbStage implements AutoCloseable {
    static final int ULTRA = 0x5580;
    private static final long SOON = 20;

    final FakeHost host;
    final Map<String, FakeMachine> machines;
    final FakeTimer timer = new FakeTimer();
    final HandTime time = new HandTime(Instant.parse("2026-11-29T10:00:00Z"));
    final BlockingQueue<ToWindow> told = new LinkedBlockingQueue<>();
    final LeaseTable leases;
    final UsbLoans loans;
    final UsbPortal portal;
    final ConsentDesk desk;
    private final Path folder;
    private final Leases store;
    private final AuditBook audit;
    private volatile Policy policy;
    private boolean ended;

    /** A backend over {@code folder}, begun. */
    UsbStage(Path folder, FakeHost host, Map<String, FakeMachine> machines, Policy policy) throws IOException {
        this.folder = folder;
        this.host = host;
        this.machines = new ConcurrentHashMap<>(machines);
        this.policy = policy;
        desk = new ConsentDesk(
                new ConsentWindow() {
                    @Override
                    public void tell(ToWindow message) {
                        told.add(message);
                    }

                    @Override
                    public void restart(String why) {}
                },
                Policy.Timing.DEFAULT,
                null,
                timer,
                Runnable::run);
        desk.said(new FromWindow.Ready(FromWindow.VERSION));
        audit = AuditBook.open(folder, time::now);
        store = Leases.open(
                folder, policy.instances().stream().map(Instance::name).toList(), time);
        loans = new UsbLoans(
                host, name -> Optional.ofNullable(this.machines.get(name)), () -> this.policy, timer, Runnable::run);
        leases = new LeaseTable(store, audit, new DevicesAndKeys(loans), this::allows, Runnable::run, time);
        portal = new UsbPortal(desk, leases, audit, host, loans, () -> this.policy, time::now, timer, Runnable::run);
        leases.restore();
        portal.start();
    }

    /** Behind a key's lease stands nothing. */
    private record DevicesAndKeys(UsbLoans loans) implements Effect {
        @Override
        public void end(Lease lease) throws IOException {
            if (UsbLoan.of(lease.resource()).isPresent()) {
                loans.end(lease);
            }
        }

        @Override
        public HostEntries restore(Lease lease) throws IOException {
            return loans.restore(lease);
        }
    }

    private boolean allows(Lease lease) {
        return KeyLoan.of(lease.resource()).isPresent()
                || UsbLoan.of(lease.resource())
                        .flatMap(loan -> policy.instance(lease.owner())
                                .flatMap(instance -> DeviceRules.rule(instance, loan.device())))
                        .isPresent();
    }

    static UsbRule rule(UsbMode mode, int product, UsbName... becomes) {
        return new UsbRule(
                Optional.empty(),
                Optional.of(new UsbName(0x0781, Optional.of(product), Optional.empty())),
                Optional.empty(),
                mode,
                List.of(becomes),
                Optional.empty());
    }

    static Instance instance(String name, UsbRule... rules) {
        return new Instance(
                name,
                new Colour("#1a5fb4"),
                new LinkAddress.Vsock(Math.floorMod(name.hashCode(), 60_000) + 3),
                Rule.DENY,
                Instance.Terms.DEFAULT,
                GuestUser.DEFAULT,
                List.of(),
                Optional.empty(),
                false,
                List.of(),
                false,
                Optional.of(new MachineAddress.Crosvm(Path.of("/run/" + name))),
                Arrays.asList(rules));
    }

    /** The same, with another monitor. */
    static Instance at(Instance of, Path monitor) {
        return new Instance(
                of.name(),
                of.colour(),
                of.link(),
                of.file(),
                of.terms(),
                of.user(),
                of.files(),
                of.tree(),
                of.serves(),
                of.keys(),
                of.vault(),
                Optional.of(new MachineAddress.Crosvm(monitor)),
                of.usb());
    }

    static Policy policy(Instance... instances) {
        return new Policy(null, Policy.Timing.DEFAULT, Policy.HostRules.DEFAULT, Arrays.asList(instances));
    }

    /** Another policy, in the steps in which the daemon brings one into force. */
    void reload(Policy next) {
        Policy before = policy;
        policy = next;
        portal.policyChanging(before, next);
        leases.policyChanged(this::allows);
        portal.endWhatMayNotHaveBecome();
        portal.policyChanged();
    }

    void stopVm(String instance) {
        FakeMachine.of(machines, instance).stop();
        portal.machineStopped(instance);
    }

    /** The dialog that is on screen, or comes there soon. */
    ToWindow.Show shown() throws InterruptedException {
        ToWindow message;
        do {
            message = told.poll(SOON, TimeUnit.SECONDS);
            assertNotNull(message, "nobody is asked");
        } while (!(message instanceof ToWindow.Show));
        var show = (ToWindow.Show) message;
        // Waits for the desk to have finished asking.
        desk.said(new FromWindow.Mapped(show.id()));
        return show;
    }

    static DeviceQuestion question(ToWindow.Show show) {
        return assertInstanceOf(DeviceQuestion.class, show.question());
    }

    /** The user lends everything that was asked for. */
    void agree(ToWindow.Show show, LoanTime loan, boolean unmount) {
        desk.said(new FromWindow.Picked(
                show.id(),
                question(show).devices().stream()
                        .filter(device -> device.state().isLendable())
                        .map(DeviceQuestion.Candidate::id)
                        .toList(),
                loan,
                unmount));
    }

    String audit(String instance) throws IOException {
        Path file = folder.resolve(instance).resolve("audit.jsonl");
        return Files.exists(file) ? Files.readString(file) : "";
    }

    /** The store tells of times that are over on a thread of its own. */
    void awaitEnds() throws IOException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SOON);
        while (!leases.list().isEmpty() || !loans.isIdle() || !everyEndIsWrittenDown()) {
            assertTrue(System.nanoTime() < until, "a lease does not end");
            Thread.onSpinWait();
        }
    }

    private boolean everyEndIsWrittenDown() throws IOException {
        for (String name : machines.keySet()) {
            String lines = audit(name);
            if (count(lines, "\"granted\"") != count(lines, "\"ended\"")) {
                return false;
            }
        }
        return true;
    }

    /** What must hold whenever nothing is lent. */
    void assertNothingIsLeft() throws IOException {
        assertEquals(List.of(), leases.list(), "leases");
        machines.forEach((name, machine) -> assertEquals(0, machine.holds(), "plugged into " + name));
        assertEquals(0, host.open(), "open nodes");
        assertTrue(host.isWhole(), "a device has no driver");
        assertTrue(loans.isIdle(), "a device is still taken");
        for (String name : machines.keySet()) {
            String lines = audit(name);
            assertEquals(count(lines, "\"granted\""), count(lines, "\"ended\""), lines);
        }
    }

    static int count(String text, String what) {
        return text.split(Pattern.quote(what), -1).length - 1;
    }

    /** Ends as the daemon does. */
    void end() {
        if (!ended) {
            ended = true;
            loans.stopLending();
            leases.close();
        }
    }

    /** Ends as a process that is killed: what it had attached stays. */
    void kill() throws IOException {
        ended = true;
        close();
    }

    @Override
    public void close() throws IOException {
        end();
        store.close();
        audit.close();
    }

    /** A guest's side of one connection. */
    UsbGuest guest(String instance) throws IOException {
        return new UsbGuest(portal, instance);
    }
}
