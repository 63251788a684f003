// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The file server inside a VM that owns the disk, and the backend's side of it: one stream connection to tell it what to lend, and one for
 * each guest that the backend relays. Both ends live here: {@link org.spectrum_os.portal.files.vm.FileVmServer} in the VM,
 * {@link org.spectrum_os.portal.files.vm.FileVmClient} on the host.
 *
 * <p>The server opens nothing but what is beneath the one folder it was given, and hears nobody but the host. The client believes nothing
 * that the VM says beyond what it was asked.
 */
@NullMarked
package org.spectrum_os.portal.files.vm;

import org.jspecify.annotations.NullMarked;
