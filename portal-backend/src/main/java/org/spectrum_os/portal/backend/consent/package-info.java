// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The pure model of asking the user: who waits, what is on screen, how long a refusal is remembered, what the answer was.
 *
 * <p>It knows the window only as an interface and time only as a {@link org.spectrum_os.portal.backend.consent.Timer}. It must never
 * import D-Bus or GTK, and never answer yes by itself: every path that is not the user's choice ends in a refusal.
 */
@NullMarked
package org.spectrum_os.portal.backend.consent;

import org.jspecify.annotations.NullMarked;
