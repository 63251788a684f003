// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * USB devices of the host, lent to VMs: what a guest may see and ask for, what the user is asked, and what a lease of a device does.
 *
 * <p>A device that no rule of an instance fits does not exist for it. What is here never leaves a device attached without a lease in force, nor a
 * lease in force without its device.
 */
@NullMarked
package org.spectrum_os.portal.backend.usb;

import org.jspecify.annotations.NullMarked;
