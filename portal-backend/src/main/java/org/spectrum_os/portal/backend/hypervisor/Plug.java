// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.hypervisor;

import org.jspecify.annotations.Nullable;

/**
 * A device as a VM's monitor has it.
 *
 * @param handle    what the monitor calls it, for {@link Machine#detach}
 * @param guestPort the port of the guest's xHCI controller, from 1; null if the monitor does not say
 * @param vendor    0 to 0xffff, as the monitor says
 * @param product   0 to 0xffff
 */
public record Plug(String handle, @Nullable Integer guestPort, int vendor, int product) {}
