// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The folder of lent files inside the VM: mounting it at start-up and again whenever the host was away, as root, and looking into it later,
 * as anybody.
 *
 * <p>It must never unmount or mount over anything but a dead mount of its own, and never read from or write to the
 * connection that it gave the kernel.
 */
@NullMarked
package org.spectrum_os.portal.agent.mount;

import org.jspecify.annotations.NullMarked;
