// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.usb;

import java.util.List;
import org.spectrum_os.portal.protocol.LentDevice;
import org.spectrum_os.portal.protocol.Outcome;

/** What became of a request to the host. */
public sealed interface UsbAnswer {
    /** These were lent and are being plugged in. */
    record Granted(List<LentDevice> devices) implements UsbAnswer {
        public Granted {
            devices = List.copyOf(devices);
        }
    }

    /** The host said no, in one of its ways. */
    record Refused(Outcome outcome) implements UsbAnswer {}

    /** The conversation ended before. */
    record Lost(String why) implements UsbAnswer {}
}
