// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb.device;

import java.nio.file.Path;

/**
 * A device, and by what it is known again.
 *
 * @param folder      in sysfs, links resolved
 * @param numbers     of its node, {@code 189:3}
 * @param descriptors what it says that it is
 * @param settled     whether its interfaces are there and udev, if there is one, has done with all of it
 */
record Seen(HostDevice device, Path folder, String numbers, DeviceDescriptors descriptors, boolean settled) {
    String port() {
        return device.identity().port();
    }

    boolean isSameAs(Seen other) {
        return device.isSameAs(other.device) && descriptors.equals(other.descriptors);
    }
}
