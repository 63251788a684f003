// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The portal's half inside a VM: its command line and the start of its two faces and of the mount step.
 *
 * <p>It runs in every VM, so it stays small: no command-line library, no logging framework. It must never decide anything: what an
 * application asks goes to the host, and what the host says goes back.
 */
@NullMarked
package org.spectrum_os.portal.agent;

import org.jspecify.annotations.NullMarked;
