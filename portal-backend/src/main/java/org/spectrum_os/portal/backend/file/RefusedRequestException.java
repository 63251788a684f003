// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.file;

/** A request that is not put to the user because of what it asks. The message holds nothing of the guest's. */
public final class RefusedRequestException extends Exception {
    RefusedRequestException(String message) {
        super(message);
    }
}
