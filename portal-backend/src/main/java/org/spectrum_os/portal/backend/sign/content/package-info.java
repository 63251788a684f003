// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * What content looks like that is to be signed, for the user to see. Pure: bytes go in, a view that is safe to show comes out.
 */
@NullMarked
package org.spectrum_os.portal.backend.sign.content;

import org.jspecify.annotations.NullMarked;
