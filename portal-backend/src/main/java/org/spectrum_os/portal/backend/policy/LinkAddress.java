// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import java.nio.file.Path;

/** How a VM reaches the host. */
public sealed interface LinkAddress {
    /**
     * The kernel's vsock.
     *
     * @param cid the VM's context id, 3 to 4294967294 as an unsigned number
     */
    record Vsock(int cid) implements LinkAddress {
        @Override
        public String toString() {
            return "vsock CID " + Integer.toUnsignedString(cid);
        }
    }

    /**
     * vsock carried over Unix sockets by the VM's monitor.
     *
     * @param socket the monitor's own socket; the guest's connections to port P arrive at the same path with {@code _P} behind it
     */
    record Unix(Path socket) implements LinkAddress {
        @Override
        public String toString() {
            return "socket " + socket;
        }
    }
}
