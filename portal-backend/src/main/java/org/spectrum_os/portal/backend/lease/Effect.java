// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.lease;

import java.io.IOException;
import org.spectrum_os.portal.store.lease.Lease;

/** How leases of one kind become real. */
public interface Effect {
    /** Takes the resource out of the guest's reach, open handles included, before it returns. */
    void end(Lease lease) throws IOException;

    /**
     * Makes real again what was lent before the backend, or what served it, was started anew.
     *
     * @return what is lent of it: companions that are gone are left out
     * @throws ResourceGoneException if the resource is not there any more, or is another than the one that was lent
     * @throws IOException           if it cannot be lent just now
     */
    HostEntries restore(Lease lease) throws IOException;
}
