// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The running backend: its folders, its child processes, and how the parts are put together.
 *
 * <p>No decision is made here. What starts here is ended here, in the opposite order.
 */
@NullMarked
package org.spectrum_os.portal.backend.daemon;

import org.jspecify.annotations.NullMarked;
