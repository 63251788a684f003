// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import org.jspecify.annotations.Nullable;

/** The bus could not do what was asked of it, or is gone. The message says what failed and what to check. */
public class BusException extends Exception {
    private static final long serialVersionUID = 1L;

    public BusException(String message) {
        super(message);
    }

    public BusException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
