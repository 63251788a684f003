// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.gpg;

import java.io.IOException;
import org.spectrum_os.portal.transport.Connection;

/** The way to a gpg-agent: the socket of the host's, or a connection to a VM that relays to the one in there. */
@FunctionalInterface
public interface AgentSocket {
    /**
     * A new connection, which the caller closes.
     *
     * @throws IOException if there is no agent; its message says what to do
     */
    Connection connect() throws IOException;
}
