// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The portal for files: a request becomes a question, the user's choice becomes open descriptors, those become leases in the hands of
 * the file server. One direction only: validate, policy, consent, open, lease, deliver.
 *
 * <p>A path never comes from a guest. What the user saw is what is opened: no symbolic link is followed, and the file must be the very one
 * that was picked.
 */
@NullMarked
package org.spectrum_os.portal.backend.file;

import org.jspecify.annotations.NullMarked;
