// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.spectrum_os.portal.backend.lease.UsbIdentity;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.backend.policy.Policy;
import org.spectrum_os.portal.backend.policy.UsbMode;
import org.spectrum_os.portal.backend.policy.UsbRule;
import org.spectrum_os.portal.backend.policy.UsbRules;
import org.spectrum_os.portal.backend.usb.device.HostDevice;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Reason;
import org.spectrum_os.portal.protocol.UsbMessage;

/** What the policy in force says of devices. Thread-safe; asks anew each time. */
final class DeviceRules {
    private final Supplier<Policy> policy;

    DeviceRules(Supplier<Policy> policy) {
        this.policy = policy;
    }

    /** A device, and the rule by which an instance may have it. */
    record Fitting(HostDevice device, UsbRule rule) {}

    Optional<Instance> instance(String name) {
        return policy.get().instance(name);
    }

    List<Instance> instances() {
        return policy.get().instances();
    }

    /** The rule by which an instance may have a device, of whatever mode; without a monitor it can have none. */
    Optional<UsbRule> rule(String instance, UsbIdentity device) {
        return instance(instance).flatMap(its -> rule(its, device));
    }

    static Optional<UsbRule> rule(Instance instance, UsbIdentity device) {
        return instance.machine().flatMap(_ -> UsbRules.judge(instance, device));
    }

    /** Whether an instance sees a device, and may ask for it. */
    Optional<Fitting> visible(String instance, HostDevice device) {
        return device.refusal().filter(Reason.HUB::equals).isPresent()
                ? Optional.empty()
                : rule(instance, device.identity())
                        .filter(rule -> rule.mode() != UsbMode.MANUAL)
                        .map(rule -> new Fitting(device, rule));
    }

    /** Those of {@code devices} that an instance sees, at most as many as it can be told of. */
    List<Fitting> visible(String instance, List<HostDevice> devices) {
        return devices.stream()
                .flatMap(device -> visible(instance, device).stream())
                .limit(UsbMessage.MOST_DEVICES)
                .toList();
    }

    /** Whether what is at a port now may go on being lent to an instance as what it was when it was lent. */
    boolean mayBecome(String instance, UsbIdentity lent, UsbIdentity now) {
        return instance(instance)
                .filter(its -> UsbRules.mayBecome(its, lent, now))
                .isPresent();
    }
}
