// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.assuan;

import java.io.IOException;

/** The other side sent something that is not the protocol, or more of it than it may; the conversation is over. */
public final class MalformedAssuanException extends IOException {
    private static final long serialVersionUID = 1;

    /** {@code message} says what was wrong in our words and quotes nothing of it. */
    public MalformedAssuanException(String message) {
        super(message);
    }
}
