// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * A desktop of its own, made for a test or a demonstration, and the hand that uses it: display, buses, window manager, accessibility
 * tree, keyboard.
 *
 * <p>Whatever it starts ends with it. Nothing here may reach into the programs under test: it sees and does what a user, or a screen
 * reader, sees and does.
 */
@NullMarked
package org.spectrum_os.portal.tests.desktop;

import org.jspecify.annotations.NullMarked;
