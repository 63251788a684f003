// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.gpg;

import java.io.IOException;
import org.spectrum_os.portal.transport.Connection;

/** Where a real agent listens. */
@FunctionalInterface
public interface AgentSocket {
    /** Connects anew; the connection is the caller's. Blocks: platform threads. */
    Connection connect() throws IOException;
}
