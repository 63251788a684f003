// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.ssh;

import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.protocol.Untrusted;

/** What a guest wants signed by an SSH key, as far as the bytes themselves say. Anything else is refused before anybody is asked. */
public sealed interface SshRequest {
    /**
     * A login (RFC 4252, 7).
     *
     * @param user      the account
     * @param server    the server's key, proved by its own signature of this very session; null if the guest's ssh bound none
     * @param forwarded whether the session was bound for a forwarded agent
     */
    record Login(Untrusted<String> user, @Nullable SshKey server, boolean forwarded) implements SshRequest {}

    /**
     * A signature for files ({@code SSHSIG}).
     *
     * @param namespace what it will be valid for
     * @param algorithm {@code sha256} or {@code sha512}
     * @param hash      lower-case hexadecimal
     */
    record Signature(Untrusted<String> namespace, String algorithm, String hash) implements SshRequest {}
}
