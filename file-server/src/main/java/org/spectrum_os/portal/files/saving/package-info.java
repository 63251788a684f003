// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * How a file that a guest has saved takes the place of a single lent one, for whoever holds its folder: the backend, or the file server in
 * a VM that owns the disk.
 *
 * <p>Never loses a file that somebody else has put there, and gives nobody more than the old file did. Knows no lease and no guest.
 */
@NullMarked
package org.spectrum_os.portal.files.saving;

import org.jspecify.annotations.NullMarked;
