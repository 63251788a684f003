// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The store on the session bus, in the place of the stock permission store, and the command that runs, fills and shows it.
 *
 * <p>What a caller says is stored and told again, never interpreted: no name becomes a path, and nothing here decides what a permission
 * means. Nothing on the bus's reading thread waits for a disk.
 */
@NullMarked
package org.spectrum_os.portal.store.service;

import org.jspecify.annotations.NullMarked;
