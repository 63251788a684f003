// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The two faces on the guest's session bus: the portal that applications call, and the backend beneath a stock portal. How a call looks on
 * D-Bus is the file-chooser module's matter, which the backend on the host shares.
 *
 * <p>They turn D-Bus into requests of the core and answers into D-Bus. They must never keep a decision, and never let one caller touch
 * the request, session or device of another.
 */
@NullMarked
package org.spectrum_os.portal.agent.bus;

import org.jspecify.annotations.NullMarked;
