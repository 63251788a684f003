// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.spectrum_os.portal.backend.agent.Service;
import org.spectrum_os.portal.backend.consent.ConsentDesk;
import org.spectrum_os.portal.backend.consent.Timer;
import org.spectrum_os.portal.backend.lease.LeaseTable;
import org.spectrum_os.portal.backend.lease.UsbLoan;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.backend.policy.Policy;
import org.spectrum_os.portal.backend.usb.device.HostDevice;
import org.spectrum_os.portal.backend.usb.device.HostDevices;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.protocol.LogBudget;
import org.spectrum_os.portal.protocol.MessageChannel;
import org.spectrum_os.portal.protocol.ProtocolException;
import org.spectrum_os.portal.protocol.UsbMessage;
import org.spectrum_os.portal.store.EndReason;
import org.spectrum_os.portal.store.audit.AuditBook;
import org.spectrum_os.portal.store.lease.Lease;
import org.spectrum_os.portal.transport.Connection;

/**
 * Serves the connections on which guests ask for USB devices; hears of devices, VMs, leases and policies, and has done what follows. Thread-safe.
 */
public final class UsbPortal implements Service.Conversations, LeaseTable.Listener {
    /** Of one instance; each is a session of an application. */
    public static final int CONNECTIONS_MOST = 64;

    private static final System.Logger LOG = System.getLogger(UsbPortal.class.getName());
    /** For a guest to learn that its connection ends, before it does. */
    private static final Duration LINGER = Duration.ofSeconds(2);

    private static final int DROPPED_MOST = 1024 * 1024;

    private final ConsentDesk desk;
    private final LeaseTable leases;
    private final HostDevices devices;
    private final UsbLoans loans;
    private final Executor executor;
    private final UsbConsent consent;
    private final GivenDevices given;
    private final UsbDesk atHost;
    private final Map<String, Set<UsbSession>> sessions = new ConcurrentHashMap<>();
    private final AtomicBoolean refreshing = new AtomicBoolean();
    private final LogBudget lines = new LogBudget();

    /**
     * Nothing is served before {@link #start}.
     *
     * @param policy   in force
     * @param executor runs what blocks
     */
    public UsbPortal(
            ConsentDesk desk,
            LeaseTable leases,
            AuditBook audit,
            HostDevices devices,
            UsbLoans loans,
            Supplier<Policy> policy,
            InstantSource clock,
            Timer timer,
            Executor executor) {
        this.desk = desk;
        this.leases = leases;
        this.devices = devices;
        this.loans = loans;
        this.executor = executor;
        var rules = new DeviceRules(policy);
        var choices = new DeviceChoices(devices, rules, loans);
        var chosen = new ChosenDevices(devices, rules, loans, clock);
        this.consent = new UsbConsent(desk, audit, rules, devices, choices, chosen);
        this.given = new GivenDevices(devices, loans, rules, clock, timer, executor);
        this.atHost = new UsbAtHost(devices, rules, choices, loans, leases, clock);
        leases.addListener(new LeaseTable.Listener() {
            @Override
            public void granted(Lease lease) {}

            @Override
            public void ended(Lease lease, EndReason why) {
                if (why == EndReason.BACKEND_STOPPED) {
                    loans.lentBefore(lease);
                }
            }
        });
    }

    /**
     * Begins: what an earlier backend had left in VMs is taken out, what the policy gives is put in. Blocks while monitors are waited for, all at
     * once. To be called when the lease table is restored, and before anybody can ask.
     */
    public void start() {
        loans.start(leases, new PortWatch.Follower() {
            @Override
            public void again(Loan loan) {
                sessionsOf(loan.lease.owner()).forEach(session -> session.again(loan));
            }

            @Override
            public void changed(Lease lease, HostDevice now) {
                consent.askAnew(lease, now);
            }
        });
        leases.addListener(this);
        devices.listen(change -> {
            refresh();
            executor.execute(() -> {
                loans.look(change.port());
                switch (change) {
                    case HostDevices.Change.Plugged(HostDevice device) -> given.plugged(device);
                    case HostDevices.Change.Changed(HostDevice device) -> given.changed(device);
                    case HostDevices.Change.Unplugged _ -> consent.unplugged();
                }
            });
        });
        given.bring();
    }

    /** For the user's own tools. */
    public UsbDesk desk() {
        return atHost;
    }

    private Set<UsbSession> sessionsOf(String instance) {
        return sessions.getOrDefault(instance, Set.of());
    }

    @Override
    public void serve(String instance, Connection connection) {
        var channel = new MessageChannel(connection);
        try {
            if (!(channel.receive(UsbMessage.FromGuest.class, Limits.HELLO) instanceof UsbMessage.Hello hello)) {
                throw new ProtocolException("a request before the hello");
            }
            if (hello.version() == UsbMessage.VERSION) {
                channel.send(new UsbMessage.Welcome(UsbMessage.VERSION), Limits.FRAME);
                serve(instance, channel);
            } else {
                channel.send(
                        new UsbMessage.Refused("the guest's agent speaks version " + hello.version()
                                + " of the protocol for USB devices, this host " + UsbMessage.VERSION
                                + ": update the older of the two"),
                        Limits.FRAME);
                connection.finishWriting();
                connection.closeAfterDraining(LINGER, DROPPED_MOST);
            }
        } catch (EOFException | ClosedChannelException e) {
            LOG.log(DEBUG, "a connection of {0} about USB devices has ended", instance);
        } catch (IOException e) {
            tell(instance, "a connection about USB devices ends: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            // Whatever it is, a guest may be able to bring it about as often as it likes.
            tell(instance, "a connection about USB devices ends by a fault of this program: " + e);
            LOG.log(DEBUG, "that fault", e);
        } finally {
            channel.close();
        }
    }

    private void serve(String instance, MessageChannel channel) throws IOException, InterruptedException {
        var session = new UsbSession(instance, channel, consent, giving(), executor);
        sessions.compute(instance, (_, its) -> {
            Set<UsbSession> all = its == null ? ConcurrentHashMap.newKeySet() : its;
            all.add(session);
            return all;
        });
        try {
            session.run();
        } finally {
            sessions.computeIfPresent(instance, (_, its) -> {
                its.remove(session);
                return its.isEmpty() ? null : its;
            });
        }
    }

    private UsbSession.Giving giving() {
        return new UsbSession.Giving() {
            @Override
            public void back(Lease lease, EndReason why) {
                leases.giveBack(lease, why);
            }

            @Override
            public void release(String instance, String name) {
                boolean its = leases.list().stream()
                        .anyMatch(lease -> lease.name().equals(name)
                                && lease.owner().equals(instance)
                                && UsbLoan.of(lease.resource()).isPresent());
                if (its) {
                    var _ = leases.end(name, EndReason.RELEASED);
                }
            }

            @Override
            public Optional<Loan> attached(String instance, String lease) {
                return loans.attached(instance, lease);
            }
        };
    }

    /** A guest can bring it about at will. */
    private void tell(String instance, String line) {
        lines.write(instance, instance + ": " + line, text -> LOG.log(WARNING, text));
    }

    /** Tells guests what has changed of what they see; soon, and once for all that changes until then. */
    private void refresh() {
        if (refreshing.compareAndSet(false, true)) {
            executor.execute(() -> {
                refreshing.set(false);
                sessions.values().forEach(its -> its.forEach(UsbSession::refresh));
            });
        }
    }

    @Override
    public void granted(Lease lease) {}

    @Override
    public void ended(Lease lease, EndReason why) {
        if (UsbLoan.of(lease.resource()).isPresent()) {
            given.ended(lease, why);
            sessionsOf(lease.owner()).forEach(session -> session.taken(lease));
        }
    }

    /** A VM runs. What it is given is attached; blocks until then. */
    public void machineStarted(String instance) {
        LOG.log(INFO, "the VM of {0} runs", instance);
        loans.machineStarted(instance);
        given.started(instance);
    }

    /** A VM does not run any more: when this returns, its devices are the host's, and nobody is asked on its behalf. */
    public void machineStopped(String instance) {
        LOG.log(INFO, "the VM of {0} does not run any more", instance);
        loans.machineStopped(instance);
        desk.instanceStopped(instance);
    }

    /**
     * Another policy is in force, and the monitors are still those of {@code before}: nothing is lent by one that is not used any more,
     * while what was is being taken back.
     */
    public void policyChanging(Policy before, Policy now) {
        loans.machinesChange(before.instances().stream()
                .filter(instance -> !now.instance(instance.name())
                        .flatMap(Instance::machine)
                        .equals(instance.machine()))
                .map(Instance::name)
                .collect(Collectors.toUnmodifiableSet()));
    }

    /** Ends the leases of devices that have become, since they were lent, what the policy in force does not let them. */
    public void endWhatMayNotHaveBecome() {
        loans.endWhatMayNotHaveBecome();
    }

    /** The monitors are those of the policy in force. What it gives is attached; blocks until then. */
    public void policyChanged() {
        loans.machinesChanged();
        given.bring();
        refresh();
    }
}
