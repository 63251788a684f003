// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.usb;

import org.spectrum_os.portal.protocol.LentDevice;
import org.spectrum_os.portal.protocol.UsbDeviceInfo;

/** What a {@link HostUsb} says of its own accord: one call at a time, on its reading thread, which must not be held up. */
public interface UsbEvents {
    /**
     * There is such a device.
     *
     * @param changed whether it was told of before
     */
    void present(UsbDeviceInfo device, boolean changed);

    /** It is not there any more. */
    void absent(String id);

    /** A lease goes on with a new node. */
    void again(LentDevice device);

    /** A lease is over; maybe one that this conversation knows nothing of. */
    void taken(String lease);

    /** The conversation has ended, and every lease of it that was not to be kept. Said once, also after {@link HostUsb#close}. */
    void lost(String why);
}
