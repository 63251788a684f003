// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * How the backend tells the file server what to lend, end and serve: one JSON record per packet, descriptors in the same packet. Both
 * ends live here: {@link org.spectrum_os.portal.files.control.FileServerClient} in the backend, the server in the file server's process.
 *
 * <p>Only names of leases, instances and entries travel here. A path must never; nor anything that a guest sent.
 */
@NullMarked
package org.spectrum_os.portal.files.control;

import org.jspecify.annotations.NullMarked;
