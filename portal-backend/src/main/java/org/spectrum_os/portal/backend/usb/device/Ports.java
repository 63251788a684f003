// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb.device;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Pattern;

/** How the kernel names the places where USB devices are plugged in. Root hubs have no such name, and interfaces have more than it. */
final class Ports {
    private static final Pattern PORT = Pattern.compile("[0-9]{1,3}-[0-9]{1,3}([.][0-9]{1,3}){0,6}");

    /** By bus, then by port, then by what hangs on it. */
    static final Comparator<String> ORDER = (one, other) -> Arrays.compare(steps(one), steps(other));

    private Ports() {}

    static boolean isPort(String name) {
        return PORT.matcher(name).matches();
    }

    private static int[] steps(String port) {
        return Arrays.stream(port.split("[-.]")).mapToInt(Integer::parseInt).toArray();
    }

    /** The USB device that something in sysfs is below of. */
    static Optional<Path> deviceAbove(Path place) {
        for (Path at = place; at != null && at.getFileName() != null; at = at.getParent()) {
            if (isPort(at.getFileName().toString())) {
                return Optional.of(at);
            }
        }
        return Optional.empty();
    }
}
