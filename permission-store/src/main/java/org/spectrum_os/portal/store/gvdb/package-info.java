// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Reading what the stock xdg-permission-store has written: its tables are GVDB files of GVariant values.
 *
 * <p>A file may be damaged or foreign. No offset in it is trusted, no part of it is read twice, and where GVariant would put a default value in
 * the place of a malformed one, the entry is left out and named instead. Nothing is ever written here, nor is a file opened.
 */
@NullMarked
package org.spectrum_os.portal.store.gvdb;

import org.jspecify.annotations.NullMarked;
