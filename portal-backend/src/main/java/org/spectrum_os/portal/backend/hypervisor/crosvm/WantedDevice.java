// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.hypervisor.crosvm;

import java.util.stream.IntStream;
import org.spectrum_os.portal.backend.hypervisor.DeviceIds;
import org.spectrum_os.portal.backend.hypervisor.MachineException;
import org.spectrum_os.portal.transport.Descriptor;

/**
 * How a device is to show itself in the list of ports.
 *
 * @param superSpeed whether it belongs on one of the ports for USB 3, by the version in its descriptor, as crosvm decides
 */
record WantedDevice(Reply.Slot slot, boolean superSpeed) {
    private static final int USB_3 = 0x300;
    private static final int FIRST_SUPER_SPEED = 9;
    /** As which crosvm shows any key that is shared. */
    static final WantedDevice SECURITY_KEY = new WantedDevice(new Reply.Slot(0x18d1, 0xf1d0), false);

    static WantedDevice of(Descriptor node) throws MachineException.DeviceRefused {
        DeviceIds ids = DeviceIds.of(node);
        return new WantedDevice(new Reply.Slot(ids.vendor(), ids.product()), ids.usb() >= USB_3);
    }

    IntStream ports() {
        return superSpeed
                ? IntStream.rangeClosed(FIRST_SUPER_SPEED, Request.PORTS)
                : IntStream.range(1, FIRST_SUPER_SPEED);
    }

    String speed() {
        return superSpeed ? "USB 3" : "USB 2";
    }
}
