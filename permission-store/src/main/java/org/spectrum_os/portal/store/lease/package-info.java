// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Leases: what is lent to which instance, until when. They are kept in the store of the instance that holds them, one folder an instance,
 * so that copying the folder copies what was lent.
 *
 * <p>This package remembers and ends leases; it makes nothing real and takes nothing away. It must never show a lease that is over, nor
 * forget one that is not.
 */
@NullMarked
package org.spectrum_os.portal.store.lease;

import org.jspecify.annotations.NullMarked;
