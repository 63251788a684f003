// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.spectrum_os.portal.backend.lease.UsbIdentity;

/**
 * What an instance may have of the host's USB devices. All conditions must hold.
 *
 * @param port       where it is plugged in, {@code 1-2.3}; a hub's port holds for nothing behind the hub
 * @param device     what it says that it is
 * @param interfaces what its interfaces are
 * @param mode       what happens then
 * @param becomes    what else it may say that it is after it was lent and has left its port for a moment: it stays lent
 * @param time       how long it is lent, unless the user says otherwise; empty: until the VM stops
 */
public record UsbRule(
        Optional<String> port,
        Optional<UsbName> device,
        Optional<UsbInterfaces> interfaces,
        UsbMode mode,
        List<UsbName> becomes,
        Optional<Duration> time) {
    public UsbRule {
        becomes = List.copyOf(becomes);
        if (port.isEmpty() && device.isEmpty() && interfaces.isEmpty()) {
            throw new IllegalArgumentException("a rule without a condition");
        }
    }

    public boolean fits(UsbIdentity candidate) {
        return port.stream().allMatch(candidate.port()::equals)
                && device.stream().allMatch(name -> name.fits(candidate))
                && interfaces.stream().allMatch(these -> these.fit(candidate.interfaces()));
    }
}
