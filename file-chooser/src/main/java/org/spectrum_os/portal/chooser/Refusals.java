// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.chooser;

import org.spectrum_os.portal.dbus.DBusErrorException;
import org.spectrum_os.portal.dbus.ErrorNames;
import org.spectrum_os.portal.dbus.MethodCall;

/** What every face of the file chooser refuses, in the same words. */
public final class Refusals {
    private Refusals() {}

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
