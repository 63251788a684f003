// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * VMs that serve their own files to other VMs: the control connection to each, what the policy gives out of it, and the relaying of the
 * guests' connections.
 *
 * <p>Which guest a connection is, was settled at the door it came through. Nothing that a guest or a VM sends is understood here beyond
 * the VM's answers on its control connection; the host opens none of the files.
 */
@NullMarked
package org.spectrum_os.portal.backend.filevm;

import org.jspecify.annotations.NullMarked;
