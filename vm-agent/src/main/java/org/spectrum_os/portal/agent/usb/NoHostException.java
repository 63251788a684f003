// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.usb;

import java.io.IOException;

/** The host cannot be talked to about USB devices; the message says why, and what to do. */
public final class NoHostException extends IOException {
    private static final long serialVersionUID = 1;

    NoHostException(String message) {
        super(message);
    }
}
