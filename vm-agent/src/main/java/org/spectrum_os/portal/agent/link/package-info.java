// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The link to the host: where it is, how it is brought up and kept, and what arrives on it.
 *
 * <p>It connects when somebody has something to ask, not before. It must never hold an answer back, make one up, or go on talking on a
 * link on which something other than the protocol was heard.
 */
@NullMarked
package org.spectrum_os.portal.agent.link;

import org.jspecify.annotations.NullMarked;
