// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * What is lent, to whom, until when. Every grant is a lease of this table, and on the disk; there is no other way to reach a resource.
 *
 * <p>How a lease takes effect is somebody else's {@link org.spectrum_os.portal.backend.lease.Effect}, where it is kept the store's. It
 * must never keep a lease whose effect failed, nor report one ended whose effect goes on, nor have the store's thread wait.
 */
@NullMarked
package org.spectrum_os.portal.backend.lease;

import org.jspecify.annotations.NullMarked;
