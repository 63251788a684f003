// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.lease.UsbIdentity;
import org.spectrum_os.portal.backend.usb.device.HostDevice;

/** What a guest asks for, read. */
sealed interface DeviceWish {
    /**
     * These, of those that it sees.
     *
     * @param devices at least one; each is there, or was just now
     */
    record These(List<HostDevice> devices) implements DeviceWish {
        public These {
            devices = devices.stream().distinct().toList();
        }
    }

    /** It names one that it does not see, which is as one that does not exist. */
    record Unseen() implements DeviceWish {}

    /** Any one that says that it is this; null for any. */
    record Like(
            @Nullable Integer vendor,
            @Nullable Integer product,
            @Nullable Integer interfaceClass) implements DeviceWish {
        boolean fits(UsbIdentity device) {
            return (vendor == null || vendor == device.vendor())
                    && (product == null || product == device.product())
                    && (interfaceClass == null
                            || device.interfaces().stream().anyMatch(code -> code.base() == interfaceClass));
        }
    }

    /** Whether more than one may be chosen. */
    default boolean several() {
        return this instanceof These(var devices) && devices.size() > 1;
    }

    /** For the audit log; safe to show. */
    default String inWords() {
        return switch (this) {
            case These(var devices) ->
                devices.stream().limit(8).map(DeviceWords::which).collect(Collectors.joining(", "))
                        + (devices.size() > 8 ? " and " + (devices.size() - 8) + " more" : "");
            case Unseen _ -> "a device that it does not see";
            case Like(var vendor, var product, var base) ->
                "any device"
                        + (vendor == null ? "" : " of vendor %04x".formatted(vendor))
                        + (product == null ? "" : ", product %04x".formatted(product))
                        + (base == null ? "" : " with an interface of class %02x".formatted(base));
        };
    }
}
