// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Signing, decrypting and logging in with keys that the guest does not have: what the policy lets an instance ask for, what the user is shown,
 * and the one operation that follows.
 *
 * <p>A guest's bytes are parsed by the filters ({@code org.spectrum_os.portal.keys}) before they get here. A key that an instance may not use
 * does not exist for it, in no answer and in no delay that a person causes. Nothing here keeps a secret: gpg-agent and ssh-agent do.
 */
@NullMarked
package org.spectrum_os.portal.backend.sign;

import org.jspecify.annotations.NullMarked;
