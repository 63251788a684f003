// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The Assuan protocol's lines, and the s-expressions in them.
 *
 * <p>Nothing of what a guest sent goes on as it came: it is parsed into closed types and written anew, or it ends the conversation.
 */
@NullMarked
package org.spectrum_os.portal.keys.assuan;

import org.jspecify.annotations.NullMarked;
