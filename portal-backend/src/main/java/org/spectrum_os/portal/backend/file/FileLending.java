// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.file;

import java.io.IOException;
import org.spectrum_os.portal.backend.lease.Effect;
import org.spectrum_os.portal.store.lease.Lease;
import org.spectrum_os.portal.transport.Descriptor;

/** The file server, as the portal for files sees it. */
public interface FileLending extends Effect {
    /** Whether the guest has its lent files mounted, so that a lease would be seen. */
    boolean isMounted(String instance);

    /** Puts an open file into the guest's tree at {@code <lease>/<name>}; the caller keeps the descriptor. */
    void lend(Lease lease, Descriptor file) throws IOException;
}
