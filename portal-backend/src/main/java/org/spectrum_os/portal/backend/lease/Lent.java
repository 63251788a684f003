// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.lease;

import org.spectrum_os.portal.store.lease.Resource;

/** What one lease of files holds. */
public sealed interface Lent permits HostEntries, VmFile {
    /** The file name of the one that was chosen, by which the lease is named. */
    String fileName();

    /** As it is kept. */
    Resource toResource();

    /** Whether a lease that holds {@code other} is of the same. */
    boolean isOrBecomes(Lent other);

    /** The opposite of {@link #toResource}; empty if it is damaged, or of no kind known here. */
    static java.util.Optional<Lent> of(Resource resource) {
        java.util.Optional<Lent> vm = VmFile.of(resource).map(file -> file);
        return vm.isPresent() ? vm : HostEntries.of(resource).map(entries -> entries);
    }
}
