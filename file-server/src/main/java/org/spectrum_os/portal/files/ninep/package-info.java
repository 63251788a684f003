// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * 9P2000.L, the server's side of it: a codec with strict bounds, the tree of leases that one instance sees, and the connections that
 * serve it. {@code docs/9p.md} says what a guest sees.
 *
 * <p>What lives here knows descriptors and names that were handed to it. It must never open a path, follow a link, change what was lent
 * for reading, show one instance a lease of another, or let a guest make it hold more than its bounded share of memory and threads.
 */
@NullMarked
package org.spectrum_os.portal.files.ninep;

import org.jspecify.annotations.NullMarked;
