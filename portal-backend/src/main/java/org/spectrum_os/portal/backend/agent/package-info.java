// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Links with the agents inside the VMs: who is calling (by the transport alone), what is said, when it ends.
 *
 * <p>It knows messages and instances, not dialogs or files. Nothing a guest sends may end more than that guest's own link.
 */
@NullMarked
package org.spectrum_os.portal.backend.agent;

import org.jspecify.annotations.NullMarked;
