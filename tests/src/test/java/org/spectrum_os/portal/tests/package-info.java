// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * What belongs to every test of this module: progress for whoever waits.
 *
 * <p>Nothing here may change how a test goes.
 */
@NullMarked
package org.spectrum_os.portal.tests;

import org.jspecify.annotations.NullMarked;
