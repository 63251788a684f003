// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.transport;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Another process listens where this one wanted to; the message names the address. */
public final class AddressInUseException extends IOException {
    AddressInUseException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
