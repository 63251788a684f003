// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.lease;

import java.util.Collection;
import java.util.List;

/**
 * Which USB device: where it is plugged in, and what it says that it is. The port is the stronger half, since a device can say anything.
 *
 * @param port       the kernel's name of the place, {@code 1-2.3}: bus, then the ports of the hubs on the way
 * @param vendor     0 to 0xffff
 * @param product    0 to 0xffff
 * @param serial     the device's own string, empty if it has none; not safe to show
 * @param interfaces of all its configurations, sorted, each once
 */
public record UsbIdentity(String port, int vendor, int product, String serial, List<UsbInterfaceCode> interfaces) {
    public UsbIdentity {
        interfaces = interfaces.stream().distinct().sorted().toList();
    }

    public static UsbIdentity of(
            String port, int vendor, int product, String serial, Collection<UsbInterfaceCode> interfaces) {
        return new UsbIdentity(port, vendor, product, serial, List.copyOf(interfaces));
    }

    /** Vendor and product, as {@code lsusb} writes them. */
    public String numbers() {
        return String.format("%04x:%04x", vendor, product);
    }

    /** Whether it is the same device by all that it says, wherever it is plugged in. */
    public boolean saysTheSameAs(UsbIdentity other) {
        return vendor == other.vendor
                && product == other.product
                && serial.equals(other.serial)
                && interfaces.equals(other.interfaces);
    }
}
