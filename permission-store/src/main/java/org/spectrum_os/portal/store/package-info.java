// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The permission store: tables of entries in memory, every change in a journal, one folder a store. {@link Store} is the door; behind it
 * {@code Evaluation} says what a change does, {@code Writer} puts it on the disk, {@code Loader} reads it back, and {@code Deadlines}
 * ends what has an end. The files' format is docs/store.md.
 *
 * <p>A change is on the disk (fsync) before anybody hears of it, or it is refused and nothing has happened. Reading never waits. Nothing
 * here may swallow a failed write, delete what it cannot read, or let a text become a path.
 */
@NullMarked
package org.spectrum_os.portal.store;

import org.jspecify.annotations.NullMarked;
