// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.usb;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.spectrum_os.portal.protocol.LentDevice;
import org.spectrum_os.portal.protocol.ProtocolException;
import org.spectrum_os.portal.protocol.UsbMessage;

/** Whether what was lent is what was asked for: an application cannot do with anything else. */
final class GrantCheck {
    private GrantCheck() {}

    static void require(UsbMessage.Ask ask, List<LentDevice> devices) throws ProtocolException {
        Set<String> leases = new HashSet<>();
        Set<String> ids = new HashSet<>();
        for (LentDevice device : devices) {
            if (!leases.add(device.lease()) || !ids.add(device.id())) {
                throw new ProtocolException("one device is lent twice at once");
            }
        }
        boolean right = switch (ask) {
            case UsbMessage.Acquire acquire ->
                acquire.devices().stream()
                        .map(id -> id.validate(own -> own))
                        .collect(Collectors.toSet())
                        .containsAll(ids);
            case UsbMessage.Seek seek -> devices.size() == 1 && fits(seek, devices.getFirst());
        };
        if (!right) {
            throw new ProtocolException("what is lent was not asked for");
        }
    }

    private static boolean fits(UsbMessage.Seek seek, LentDevice device) {
        Integer vendor = seek.vendor();
        Integer product = seek.product();
        return (vendor == null || vendor == device.vendor()) && (product == null || product == device.product());
    }
}
