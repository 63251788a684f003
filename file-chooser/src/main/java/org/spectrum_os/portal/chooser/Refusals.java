// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.chooser;

import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.BusException;
import org.spectrum_os.portal.dbus.DBusErrorException;
import org.spectrum_os.portal.dbus.ErrorNames;
import org.spectrum_os.portal.dbus.MethodCall;

/** What every face of a portal refuses, in the same words. */
public final class Refusals {
    private Refusals() {}

    /**
     * Anybody on the bus can call a backend; only the portal passes on what applications are allowed to say.
     *
     * @param sender the unique name of the caller
     * @throws DBusErrorException AccessDenied unless it owns the portal's name
     */
    public static void requireFrontend(BusConnection bus, String sender) throws DBusErrorException {
        try {
            if (bus.nameOwner(BackendFace.FRONTEND_NAME).filter(sender::equals).isPresent()) {
                return;
            }
        } catch (BusException e) {
            throw new DBusErrorException(
                    ErrorNames.FAILED, "The bus does not say who owns " + BackendFace.FRONTEND_NAME);
        }
        throw new DBusErrorException(
                ErrorNames.ACCESS_DENIED,
                "Only the owner of " + BackendFace.FRONTEND_NAME + " may call this; applications call that name");
    }

    /**
     * Only whoever made a request may close it.
     *
     * @param call the call of Close
     * @param creator the unique name of the connection that made the request
     * @throws DBusErrorException AccessDenied for every other caller
     */
    public static void requireCreator(MethodCall call, String creator) throws DBusErrorException {
        if (!call.sender().equals(creator)) {
            throw new DBusErrorException(
                    ErrorNames.ACCESS_DENIED, "Only the connection that made this request can close it");
        }
    }
}
