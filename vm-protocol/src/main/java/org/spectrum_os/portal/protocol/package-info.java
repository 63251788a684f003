// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The messages between an agent inside a VM and the backend on the host, their framing and their limits.
 *
 * <p>A message is a record of a sealed family; on the wire it is one JSON object behind a 32-bit length. Everything a guest wrote is
 * held in {@link org.spectrum_os.portal.protocol.Untrusted} until somebody has validated it. Nothing in this package may name the
 * caller: who speaks is known from the transport alone. It must never grow a message with free-form content, and never pass on what
 * it could not parse.
 */
@NullMarked
package org.spectrum_os.portal.protocol;

import org.jspecify.annotations.NullMarked;
