// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.protocol;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A device of the host that has just been plugged into the guest, by its monitor. Its node appears there a moment later.
 *
 * @param lease     the lease's name: lower-case letters, digits and hyphens, 1 to 64 of them
 * @param id        what the device was called before ({@link UsbDeviceInfo#id})
 * @param vendor    0 to 0xffff
 * @param product   0 to 0xffff
 * @param serial    the device's own string, by which two of one kind may be told apart; may be empty, at most {@link #SERIAL_CHARS}
 * @param guestPort the port of the guest's xHCI controller, 1 to 255, USB 2 ports first; null if the monitor does not say
 */
public record LentDevice(
        String lease,
        String id,
        int vendor,
        int product,
        String serial,
        @Nullable Integer guestPort) {
    /**
     * UTF-16 units of the serial number: as many as a string descriptor holds (USB 2.0, 9.6.7). So many devices as one request may name fit
     * in a frame, whatever the characters are.
     */
    public static final int SERIAL_CHARS = 126;

    private static final Pattern LEASE = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");

    public LentDevice {
        requireLease(lease);
        UsbDeviceInfo.requireId(id);
        UsbDeviceInfo.requireNumber(vendor);
        UsbDeviceInfo.requireNumber(product);
        if (serial.length() > SERIAL_CHARS || serial.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a serial number that is too long, or holds a NUL");
        }
        if (guestPort != null && (guestPort < 1 || guestPort > 255)) {
            throw new IllegalArgumentException("port " + guestPort);
        }
    }

    static void requireLease(String lease) {
        if (!LEASE.matcher(lease).matches()) {
            throw new IllegalArgumentException("not a lease name: " + DisplayText.of(Untrusted.of(lease), 80));
        }
    }
}
