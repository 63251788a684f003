// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * GnuPG of this host: which secret keys a home of it has, and signatures of content by its own program.
 *
 * <p>Everything that gpg is told is made here from closed types; nothing that a guest wrote becomes an argument. It must never ask for, see
 * or keep a passphrase: that is between gpg-agent and its pinentry.
 */
@NullMarked
package org.spectrum_os.portal.backend.sign.gpg;

import org.jspecify.annotations.NullMarked;
