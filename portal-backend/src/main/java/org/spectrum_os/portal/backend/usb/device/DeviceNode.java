// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb.device;

import org.spectrum_os.portal.transport.Descriptor;

/** A device's node, open, and known to be that device's. */
public interface DeviceNode extends AutoCloseable {
    /** Stays owned by this node. */
    Descriptor descriptor();

    @Override
    void close();
}
