// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.usb;

import java.util.stream.Stream;
import org.spectrum_os.portal.protocol.DisplayText;
import org.spectrum_os.portal.protocol.Untrusted;
import org.spectrum_os.portal.protocol.UsbDeviceInfo;

/** Devices in messages and lists. Whatever a device says of itself is made harmless, and short. */
final class UsbText {
    private static final int SHOWN = 300;
    private static final int NAME = 80;

    private UsbText() {}

    static String shown(String claim) {
        return DisplayText.of(Untrusted.of(claim), SHOWN).toString();
    }

    /** Such as {@code 1d50:6018}. */
    static String numbers(int vendor, int product) {
        return "%04x:%04x".formatted(vendor, product);
    }

    /** One line: numbers, the names of the host's tables or else the device's own, and its serial number. */
    static String line(UsbDeviceInfo device) {
        String names = Stream.of(
                        name(device.vendorName(), device.ownVendor()), name(device.productName(), device.ownProduct()))
                .filter(name -> !name.isEmpty())
                .reduce("", (one, other) -> one.isEmpty() ? other : one + " " + other);
        String serial = device.serial().isEmpty() ? "" : " (" + name(device.serial(), "") + ")";
        return numbers(device.vendor(), device.product()) + " " + names + serial;
    }

    private static String name(String first, String second) {
        String name = first.isEmpty() ? second : first;
        return name.isEmpty() ? "" : DisplayText.of(Untrusted.of(name), NAME).toString();
    }
}
