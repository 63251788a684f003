// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb.device;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.spectrum_os.portal.transport.Uevent;

/** Which devices udev has said that it has done with, since they came. */
final class Handled {
    /** More than this are not kept: then all are forgotten, and devices take a moment longer to settle. */
    private static final int MOST = 8192;

    private final Set<String> places = new HashSet<>();

    /**
     * @param sys the folder that all devices are below
     */
    void heard(Uevent event, Path sys) {
        String place = sys + event.devpath();
        if (event.action().equals("remove")) {
            places.removeIf(known -> known.equals(place) || known.startsWith(place + "/"));
        } else if (event.origin() == Uevent.Origin.UDEV) {
            if (places.size() == MOST) {
                places.clear();
            }
            places.add(place);
        }
    }

    /**
     * @param place of a device, links resolved
     */
    boolean has(Path place) {
        return places.contains(place.toString());
    }
}
