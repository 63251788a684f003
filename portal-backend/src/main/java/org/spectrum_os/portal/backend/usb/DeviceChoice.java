// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.spectrum_os.portal.backend.lease.UsbIdentity;

/**
 * Which device the user means, in the words of the command line.
 *
 * @param port    where it is plugged in; empty if that is not said
 * @param numbers vendor and product; empty if that is not said
 * @param serial  empty for any
 */
public record DeviceChoice(Optional<String> port, Optional<String> numbers, Optional<String> serial) {
    private static final Pattern PORT = Pattern.compile("[0-9]{1,3}-[0-9]{1,3}([.][0-9]{1,3}){0,6}");
    private static final Pattern NUMBERS =
            Pattern.compile("([0-9A-Fa-f]{4}:[0-9A-Fa-f]{4})(?::(.{1,126}))?", Pattern.DOTALL);

    /** A port, or {@code vvvv:pppp}, or {@code vvvv:pppp:serial}; empty if {@code text} is none of these. */
    public static Optional<DeviceChoice> of(String text) {
        if (PORT.matcher(text).matches()) {
            return Optional.of(new DeviceChoice(Optional.of(text), Optional.empty(), Optional.empty()));
        }
        Matcher parts = NUMBERS.matcher(text);
        return parts.matches()
                ? Optional.of(new DeviceChoice(
                        Optional.empty(),
                        Optional.of(parts.group(1).toLowerCase(Locale.ROOT)),
                        Optional.ofNullable(parts.group(2))))
                : Optional.empty();
    }

    /** Those that are meant; none or several if it was said badly. */
    public List<UsbDesk.Entry> among(List<UsbDesk.Entry> devices) {
        return devices.stream().filter(device -> fits(device.identity())).toList();
    }

    private boolean fits(UsbIdentity device) {
        return port.stream().allMatch(device.port()::equals)
                && numbers.stream().allMatch(device.numbers()::equals)
                && serial.stream().allMatch(device.serial()::equals);
    }
}
