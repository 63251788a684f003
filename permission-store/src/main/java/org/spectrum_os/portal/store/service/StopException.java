// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.service;

import java.io.Serial;

/** A command cannot go on; the message says what happened, to what, and what to do. */
final class StopException extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    StopException(String message) {
        super(message);
    }

    StopException(String message, Throwable cause) {
        super(message, cause);
    }
}
