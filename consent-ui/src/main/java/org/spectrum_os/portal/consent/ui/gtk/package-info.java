// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The consent window, drawn with GTK 4.8 or newer.
 *
 * <p>The only package of the project that may import java-gi. It draws what {@link org.spectrum_os.portal.consent.ui.Dialogs} says
 * and reports what happens; it must never decide whether a dialog may be answered, and never show a guest's text as markup.
 */
@NullMarked
package org.spectrum_os.portal.consent.ui.gtk;

import org.jspecify.annotations.NullMarked;
