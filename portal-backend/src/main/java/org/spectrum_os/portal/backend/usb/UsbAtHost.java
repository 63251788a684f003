// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.spectrum_os.portal.backend.hypervisor.MachineException;
import org.spectrum_os.portal.backend.lease.LeaseTable;
import org.spectrum_os.portal.backend.lease.UsbIdentity;
import org.spectrum_os.portal.backend.lease.UsbLoan;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.backend.policy.UsbRule;
import org.spectrum_os.portal.backend.usb.device.DeviceGoneException;
import org.spectrum_os.portal.backend.usb.device.HostDevice;
import org.spectrum_os.portal.backend.usb.device.HostDevices;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.State;
import org.spectrum_os.portal.store.End;
import org.spectrum_os.portal.store.lease.Lease;

/** {@link UsbDesk} for the user of this computer, whose own wish is the consent. */
final class UsbAtHost implements UsbDesk {
    /** In the place of a request's number: the user wants it. */
    private static final String USER = "user";

    private final HostDevices devices;
    private final DeviceRules rules;
    private final DeviceChoices choices;
    private final UsbLoans loans;
    private final LeaseTable leases;
    private final InstantSource clock;

    UsbAtHost(
            HostDevices devices,
            DeviceRules rules,
            DeviceChoices choices,
            UsbLoans loans,
            LeaseTable leases,
            InstantSource clock) {
        this.devices = devices;
        this.rules = rules;
        this.choices = choices;
        this.loans = loans;
        this.leases = leases;
        this.clock = clock;
    }

    /** A lease of a device. */
    private record Held(Lease lease, UsbLoan loan) {}

    @Override
    public List<Entry> devices() {
        List<Held> held = leases.list().stream()
                .flatMap(lease -> UsbLoan.of(lease.resource()).map(loan -> new Held(lease, loan)).stream())
                .toList();
        return devices.now().stream().map(device -> entry(device, held)).toList();
    }

    private Entry entry(HostDevice device, List<Held> held) {
        UsbIdentity identity = device.identity();
        return new Entry(
                identity,
                DeviceWords.candidate(identity.port(), device, choices.state(device)),
                held.stream()
                        .filter(each -> each.loan().device().port().equals(identity.port()))
                        .map(each -> new Holding(
                                each.lease().owner(),
                                each.lease().name(),
                                each.loan().shared(),
                                each.lease().end() instanceof End.At(Instant when)
                                        ? Optional.of(when)
                                        : Optional.empty()))
                        .toList(),
                rules.instances().stream()
                        .flatMap(instance -> DeviceRules.rule(instance, identity)
                                .map(rule -> new Permission(instance.name(), rule.mode(), rule.time()))
                                .stream())
                        .toList());
    }

    @Override
    public String attach(String instance, UsbIdentity device, Optional<Duration> time, boolean unmount)
            throws RefusedException {
        Instance asked = rules.instance(instance)
                .orElseThrow(() -> new RefusedException(
                        Why.NOT_FOUND,
                        "there is no such instance in the policy (\"spectrum-portal instances\" lists them)"));
        if (asked.machine().isEmpty()) {
            throw new RefusedException(
                    Why.NO_RULE,
                    "the policy does not say what runs the VM of " + instance
                            + ": write \"machine\": {\"crosvm\": \"/path/of/socket\"} or {\"qemu\": \"/path/of/socket\"}"
                            + " into it, with the path of that program's control socket");
        }
        HostDevice now = find(device);
        UsbRule rule = rules.rule(instance, device)
                .orElseThrow(() -> new RefusedException(
                        Why.NO_RULE,
                        "the policy has no USB rule of " + instance + " that fits " + DeviceWords.which(now)));
        Optional<End> until =
                time.or(rule::time).map(lasts -> new End.At(clock.instant().plus(lasts)));
        try {
            Optional<Lease> had = loans.had(instance, now, USER, until);
            Lease lease = had.isPresent()
                    ? had.get()
                    : loans.lend(new UsbLoans.Order(
                            instance, lendable(now, unmount), "", USER, until.orElseGet(End.InstanceStops::new)));
            return lease.name();
        } catch (MachineException e) {
            throw new RefusedException(Why.MACHINE, said(e));
        } catch (UsbLoans.TakenException
                | FreshLook.ElsewhereException
                | FreshLook.NeededException
                | FreshLook.TooSoonException e) {
            throw new RefusedException(Why.NOT_LENDABLE, said(e));
        } catch (DeviceGoneException e) {
            throw new RefusedException(Why.NOT_FOUND, said(e));
        } catch (IOException e) {
            throw new RefusedException(Why.FAILED, said(e));
        }
    }

    private HostDevice find(UsbIdentity device) throws RefusedException {
        return devices.now().stream()
                .filter(each -> each.identity().equals(device))
                .findFirst()
                .orElseThrow(() -> new RefusedException(
                        Why.NOT_FOUND,
                        "there is no such device at port " + device.port()
                                + " (\"spectrum-portal usb list\" shows what is there)"));
    }

    private HostDevice lendable(HostDevice device, boolean unmount) throws RefusedException, IOException {
        return switch (choices.state(device)) {
            case State.Free _, State.InUse _ -> device;
            case State.Mounted _ -> {
                if (!unmount) {
                    throw new RefusedException(
                            Why.NOT_LENDABLE,
                            DeviceWords.which(device) + " is mounted: unmount it first, or have it unmounted");
                }
                devices.unmount(device);
                HostDevice after = find(device.identity());
                if (!after.isSameAs(device) || after.refusal().isPresent()) {
                    throw new RefusedException(
                            Why.NOT_LENDABLE, DeviceWords.which(device) + " has changed as it was unmounted");
                }
                yield after;
            }
            case State.Impossible(var reason, var holder) ->
                throw new RefusedException(
                        Why.NOT_LENDABLE,
                        DeviceWords.which(device)
                                + switch (reason) {
                                    case HUB -> " is a hub: others hang on it";
                                    case SYSTEM_DISK -> " is a disk that this computer runs from";
                                    case ONLY_KEYBOARD -> " is the only keyboard";
                                    case ONLY_POINTER -> " is the only mouse or touchpad";
                                    case LENT -> " is lent to " + holder + ": end that lease first";
                                    case NO_ACCESS ->
                                        " may not be opened by this user: is the udev rule of this program installed?";
                                });
        };
    }

    private static String said(IOException e) {
        return String.valueOf(e.getMessage());
    }
}
