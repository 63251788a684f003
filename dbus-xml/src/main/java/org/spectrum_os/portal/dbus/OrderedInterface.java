// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

/**
 * An interface whose calls come one after the other, in the order in which the bus delivered them, with their bodies as they are.
 *
 * <p>One caller may have 65 536 calls or 128 MiB waiting for their answers, all callers together 256 MiB; beyond that a call is answered
 * with LimitsExceeded and never comes here. Its description is read once, when the object is exported.
 */
public non-sealed interface OrderedInterface extends BusInterface {
    /**
     * Takes a call whose member and signature have been checked against {@link #description()}, on the connection's reading thread: it
     * must not block, since nothing else that the bus sends is read meanwhile. It answers now, or later from any thread, but always: what
     * is not answered counts as waiting for ever. An exception is logged and answered with Failed, without its text.
     */
    void accept(OrderedCall call);
}
