// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * What the disk holds when a call returns, for the store and the audit log alike.
 *
 * <p>Nothing here knows what is kept, and nothing may return before the disk has it.
 */
@NullMarked
package org.spectrum_os.portal.store.disk;

import org.jspecify.annotations.NullMarked;
