// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import java.nio.file.Path;
import java.util.Optional;

/** Where a key's secret is. */
public sealed interface KeyPlace {
    /**
     * A home of GnuPG on this host.
     *
     * @param folder absolute; empty for the user's own
     */
    record GnupgHome(Optional<Path> folder) implements KeyPlace {}

    /**
     * An ssh-agent on this host.
     *
     * @param socket absolute; empty for the one of the session, {@code SSH_AUTH_SOCK}
     */
    record SshAgent(Optional<Path> socket) implements KeyPlace {}

    /**
     * Another instance, a vault: its gpg-agent or ssh-agent has the key.
     *
     * @param instance one with {@code "holds-keys": true}
     */
    record Vault(String instance) implements KeyPlace {}
}
