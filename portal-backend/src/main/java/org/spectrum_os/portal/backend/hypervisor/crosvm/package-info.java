// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The driver for crosvm: its control socket, spoken to directly. One SEQPACKET packet is one JSON text, descriptors come along by SCM_RIGHTS, and
 * nothing says which request an answer belongs to. Hence each request has a connection of its own, whoever is behind it is looked at first, and no
 * answer is believed before the list of ports agrees with it.
 *
 * <p>The protocol has no version and no description but crosvm's source (vm_control/src/lib.rs). Whatever holds this socket owns the VM, so
 * nothing outside this package may know its words, and no more of them are known here than plugging needs.
 */
@NullMarked
package org.spectrum_os.portal.backend.hypervisor.crosvm;

import org.jspecify.annotations.NullMarked;
