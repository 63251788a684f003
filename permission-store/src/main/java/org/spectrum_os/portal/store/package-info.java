// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The project's durable state below {@code $XDG_STATE_HOME/spectrum-portal}, in files people can read.
 *
 * <p>A record is on the disk (fsync) when the call that writes it returns, or the call fails. Nothing here may swallow a failed write,
 * nor let a text from a guest become a path.
 */
@NullMarked
package org.spectrum_os.portal.store;

import org.jspecify.annotations.NullMarked;
