// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The policy file: which instances exist, how each is reached, what it may ask for. Pure: text in, policy or a list of problems out.
 *
 * <p>An instance's identity is its link, so two instances can never share one. What lives here must never guess: a file with a problem
 * is no policy at all, and every problem is reported at once, with its line and a suggestion.
 */
@NullMarked
package org.spectrum_os.portal.backend.policy;

import org.jspecify.annotations.NullMarked;
