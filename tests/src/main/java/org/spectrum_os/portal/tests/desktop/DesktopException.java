// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.desktop;

import java.io.IOException;

/** The desktop does not start, or does not show what was waited for. The message says what, and what was seen instead. */
public final class DesktopException extends IOException {
    public DesktopException(String message) {
        super(message);
    }

    public DesktopException(String message, Throwable cause) {
        super(message, cause);
    }
}
