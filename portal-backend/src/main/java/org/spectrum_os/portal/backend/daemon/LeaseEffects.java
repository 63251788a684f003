// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.daemon;

import java.io.IOException;
import org.spectrum_os.portal.backend.lease.Effect;
import org.spectrum_os.portal.backend.lease.HostEntries;
import org.spectrum_os.portal.backend.lease.ResourceGoneException;
import org.spectrum_os.portal.store.lease.Lease;
import org.spectrum_os.portal.store.lease.Resource;

/**
 * What leases do, by the kind of what is lent.
 *
 * @param files   of files, wherever they are served
 * @param devices of USB devices
 */
record LeaseEffects(Effect files, Effect devices) implements Effect {
    @Override
    public void end(Lease lease) throws IOException {
        switch (lease.resource().kind()) {
            case Resource.KEY -> {
                // Nothing stands behind it: who wants to use it asks the table each time.
            }
            case Resource.USB -> devices.end(lease);
            default -> files.end(lease);
        }
    }

    @Override
    public HostEntries restore(Lease lease) throws IOException {
        return switch (lease.resource().kind()) {
            case Resource.KEY -> throw new ResourceGoneException("no key is used unasked after a restart");
            case Resource.USB -> devices.restore(lease);
            default -> files.restore(lease);
        };
    }
}
