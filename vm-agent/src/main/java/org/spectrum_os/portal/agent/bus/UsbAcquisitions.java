// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.bus;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.spectrum_os.portal.dbus.DBusErrorException;
import org.spectrum_os.portal.dbus.ErrorNames;
import org.spectrum_os.portal.protocol.Limits;

/**
 * The requests of one client, by their handles: those that are asked, and those whose devices have not all been fetched. Thread-safe.
 */
final class UsbAcquisitions {
    private final Map<UsbAcquisition, String> all = new LinkedHashMap<>();
    private boolean over;

    /** Enters a request; it counts until it has ended without a grant, or everything has been fetched. */
    synchronized void add(UsbAcquisition acquisition) throws DBusErrorException {
        if (over) {
            throw new DBusErrorException(ErrorNames.PORTAL_FAILED, "The host went away; ask again");
        }
        if (all.size() >= Limits.OPEN_REQUESTS) {
            throw new DBusErrorException(
                    ErrorNames.LIMITS_EXCEEDED,
                    Limits.OPEN_REQUESTS + " requests are open, or granted and not finished; end one");
        }
        all.put(acquisition, "");
    }

    /** Under which handle the application fetches what is granted. */
    synchronized void name(UsbAcquisition acquisition, String handle) {
        all.replace(acquisition, handle);
    }

    synchronized void settled(UsbAcquisition acquisition) {
        all.remove(acquisition);
    }

    /** The request whose devices can be fetched. */
    synchronized Optional<UsbAcquisition> granted(String handle) {
        return all.entrySet().stream()
                .filter(entry -> entry.getValue().equals(handle))
                .map(Map.Entry::getKey)
                .filter(UsbAcquisition::isGranted)
                .findFirst();
    }

    /** Forgets all; no other comes. */
    synchronized void end() {
        over = true;
        all.clear();
    }
}
