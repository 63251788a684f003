// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.lease;

import java.io.IOException;
import org.spectrum_os.portal.store.lease.Lease;

/** What makes a new lease real. */
@FunctionalInterface
public interface Delivery {
    void deliver(Lease lease) throws IOException;
}
