// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The driver for QEMU: its monitor protocol (QMP, docs/interop/qmp-spec), one JSON text a line on a stream socket, descriptors by SCM_RIGHTS into sets
 * that a device names as a file. QEMU serves one client of a monitor at a time, so one connection is kept for as long as the VM runs, and the monitor
 * must be for this project alone.
 *
 * <p>Only devices whose names begin with {@code spectrum-usb-} are ever looked at or taken out: the others are the user's.
 */
@NullMarked
package org.spectrum_os.portal.backend.hypervisor.qemu;

import org.jspecify.annotations.NullMarked;
