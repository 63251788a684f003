// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb.device;

import java.io.IOException;

/** A device is not there any more, or at its place there is another. */
public final class DeviceGoneException extends IOException {
    public DeviceGoneException(String message) {
        super(message);
    }
}
