// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.spectrum_os.portal.backend.consent.Timer;
import org.spectrum_os.portal.backend.hypervisor.MachineException;
import org.spectrum_os.portal.backend.lease.Grant;
import org.spectrum_os.portal.backend.lease.UsbLoan;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.backend.policy.UsbRule;
import org.spectrum_os.portal.backend.policy.UsbRules;
import org.spectrum_os.portal.backend.usb.device.HostDevice;
import org.spectrum_os.portal.backend.usb.device.HostDevices;
import org.spectrum_os.portal.protocol.LogBudget;
import org.spectrum_os.portal.store.End;
import org.spectrum_os.portal.store.EndReason;
import org.spectrum_os.portal.store.lease.Lease;

/**
 * Lends what the policy gives unasked: when a device is plugged in, when a VM starts, and when the policy changes. What somebody took back stays
 * out until it is plugged in anew or the VM starts anew. Never takes from this computer what it cannot do without, nor a mounted disk. Thread-safe;
 * blocks while monitors are waited for.
 */
final class GivenDevices {
    private static final System.Logger LOG = System.getLogger(GivenDevices.class.getName());
    /** A guest's controller may come up later than its VM. */
    private static final int TRIES = 12;

    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final HostDevices devices;
    private final UsbLoans loans;
    private final DeviceRules rules;
    private final InstantSource clock;
    private final Timer timer;
    private final Executor executor;
    private final LogBudget lines = new LogBudget();
    private final Set<TakenBack> takenBack = new HashSet<>();
    /** What is given as soon as whatever has it lets go of it: ports. */
    private final Set<String> awaited = ConcurrentHashMap.newKeySet();

    /** One plugging in of one device, by the kernel's number of it. */
    private record TakenBack(String instance, String port, int number) {}

    GivenDevices(
            HostDevices devices,
            UsbLoans loans,
            DeviceRules rules,
            InstantSource clock,
            Timer timer,
            Executor executor) {
        this.devices = devices;
        this.loans = loans;
        this.rules = rules;
        this.clock = clock;
        this.timer = timer;
        this.executor = executor;
    }

    /** Everything that is given and can be had. */
    void bring() {
        devices.now().forEach(device -> consider(device, _ -> true, TRIES));
    }

    void started(String instance) {
        synchronized (takenBack) {
            takenBack.removeIf(each -> each.instance().equals(instance));
        }
        devices.now().forEach(device -> consider(device, instance::equals, TRIES));
    }

    void plugged(HostDevice device) {
        consider(device, _ -> true, TRIES);
    }

    /** A device does something else than before. */
    void changed(HostDevice device) {
        if (!FreshLook.isElsewhere(device) && awaited.remove(device.identity().port())) {
            consider(device, _ -> true, TRIES);
        }
    }

    /** A lease of a device has ended. Quick. */
    void ended(Lease lease, EndReason why) {
        if (why != EndReason.REVOKED && why != EndReason.RELEASED && why != EndReason.EXPIRED) {
            return;
        }
        List<HostDevice> there = devices.now();
        synchronized (takenBack) {
            takenBack.removeIf(each -> there.stream().noneMatch(device -> is(each, device)));
            UsbLoan.of(lease.resource())
                    .ifPresent(loan -> there.stream()
                            .filter(device -> device.identity()
                                    .port()
                                    .equals(loan.device().port()))
                            .forEach(device -> takenBack.add(new TakenBack(
                                    lease.owner(), device.identity().port(), device.number()))));
        }
    }

    private static boolean is(TakenBack each, HostDevice device) {
        return each.port().equals(device.identity().port()) && each.number() == device.number();
    }

    private boolean isTakenBack(String instance, HostDevice device) {
        synchronized (takenBack) {
            return takenBack.contains(new TakenBack(instance, device.identity().port(), device.number()));
        }
    }

    private void consider(HostDevice device, Predicate<String> whose, int tries) {
        List<UsbRules.Claim> claims = UsbRules.automatic(
                rules.instances().stream()
                        .filter(instance -> instance.machine().isPresent() && loans.isRunning(instance.name()))
                        .toList(),
                device.identity());
        if (claims.isEmpty() || !loans.holders(device).isEmpty()) {
            return;
        }
        if (claims.size() > 1) {
            tell(
                    WARNING,
                    DeviceWords.which(device) + " is given to "
                            + claims.get(0).instance().name() + " and to "
                            + claims.get(1).instance().name() + " by rules that say the same much: neither gets it");
            return;
        }
        Instance instance = claims.getFirst().instance();
        if (!whose.test(instance.name()) || isTakenBack(instance.name(), device)) {
            return;
        }
        if (device.refusal().isPresent() || !device.mounts().isEmpty()) {
            tell(
                    INFO,
                    DeviceWords.which(device) + " is given to " + instance.name()
                            + ", but this computer needs it now ("
                            + device.refusal().map(Enum::name).orElse("mounted") + ")");
            return;
        }
        give(instance.name(), device, claims.getFirst().rule(), tries);
    }

    private void give(String instance, HostDevice device, UsbRule rule, int tries) {
        End end = rule.time()
                .<End>map(time -> new End.At(clock.instant().plus(time)))
                .orElseGet(End.InstanceStops::new);
        try {
            var _ = loans.lend(new UsbLoans.Order(instance, device, "", Grant.POLICY, end));
        } catch (MachineException.NoPort | FreshLook.TooSoonException e) {
            if (tries > 1) {
                var _ = timer.after(PAUSE, () -> executor.execute(() -> again(instance, device, tries - 1)));
            } else {
                notGiven(instance, device, e);
            }
        } catch (FreshLook.ElsewhereException e) {
            awaited.add(device.identity().port());
            notGiven(instance, device, e);
        } catch (IOException e) {
            notGiven(instance, device, e);
        }
    }

    /** As if it had just been plugged in, if it is still there. */
    private void again(String instance, HostDevice device, int tries) {
        devices.now().stream().filter(device::isSameAs).forEach(now -> consider(now, instance::equals, tries));
    }

    private void notGiven(String instance, HostDevice device, IOException why) {
        tell(
                WARNING,
                DeviceWords.which(device) + " is given to " + instance
                        + " and cannot be attached (spectrum-portal usb attach tries again): " + why.getMessage());
    }

    /** A device that comes and goes can bring it about as often as it likes. */
    private void tell(System.Logger.Level level, String line) {
        lines.write("given", line, text -> LOG.log(level, text));
    }
}
