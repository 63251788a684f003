// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.lease;

import org.spectrum_os.portal.store.EndReason;

/** Hears of leases, in order for each owner, once what it hears is on the disk. Called on a store's thread: must be quick, and must not wait. */
public interface LeaseListener {
    void granted(Lease lease);

    /** Its end, reason or count of uses is another now. */
    void changed(Lease lease);

    void ended(Lease lease, EndReason why);
}
