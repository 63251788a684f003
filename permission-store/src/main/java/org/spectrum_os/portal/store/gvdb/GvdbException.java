// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.gvdb;

import java.io.Serial;

/** A file that is no table of the stock store, or that is too damaged to find the entries in it. The message names the table. */
public final class GvdbException extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    GvdbException(String message) {
        super(message);
    }
}
