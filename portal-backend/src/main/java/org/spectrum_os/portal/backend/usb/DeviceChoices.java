// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.spectrum_os.portal.backend.consent.Decision;
import org.spectrum_os.portal.backend.usb.UsbConsent.RefusedException;
import org.spectrum_os.portal.backend.usb.device.HostDevice;
import org.spectrum_os.portal.backend.usb.device.HostDevices;
import org.spectrum_os.portal.consent.contract.DeviceQuestion;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Candidate;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Reason;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.State;
import org.spectrum_os.portal.consent.contract.FromWindow;
import org.spectrum_os.portal.consent.contract.LoanTime;

/** What the user is offered for a wish. Thread-safe; does not wait. */
final class DeviceChoices {
    private final HostDevices devices;
    private final DeviceRules rules;
    private final UsbLoans loans;

    DeviceChoices(HostDevices devices, DeviceRules rules, UsbLoans loans) {
        this.devices = devices;
        this.rules = rules;
        this.loans = loans;
    }

    /** A question, and which device each of its candidates was when it was put. */
    record Offer(DeviceQuestion question, Map<String, HostDevice> shown) {
        /** What the user picked, as it was shown. The desk has seen to it that nothing else is in the answer. */
        List<HostDevice> picked(FromWindow.Picked answer) {
            return answer.devices().stream().map(shown::get).toList();
        }
    }

    /** Those of the devices here that an instance sees and wants; of several wanted all, or it is refused. */
    List<DeviceRules.Fitting> fitting(String instance, DeviceWish wish) throws RefusedException {
        List<DeviceRules.Fitting> seen = rules.visible(instance, devices.now());
        List<DeviceRules.Fitting> fitting = switch (wish) {
            case DeviceWish.Unseen _ -> List.of();
            case DeviceWish.Like like ->
                seen.stream()
                        .filter(each -> like.fits(each.device().identity()))
                        .toList();
            case DeviceWish.These(var wanted) -> {
                var found = new ArrayList<DeviceRules.Fitting>();
                for (HostDevice each : wanted) {
                    seen.stream().filter(one -> one.device().isSameAs(each)).forEach(found::add);
                }
                yield found.size() == wanted.size() ? found : List.<DeviceRules.Fitting>of();
            }
        };
        if (fitting.isEmpty()) {
            throw new RefusedException(
                    Decision.Why.NO_DEVICE, "it sees no such device now; asked for: " + wish.inWords());
        }
        return fitting;
    }

    /**
     * What the user is asked.
     *
     * @throws RefusedException if there is nothing to choose
     */
    Offer of(List<DeviceRules.Fitting> fitting, boolean several) throws RefusedException {
        var candidates = new ArrayList<Candidate>();
        var shown = new LinkedHashMap<String, HostDevice>();
        for (DeviceRules.Fitting each : fitting) {
            String id = "device-" + (candidates.size() + 1);
            candidates.add(DeviceWords.candidate(id, each.device(), state(each.device())));
            shown.put(id, each.device());
        }
        if (candidates.stream().noneMatch(each -> each.state().isLendable())) {
            throw new RefusedException(
                    Decision.Why.NO_DEVICE,
                    "none that it asks for can be lent now: " + DeviceWords.which(List.copyOf(shown.values())));
        }
        return new Offer(new DeviceQuestion(candidates, several, offered(fitting)), shown);
    }

    /** What a device is doing, for whoever might have it next. */
    State state(HostDevice device) {
        List<DeviceHolds.Hold> holders = loans.holders(device);
        return holders.stream().allMatch(hold -> hold.shared)
                ? DeviceWords.doing(device)
                : new State.Impossible(Reason.LENT, holders.getFirst().instance);
    }

    /** The shortest time that a rule names. */
    private static LoanTime offered(List<DeviceRules.Fitting> fitting) {
        return fitting.stream()
                .flatMap(each -> each.rule().time().stream())
                .min(Comparator.naturalOrder())
                .<LoanTime>map(time -> new LoanTime.Over(Math.clamp(
                        time.plus(Duration.ofNanos(999_999_999)).toSeconds(), 1, LoanTime.Over.MOST_SECONDS)))
                .orElseGet(LoanTime.Stopped::new);
    }
}
