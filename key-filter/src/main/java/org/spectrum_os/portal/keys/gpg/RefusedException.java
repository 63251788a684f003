// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.gpg;

/** A guest said something that it may not say; its conversation ends. */
final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    /** {@code message} is for the host's log and quotes nothing of what was said but a command's name. */
    RefusedException(String message) {
        super(message);
    }
}
