// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The folder of lent files inside the VM: mounting it at start-up, as root, and looking into it later, as anybody.
 *
 * <p>It must never unmount or mount over anything but a dead mount of its own, and never run longer than the mount takes.
 */
@NullMarked
package org.spectrum_os.portal.agent.mount;

import org.jspecify.annotations.NullMarked;
