// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.ssh;

import java.util.List;
import java.util.Optional;

/**
 * The SSH keys that one guest may use, as the conversation with it sees them: a key that it may not use does not exist. Calls may block for
 * as long as a person takes; they come from the conversation's one thread.
 */
public interface GuestIdentities {
    /** All of them, in the policy's order. */
    List<SshKey> all();

    /**
     * Has something signed; asks the user first.
     *
     * @param what  what {@code data} was found to be
     * @param data  the bytes to sign, of which nothing is left unparsed
     * @param flags SSH_AGENT_RSA_SHA2_256 (2), SSH_AGENT_RSA_SHA2_512 (4), or 0
     * @return the signature's blob; empty if there is none, for whatever reason
     */
    Optional<byte[]> sign(SshKey key, SshRequest what, byte[] data, int flags);
}
