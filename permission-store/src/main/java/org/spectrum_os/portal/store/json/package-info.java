// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * D-Bus values as JSON that people can read, and back, bit for bit.
 *
 * <p>What is read here may come from a file that somebody has edited: every part is checked and bounded, and nothing is guessed or
 * rounded. No file is opened here, and no value is interpreted.
 */
@NullMarked
package org.spectrum_os.portal.store.json;

import org.jspecify.annotations.NullMarked;
