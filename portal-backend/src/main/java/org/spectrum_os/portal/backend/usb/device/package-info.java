// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The host's own USB devices: which there are, what they are, what they are doing, and the nodes by which they are lent.
 *
 * <p>All of it comes from the kernel ({@code /sys/bus/usb/devices}, uevents, {@code /dev/bus/usb}); what devices say of themselves is a claim.
 * Nothing here knows instances, policies or VMs, polls, or needs to be root.
 */
@NullMarked
package org.spectrum_os.portal.backend.usb.device;

import org.jspecify.annotations.NullMarked;
