// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign.gpg;

import java.io.IOException;

/** The host's GnuPG did not do what it was asked for; the message says what and what to do, for the host's log. */
public final class GpgException extends IOException {
    private static final long serialVersionUID = 1;

    public GpgException(String message) {
        super(message);
    }

    public GpgException(String message, Throwable cause) {
        super(message, cause);
    }
}
