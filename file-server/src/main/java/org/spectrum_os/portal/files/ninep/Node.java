// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

/** The three kinds of place in the tree. */
sealed interface Node {
    /** The mount's root: one directory per lease of the instance. */
    record Root() implements Node {}

    /** The directory named after a lease; holds the lent file alone. */
    record LeaseDirectory(Lease lease) implements Node {}

    /** The lent file under its own name. */
    record LentFile(Lease lease) implements Node {}
}
