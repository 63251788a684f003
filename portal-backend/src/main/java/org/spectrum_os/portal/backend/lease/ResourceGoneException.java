// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.lease;

import java.io.IOException;
import java.io.Serial;

/** What was lent is not there any more, or another thing has taken its place. */
public final class ResourceGoneException extends IOException {
    @Serial
    private static final long serialVersionUID = 1;

    public ResourceGoneException(String message) {
        super(message);
    }

    public ResourceGoneException(String message, Throwable cause) {
        super(message, cause);
    }
}
