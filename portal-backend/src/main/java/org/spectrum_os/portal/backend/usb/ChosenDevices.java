// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.spectrum_os.portal.backend.consent.Decision;
import org.spectrum_os.portal.backend.usb.UsbConsent.Had;
import org.spectrum_os.portal.backend.usb.UsbConsent.RefusedException;
import org.spectrum_os.portal.backend.usb.device.HostDevice;
import org.spectrum_os.portal.backend.usb.device.HostDevices;
import org.spectrum_os.portal.consent.contract.LoanTime;
import org.spectrum_os.portal.store.End;
import org.spectrum_os.portal.store.lease.Lease;

/** Carries out what the user chose: what was shown, if it is there still, and nothing else. Thread-safe; blocks. */
final class ChosenDevices {
    private static final System.Logger LOG = System.getLogger(ChosenDevices.class.getName());

    private final HostDevices devices;
    private final DeviceRules rules;
    private final UsbLoans loans;
    private final InstantSource clock;

    ChosenDevices(HostDevices devices, DeviceRules rules, UsbLoans loans, InstantSource clock) {
        this.devices = devices;
        this.rules = rules;
        this.loans = loans;
        this.clock = clock;
    }

    /**
     * What an instance has already of what it asks for: an instance that has a device has it, whichever of its programs asks. All of what it names,
     * or any one of a kind; else empty.
     */
    List<HostDevice> itsAlready(String instance, DeviceWish wish, List<DeviceRules.Fitting> fitting) {
        List<HostDevice> its = fitting.stream()
                .map(DeviceRules.Fitting::device)
                .filter(device -> loans.has(instance, device))
                .toList();
        return switch (wish) {
            case DeviceWish.These(var wanted) -> its.size() == wanted.size() ? its : List.of();
            case DeviceWish.Like _ -> its.stream().limit(1).toList();
            case DeviceWish.Unseen _ -> List.of();
        };
    }

    /**
     * Has one more stand behind each of the leases by which an instance has devices.
     *
     * @throws IOException if one of them was taken back just now; then nobody more stands behind any
     */
    List<Had> claim(String instance, String number, List<HostDevice> its) throws IOException {
        var had = new ArrayList<Had>();
        boolean all = false;
        try {
            for (HostDevice device : its) {
                Lease lease = loans.had(instance, device, number, Optional.empty())
                        .orElseThrow(() -> new IOException(DeviceWords.which(device) + " was taken back just now"));
                had.add(new Had(lease, device));
            }
            all = true;
        } finally {
            if (!all) {
                had.forEach(each -> loans.giveBack(each.lease()));
            }
        }
        return had;
    }

    /**
     * The policy may have changed, and the devices too, while the user was choosing.
     *
     * @param shown   as they were
     * @param unmount whether the user wants what is mounted on them unmounted
     * @return the same, as they are now
     */
    List<HostDevice> check(String instance, List<HostDevice> shown, boolean unmount) throws RefusedException {
        var meant = new ArrayList<HostDevice>();
        for (HostDevice each : shown) {
            HostDevice now = here(each);
            if (rules.visible(instance, now).isEmpty()) {
                throw new RefusedException(
                        Decision.Why.BY_POLICY, "the policy does not allow it any more: " + DeviceWords.which(now));
            }
            meant.add(unmounted(now, unmount));
        }
        return meant;
    }

    private HostDevice here(HostDevice shown) throws RefusedException {
        HostDevice now = devices.now().stream()
                .filter(shown::isSameAs)
                .findFirst()
                .orElseThrow(() -> new RefusedException(
                        Decision.Why.DEVICE_CHANGED,
                        DeviceWords.which(shown) + " was unplugged, or is another device, since the user saw it"));
        if (now.refusal().isPresent()) {
            throw new RefusedException(
                    Decision.Why.DEVICE_CHANGED,
                    DeviceWords.which(shown) + " cannot be lent any more: "
                            + now.refusal().get());
        }
        return now;
    }

    private HostDevice unmounted(HostDevice device, boolean agreed) throws RefusedException {
        if (device.mounts().isEmpty()) {
            return device;
        }
        if (!agreed) {
            throw new RefusedException(
                    Decision.Why.DEVICE_CHANGED, DeviceWords.which(device) + " was mounted after the user had seen it");
        }
        try {
            devices.unmount(device);
        } catch (IOException e) {
            throw new RefusedException(
                    Decision.Why.DEVICE_FAILED, DeviceWords.which(device) + " stays mounted: " + e.getMessage());
        }
        return here(device);
    }

    /**
     * Lends them, as many as can be.
     *
     * @return at least one
     */
    List<Had> lend(String instance, String number, List<HostDevice> meant, LoanTime time) throws RefusedException {
        End end = switch (time) {
            case LoanTime.Over(long seconds) -> new End.At(clock.instant().plus(Duration.ofSeconds(seconds)));
            case LoanTime.Stopped _, LoanTime.Revoked _ -> new End.InstanceStops();
        };
        var lent = new ArrayList<Had>();
        String why = "";
        boolean whole = false;
        try {
            for (HostDevice device : meant) {
                try {
                    lent.add(new Had(lend(new UsbLoans.Order(instance, device, "", number, end)), device));
                } catch (IOException e) {
                    why = String.valueOf(e.getMessage());
                    LOG.log(WARNING, "{0} does not get {1}: {2}", instance, DeviceWords.which(device), why);
                }
            }
            whole = true;
        } finally {
            if (!whole) {
                lent.forEach(each -> loans.giveBack(each.lease()));
            }
        }
        if (lent.isEmpty()) {
            throw new RefusedException(Decision.Why.DEVICE_FAILED, "nothing could be attached: " + why);
        }
        return lent;
    }

    /** While this was asked, another of the instance's programs may have been lent it. */
    private Lease lend(UsbLoans.Order order) throws IOException {
        Optional<Lease> had = had(order);
        if (had.isPresent()) {
            return had.get();
        }
        try {
            return loans.lend(order);
        } catch (UsbLoans.TakenException e) {
            return had(order).orElseThrow(() -> e);
        }
    }

    private Optional<Lease> had(UsbLoans.Order order) throws IOException {
        return loans.had(order.instance(), order.device(), order.request(), Optional.of(order.end()));
    }
}
