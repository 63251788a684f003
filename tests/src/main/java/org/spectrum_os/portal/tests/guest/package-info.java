// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * A real Linux guest for tests and for the demonstration: its image, its two processes, commands run inside it, and the
 * unprivileged user all of that runs as.
 *
 * <p>This package must never need root rights at run time, never leave a process behind however the tests end, and never
 * reach into the guest in a way a real host could not, other than the command channel and the second disk.
 */
@NullMarked
package org.spectrum_os.portal.tests.guest;

import org.jspecify.annotations.NullMarked;
