// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb.device;

import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.spectrum_os.portal.backend.lease.UsbInterfaceCode;

/**
 * What a device's descriptors say: its own, and those of all its configurations one after the other, as the kernel keeps them for
 * {@code descriptors} in sysfs and for the device's node. USB 2.0, chapter 9.6.
 *
 * @param release    {@code bcdDevice}
 * @param own        the device's own class
 * @param hasSerial  whether it names a string as its serial number
 * @param interfaces of all configurations, each once, sorted
 */
record DeviceDescriptors(
        int vendor,
        int product,
        int release,
        UsbInterfaceCode own,
        boolean hasSerial,
        SortedSet<UsbInterfaceCode> interfaces) {
    /** Bytes that are looked at; eight configurations of a length that fits into 16 bits could be more, but none is. */
    static final int MOST_BYTES = 64 * 1024;
    /** Different interfaces. No device has near as many. */
    static final int MOST_INTERFACES = 64;

    private static final int DEVICE = 1;
    private static final int CONFIGURATION = 2;
    private static final int INTERFACE = 4;
    private static final int DEVICE_BYTES = 18;
    private static final int CONFIGURATION_BYTES = 9;
    private static final int INTERFACE_BYTES = 9;

    /**
     * Reads them as far as they make sense. Where a length lies, the rest of that configuration says nothing, as it says nothing to a
     * kernel; what comes after it is still read if it can be found.
     *
     * @return empty if the device's own descriptor is none, or if it claims more than a device can have
     */
    static Optional<DeviceDescriptors> parse(byte[] bytes) {
        if (bytes.length < DEVICE_BYTES
                || bytes.length > MOST_BYTES
                || at(bytes, 0) != DEVICE_BYTES
                || at(bytes, 1) != DEVICE) {
            return Optional.empty();
        }
        SortedSet<UsbInterfaceCode> interfaces = new TreeSet<>();
        int next = DEVICE_BYTES;
        int configurationEnd = 0;
        while (next + 2 <= bytes.length) {
            int length = at(bytes, next);
            int type = at(bytes, next + 1);
            if (length < 2 || next + length > bytes.length) {
                if (configurationEnd <= next || !isConfiguration(bytes, configurationEnd)) {
                    break;
                }
                next = configurationEnd;
                continue;
            }
            if (type == CONFIGURATION && length >= CONFIGURATION_BYTES) {
                configurationEnd = next + word(bytes, next + 2);
            } else if (type == INTERFACE && length >= INTERFACE_BYTES) {
                interfaces.add(code(bytes, next + 5));
                if (interfaces.size() > MOST_INTERFACES) {
                    return Optional.empty();
                }
            }
            next += length;
        }
        return Optional.of(new DeviceDescriptors(
                word(bytes, 8), word(bytes, 10), word(bytes, 12), code(bytes, 4), at(bytes, 16) != 0, interfaces));
    }

    private static boolean isConfiguration(byte[] bytes, int at) {
        return at + CONFIGURATION_BYTES <= bytes.length
                && at(bytes, at) == CONFIGURATION_BYTES
                && at(bytes, at + 1) == CONFIGURATION;
    }

    private static UsbInterfaceCode code(byte[] bytes, int at) {
        return new UsbInterfaceCode(at(bytes, at), at(bytes, at + 1), at(bytes, at + 2));
    }

    private static int word(byte[] bytes, int at) {
        return at(bytes, at) | at(bytes, at + 1) << 8;
    }

    private static int at(byte[] bytes, int at) {
        return Byte.toUnsignedInt(bytes[at]);
    }
}
