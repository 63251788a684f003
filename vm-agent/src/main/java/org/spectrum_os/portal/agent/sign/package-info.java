// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Signing at the host with the content in the user's sight: what {@code spectrum-gpg} and {@code spectrum-ssh-keygen} do when they sign.
 * They speak to their callers as gpg and ssh-keygen do, and hand over to the guest's own where nothing is to be signed with a host's key.
 */
@NullMarked
package org.spectrum_os.portal.agent.sign;

import org.jspecify.annotations.NullMarked;
