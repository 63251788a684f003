// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads where a device is plugged in, and what it says that it is. */
final class UsbNameReader {
    private static final Pattern NAME =
            Pattern.compile("([0-9A-Fa-f]{4})(?::(?:[*]|([0-9A-Fa-f]{4})(?::(.{1,126}))?))?", Pattern.DOTALL);
    private static final Pattern SERIAL_OF_ANY = Pattern.compile("[0-9A-Fa-f]{4}:[*]:.*", Pattern.DOTALL);
    private static final Pattern PORT = Pattern.compile("[1-9][0-9]{0,2}-[1-9][0-9]{0,2}([.][1-9][0-9]{0,2}){0,6}");
    private static final Pattern INTERFACE = Pattern.compile("[0-9.-]+:[0-9]+[.][0-9]+");
    private static final Pattern NUMBERED = Pattern.compile("(/dev/bus/usb/)?[0-9]{1,3}[/:][0-9]{1,3}");

    private final PolicyReader reader;

    UsbNameReader(PolicyReader reader) {
        this.reader = reader;
    }

    @Nullable
    UsbName device(LocatedJson value, String what) {
        if (value instanceof LocatedJson.Text(var _, var text)) {
            Matcher parts = NAME.matcher(text);
            if (parts.matches()) {
                return new UsbName(
                        Integer.parseInt(parts.group(1), 16),
                        Optional.ofNullable(parts.group(2)).map(digits -> Integer.parseInt(digits, 16)),
                        Optional.ofNullable(parts.group(3)));
            }
            if (SERIAL_OF_ANY.matcher(text).matches()) {
                return refuse(value, what, "; a serial number is one of a product, so it needs that before it");
            }
        }
        return refuse(value, what, "");
    }

    private @Nullable UsbName refuse(LocatedJson value, String what, String advice) {
        reader.problem(
                value,
                what + " is \"VENDOR:*\", \"VENDOR:PRODUCT\" or \"VENDOR:PRODUCT:SERIAL\", vendor and product four"
                        + " hexadecimal digits each, such as \"1d50:6018\", got " + value.describe() + advice
                        + ". Print them: spectrum-portal usb list, or lsusb");
        return null;
    }

    @Nullable
    String port(LocatedJson value) {
        String advice = "";
        if (value instanceof LocatedJson.Text(var _, var text)) {
            if (PORT.matcher(text).matches()) {
                return text;
            }
            if (INTERFACE.matcher(text).matches()) {
                advice = "; that is one interface of a device, and devices are lent whole: did you mean \""
                        + text.substring(0, text.indexOf(':')) + "\"?";
            } else if (NUMBERED.matcher(text).matches()) {
                advice = "; that is a bus and a number that the kernel gives anew each time something is plugged in";
            } else if (text.startsWith("usb")) {
                advice = "; that is a controller of this computer, with all that is plugged in there";
            }
        }
        reader.problem(
                value,
                "port is where a device is plugged in, as the kernel counts, such as \"1-2\" or \"1-2.3\" (behind a hub),"
                        + " got " + value.describe() + advice + ". Print them: spectrum-portal usb list");
        return null;
    }
}
