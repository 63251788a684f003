// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.ssh;

/** Something that was understood and will not be done. The guest hears of a failure, the host's log hears why. */
final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    /** {@code message} holds nothing that the guest wrote. */
    RefusedException(String message) {
        super(message);
    }

    /** {@code message} holds nothing that the guest wrote. */
    RefusedException(String message, Throwable cause) {
        super(message, cause);
    }
}
