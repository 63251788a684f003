// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The backend's faces on the host's session bus: the portal backend that the host's own xdg-desktop-portal calls, and the management
 * interface behind the command line. Each name has a connection of its own, so that being allowed to talk to one never means the other.
 *
 * <p>Nothing here decides: calls become questions for the parts behind. No VM can reach this bus.
 */
@NullMarked
package org.spectrum_os.portal.backend.bus;

import org.jspecify.annotations.NullMarked;
