// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * USB devices of the host, lent to VMs: what a guest may see and ask for, what the user is asked, and what a lease of a device does.
 *
 * <p>A device that no rule of an instance fits does not exist for it. What is here never leaves a device attached without a lease in force, nor a
 * lease in force without its device, but for the moment in which that is being found out. It knows devices and VMs as the two interfaces
 * {@link org.spectrum_os.portal.backend.usb.device.HostDevices} and {@link org.spectrum_os.portal.backend.hypervisor.Machine} alone.
 *
 * <pre>
 *                  cannot be plugged in
 *          ┌────────────────────────────────────────────┐
 *          │                                            ▼
 *  free ─▶ taken ─▶ in the VM ─── its lease ends ───▶ out ─▶ drivers restored ─▶ free
 *                    │     ▲                            ▲ ▲
 *     leaves its port│     │back, and may be what it is │ │
 *                    ▼     │                            │ │
 *                    away ─┴─ not back in 5 s, another, │ │
 *                             or its lease ends ────────┘ │
 *                                                         │
 *          the monitor does not say whether it is out     │
 *  taken, away, in the VM ─▶ stuck ─ it is out, the VM is │
 *                             over, or it is unplugged ───┘
 * </pre>
 *
 * <p>{@link DeviceHolds} keeps a device taken from "taken" until it is free: nobody else can have it in between, whatever its lease is.
 * {@link GuestPorts} is what knows of one VM whether it is in, out or stuck; {@link PortWatch} follows it away and back. {@link FreshLook} is the last word
 * before it is attached. Locks are taken in this order: for keyboards and pointers the one by which they are lent one after the other, an instance's in
 * the lease table, its VM's here, then none.
 */
@NullMarked
package org.spectrum_os.portal.backend.usb;

import org.jspecify.annotations.NullMarked;
