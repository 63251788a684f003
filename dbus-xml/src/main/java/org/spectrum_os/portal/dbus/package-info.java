// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * A connection to a message bus: calls, signals, names, and a dispatcher that answers each incoming call on a virtual thread of its
 * own, for as long as the handler needs.
 *
 * <p>Nothing in this package knows what a portal is or decides whether something may be done. A message is never answered by guessing:
 * path, interface, member and signature must all match what was exported.
 */
@NullMarked
package org.spectrum_os.portal.dbus;

import org.jspecify.annotations.NullMarked;
