// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

/** An interface whose calls come in parallel, each on a virtual thread of its own. */
public non-sealed interface ExportedInterface extends BusInterface {
    /**
     * Answers a call whose member and signature have been checked against {@link #description()}. It may block as long as it likes.
     *
     * @throws DBusErrorException to answer with that error; any other exception is logged and answered without its text
     */
    Reply handle(MethodCall call) throws DBusErrorException;
}
