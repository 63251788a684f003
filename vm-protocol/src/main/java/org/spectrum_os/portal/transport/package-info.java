// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Sockets across the border and between the project's own processes: AF_VSOCK, AF_UNIX with descriptors in messages, and the few
 * file system calls that work on descriptors. All of it is libc through {@code java.lang.foreign}, because identity (the peer's
 * context id, its process credentials) and descriptors must stay in our hands.
 *
 * <p>What lives here knows no message and no policy. It must never open anything by a name that a guest chose, and never block
 * without a way to be woken.
 */
@NullMarked
package org.spectrum_os.portal.transport;

import org.jspecify.annotations.NullMarked;
