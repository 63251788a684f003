// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0

/**
 * USB devices of the host inside the VM: the conversation in which they are asked for and taken away again, and finding the node of one
 * that has been plugged in.
 *
 * <p>One conversation stands for whoever the devices are for: an application on the bus, or one run of {@code spectrum-agent usb}. When
 * that one leaves, its conversation ends, and the host takes its devices back. It must never open a node without seeing on the open
 * descriptor that it is the device that was lent, never keep one open whose lease is over, and never take a name or a number that the
 * host says for more than a hint of where to look.
 */
@NullMarked
package org.spectrum_os.portal.agent.usb;

import org.jspecify.annotations.NullMarked;
