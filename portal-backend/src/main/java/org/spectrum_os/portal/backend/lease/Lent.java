// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.lease;

import java.util.Optional;
import org.spectrum_os.portal.store.lease.Resource;

/** What one lease holds. */
public sealed interface Lent permits HostEntries, VmFile, KeyLoan, UsbLoan {
    /** The file name of the one that was chosen, by which the lease is named. */
    String fileName();

    /** As it is kept. */
    Resource toResource();

    /** Whether a lease that holds {@code other} is of the same. */
    boolean isOrBecomes(Lent other);

    /** The opposite of {@link #toResource}; empty if it is damaged, or of no kind known here. */
    static Optional<Lent> of(Resource resource) {
        return VmFile.of(resource)
                .<Lent>map(file -> file)
                .or(() -> KeyLoan.of(resource))
                .or(() -> UsbLoan.of(resource))
                .or(() -> HostEntries.of(resource));
    }
}
