// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The file chooser's three methods between its D-Bus form and the closed types of the link: options read and checked once, results written once,
 * and the backend interface served once for whoever can answer it.
 *
 * <p>What lives here must never open, name or choose a file.
 */
@NullMarked
package org.spectrum_os.portal.chooser;

import org.jspecify.annotations.NullMarked;
