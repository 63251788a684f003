// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store;

import java.io.IOException;
import java.io.Serial;

/** Another process, or another part of this one, writes the store. */
public final class StoreLockedException extends IOException {
    @Serial
    private static final long serialVersionUID = 1;

    public StoreLockedException(String message) {
        super(message);
    }
}
