// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import java.util.Optional;
import org.spectrum_os.portal.backend.lease.UsbIdentity;

/**
 * What a device says that it is, or a part of it.
 *
 * @param vendor  0 to 0xffff
 * @param product 0 to 0xffff; empty for any
 * @param serial  empty for any
 */
public record UsbName(int vendor, Optional<Integer> product, Optional<String> serial) {
    public boolean fits(UsbIdentity device) {
        return device.vendor() == vendor
                && product.stream().allMatch(number -> number == device.product())
                && serial.stream().allMatch(device.serial()::equals);
    }
}
