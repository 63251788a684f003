// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

/** Something the backend asked for was not done; the message says what and why. */
public final class RefusedException extends Exception {
    public RefusedException(String message) {
        super(message);
    }
}
