// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.lease;

import java.io.IOException;

/** How leases of one kind become real. */
public interface Effect {
    /** Takes the resource out of the guest's reach, open handles included, before it returns. */
    void end(Lease lease) throws IOException;
}
