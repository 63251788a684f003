// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.contract;

import java.io.IOException;

/**
 * A line is no message of this contract, or a message does not fit a line. Its text never quotes the line. The backend treats it as
 * a denial and starts a new window process; the window process ends.
 */
public final class ContractException extends IOException {
    public ContractException(String message) {
        super(message);
    }

    public ContractException(String message, Throwable cause) {
        super(message, cause);
    }
}
