// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb.device;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.spectrum_os.portal.backend.lease.UsbIdentity;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Kind;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Reason;

/**
 * One USB device as the kernel shows it. Two are equal only if it is the same device, plugged in the same time, doing the same.
 *
 * @param identity   which
 * @param bus        number of its bus, with {@code number} the name of its node
 * @param number     the kernel's number of it on that bus; another each time that it is plugged in
 * @param release    its version, {@code bcdDevice}
 * @param ownVendor  its own string, as it came; empty if it has none; not safe to show
 * @param ownProduct likewise
 * @param vendorName what this computer's hardware tables call its vendor; empty if they do not know it
 * @param productName likewise
 * @param kinds      what it is, by its interfaces and its own class, most telling first; at least one
 * @param drivers    the kernel's, of its interfaces, each once; {@code usbfs} stands for a program
 * @param mounts     where file systems on it are mounted; not safe to show
 * @param refusal    why it can never be lent as it is now: {@link Reason#HUB}, {@link Reason#SYSTEM_DISK}, {@link Reason#ONLY_KEYBOARD},
 *                   {@link Reason#ONLY_POINTER} or {@link Reason#NO_ACCESS}
 */
public record HostDevice(
        UsbIdentity identity,
        int bus,
        int number,
        int release,
        String ownVendor,
        String ownProduct,
        String vendorName,
        String productName,
        List<Kind> kinds,
        Set<String> drivers,
        List<String> mounts,
        Optional<Reason> refusal) {
    public HostDevice {
        kinds = List.copyOf(kinds);
        drivers = Set.copyOf(drivers);
        mounts = List.copyOf(mounts);
        if (kinds.isEmpty()) {
            throw new IllegalArgumentException("a device of no kind");
        }
    }

    /** Whether it is the same device, plugged in the same time, whatever it is doing. */
    public boolean isSameAs(HostDevice other) {
        return bus == other.bus && number == other.number && identity.equals(other.identity);
    }
}
