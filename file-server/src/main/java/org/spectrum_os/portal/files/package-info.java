// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The file server's process: connects to the control socket it was told, then serves until that socket closes. In a VM that owns a disk it
 * listens for the host instead.
 *
 * <p>It must never open any other path (in a VM: the folder that it lends from), and never keep anything on disk.
 */
@NullMarked
package org.spectrum_os.portal.files;

import org.jspecify.annotations.NullMarked;
