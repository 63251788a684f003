// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The core of the agent: the book of requests that applications have made and nobody has answered yet, and what an application may
 * put into one.
 *
 * <p>Both faces of the agent stand on it. It knows neither D-Bus nor sockets: what it needs from the link is the interface
 * {@link org.spectrum_os.portal.agent.request.Host}. It must never import either, and never answer a request twice.
 */
@NullMarked
package org.spectrum_os.portal.agent.request;

import org.jspecify.annotations.NullMarked;
