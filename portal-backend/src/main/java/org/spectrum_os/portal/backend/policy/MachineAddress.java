// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import java.nio.file.Path;

/** How the host reaches the monitor of an instance's VM, to plug devices in and to learn when it stops. */
public sealed interface MachineAddress {
    Path socket();

    /** crosvm's control socket, {@code crosvm run --socket}. */
    record Crosvm(Path socket) implements MachineAddress {
        @Override
        public String toString() {
            return "crosvm at " + socket;
        }
    }

    /** QEMU's monitor socket, {@code -qmp unix:…}; the VM needs an xHCI controller. */
    record Qemu(Path socket) implements MachineAddress {
        @Override
        public String toString() {
            return "QEMU at " + socket;
        }
    }
}
