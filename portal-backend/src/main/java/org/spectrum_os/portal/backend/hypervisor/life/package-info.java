// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * How a VM is noticed: its monitor's socket appears, whoever listens there is a process that the user runs, and its end is told by that process
 * and by the connection that is kept with it. The same for every monitor; what is said on the connection is the drivers' part.
 *
 * <p>Nothing here sends anything, and no other user's process is ever taken for a VM.
 */
@NullMarked
package org.spectrum_os.portal.backend.hypervisor.life;

import org.jspecify.annotations.NullMarked;
