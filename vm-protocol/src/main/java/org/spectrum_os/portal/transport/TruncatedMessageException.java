// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.transport;

import java.io.IOException;

/** A message or its descriptors did not fit where they were to be received; what arrived of them is closed. */
public final class TruncatedMessageException extends IOException {
    TruncatedMessageException(String message) {
        super(message);
    }
}
