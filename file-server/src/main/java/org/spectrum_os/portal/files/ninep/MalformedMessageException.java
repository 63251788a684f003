// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.io.IOException;

/** What came is not a 9P message within the bounds. The connection that carried it ends. Says nothing a guest wrote. */
final class MalformedMessageException extends IOException {
    MalformedMessageException(String message) {
        super(message);
    }
}
