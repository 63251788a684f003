// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The core of the agent: the book of requests that applications have made and nobody has answered yet.
 *
 * <p>Both faces of the agent stand on it. It knows neither D-Bus nor sockets: what it needs from the link is the interface
 * {@link org.spectrum_os.portal.agent.request.Host}. It must never import either, and never answer a request twice. A request that its
 * application closes after the host has granted it, but before the agent has seen the lent files, sends no Cancel: the protocol has no
 * message that gives a lease back, so that lease stays until the host ends it.
 */
@NullMarked
package org.spectrum_os.portal.agent.request;

import org.jspecify.annotations.NullMarked;
