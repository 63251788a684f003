// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.usb;

/** A lent device cannot be opened in this VM; the message says why, and what to do. */
public final class NodeMissingException extends Exception {
    private static final long serialVersionUID = 1;

    NodeMissingException(String message) {
        super(message);
    }
}
