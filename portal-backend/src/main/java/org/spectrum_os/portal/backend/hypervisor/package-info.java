// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The monitors of VMs, as far as this project needs them: plugging USB devices in and out of a running VM, and knowing whether it runs.
 *
 * <p>{@link org.spectrum_os.portal.backend.hypervisor.Machine} is one VM; the packages below are its drivers, one for each monitor. Nothing here
 * decides who may have a device: it does what it is told, says what became of it, and never leaves it open whether a device is attached.
 */
@NullMarked
package org.spectrum_os.portal.backend.hypervisor;

import org.jspecify.annotations.NullMarked;
