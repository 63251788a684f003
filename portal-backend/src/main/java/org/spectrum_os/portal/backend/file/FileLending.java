// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.file;

import java.io.IOException;
import org.spectrum_os.portal.backend.lease.Effect;
import org.spectrum_os.portal.store.lease.Lease;

/** The file server, as the portal for files sees it. */
public interface FileLending extends Effect {
    /** Whether the guest has its lent files mounted, so that a lease would be seen. */
    boolean isMounted(String instance);

    /**
     * Puts open files and directories into the guest's tree at {@code <lease>/<name>}; the caller keeps them.
     *
     * @throws IOException if the guest has no mount, or the file server refuses or fails; then nothing is lent
     */
    void lend(Lease lease, OpenedEntries entries) throws IOException;

    /** The same for what the policy gives: a guest that has not mounted yet finds it when it does. */
    void give(Lease lease, OpenedEntries entries) throws IOException;
}
