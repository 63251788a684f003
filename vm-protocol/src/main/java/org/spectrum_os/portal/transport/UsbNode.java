// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.transport;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What the nodes of USB devices ({@code /dev/bus/usb/...}, {@code linux/usbdevice_fs.h}) and of their HID sides ({@code /dev/hidraw...},
 * {@code linux/hidraw.h}) are asked for. The requests' numbers hold their argument's size and direction, and PowerPC writes the direction
 * in its own way.
 */
public final class UsbNode {
    private static final boolean POWER = System.getProperty("os.arch").startsWith("ppc");
    private static final long NONE = POWER ? 1L << 29 : 0;
    private static final long IN = POWER ? 2L << 29 : 2L << 30;
    private static final long OUT = POWER ? 4L << 29 : 1L << 30;

    private static final int IOCTL_BYTES = 16;
    private static final int MOST_REPORT_BYTES = 4096;

    private static final long USBDEVFS_IOCTL = IN | OUT | (IOCTL_BYTES << 16) | ('U' << 8) | 18;
    private static final long USBDEVFS_CONNECT = NONE | ('U' << 8) | 23;
    private static final long HIDIOCGRDESCSIZE = IN | (4 << 16) | ('H' << 8) | 1;
    private static final long HIDIOCGRDESC = IN | ((4 + MOST_REPORT_BYTES) << 16) | ('H' << 8) | 2;

    private static final int EBUSY = 16;

    private UsbNode() {}

    /**
     * Looks for a kernel driver for an interface that has none.
     *
     * @param node   open for both
     * @param number the interface's, of the configuration that is in force
     * @return whether it has one now; false if there is none for it
     * @throws ErrnoException ENODEV if the device is gone; EINVAL if there is no such interface
     */
    public static boolean connectDriver(Descriptor node, int number) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = arena.allocate(IOCTL_BYTES, 8);
            request.set(JAVA_INT, 0, number);
            request.set(JAVA_INT, 4, (int) USBDEVFS_CONNECT);
            request.set(ADDRESS, 8, MemorySegment.NULL);
            return Libc.ioctl("USBDEVFS_CONNECT", node.number(), USBDEVFS_IOCTL, request) > 0;
        } catch (ErrnoException e) {
            if (e.errno() == EBUSY) {
                return true;
            }
            throw e;
        }
    }

    /** How a HID device describes its reports, of a {@code hidraw} node; at most 4096 bytes. */
    public static byte[] reportDescriptor(Descriptor node) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment size = arena.allocate(JAVA_INT);
            Libc.ioctl("HIDIOCGRDESCSIZE", node.number(), HIDIOCGRDESCSIZE, size);
            int bytes = Math.clamp(size.get(JAVA_INT, 0), 0, MOST_REPORT_BYTES);
            MemorySegment report = arena.allocate(4 + MOST_REPORT_BYTES, 4);
            report.set(JAVA_INT, 0, bytes);
            Libc.ioctl("HIDIOCGRDESC", node.number(), HIDIOCGRDESC, report);
            return report.asSlice(4, bytes).toArray(JAVA_BYTE);
        }
    }
}
