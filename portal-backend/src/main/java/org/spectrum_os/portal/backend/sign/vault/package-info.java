// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Keys that another VM holds: its gpg-agent and ssh-agent, reached over that VM's own link, and a key ring of its public keys on this host.
 *
 * <p>Which VM it is, the policy says and the transport proves. The user is asked on this host all the same; the vault sees operations, not who
 * asks for them.
 */
@NullMarked
package org.spectrum_os.portal.backend.sign.vault;

import org.jspecify.annotations.NullMarked;
