// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The consent window as a child process of the backend, spoken to in JSON lines ({@code docs/consent-contract.md}).
 *
 * <p>The process may die at any time; that costs the open dialog, never more. Nothing here may draw, decide, or believe a line that is not
 * of the contract.
 */
@NullMarked
package org.spectrum_os.portal.backend.window;

import org.jspecify.annotations.NullMarked;
