// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The consent window's program and its rules, without a window: when a dialog may be answered, what it says, what a choice of files
 * turns into.
 *
 * <p>Nothing here may know GTK, so that every rule can be tested without a display; and nothing here may ever turn an error into
 * anything but a denial.
 */
@NullMarked
package org.spectrum_os.portal.consent.ui;

import org.jspecify.annotations.NullMarked;
