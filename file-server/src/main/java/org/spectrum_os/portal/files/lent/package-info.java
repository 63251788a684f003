// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * What the backend says of a lease and of a guest: the words that the control socket and the server share.
 *
 * <p>Never knows sockets, 9P or files: only values.
 */
@NullMarked
package org.spectrum_os.portal.files.lent;

import org.jspecify.annotations.NullMarked;
