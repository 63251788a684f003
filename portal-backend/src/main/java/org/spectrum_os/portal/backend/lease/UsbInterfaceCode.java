// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.lease;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one interface of a USB device is for: class, subclass and protocol, each 0 to 0xff.
 */
public record UsbInterfaceCode(int base, int sub, int protocol) implements Comparable<UsbInterfaceCode> {
    private static final Pattern FORM = Pattern.compile("([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})");

    public UsbInterfaceCode {
        if (((base | sub | protocol) & ~0xff) != 0) {
            throw new IllegalArgumentException("an interface's class, subclass and protocol are bytes");
        }
    }

    /** Six hexadecimal digits, such as {@code 080650}. */
    @Override
    public String toString() {
        return String.format("%02x%02x%02x", base, sub, protocol);
    }

    /** The opposite of {@link #toString}. */
    public static Optional<UsbInterfaceCode> of(String text) {
        Matcher parts = FORM.matcher(text);
        return parts.matches()
                ? Optional.of(new UsbInterfaceCode(
                        Integer.parseInt(parts.group(1), 16),
                        Integer.parseInt(parts.group(2), 16),
                        Integer.parseInt(parts.group(3), 16)))
                : Optional.empty();
    }

    @Override
    public int compareTo(UsbInterfaceCode other) {
        return toString().compareTo(other.toString());
    }
}
