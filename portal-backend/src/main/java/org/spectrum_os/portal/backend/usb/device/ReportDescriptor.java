// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb.device;

/** How a HID device describes its reports: a list of items, of which only the usage pages matter here. HID 1.11, chapter 6.2.2. */
final class ReportDescriptor {
    /** Bytes; the kernel's own bound. */
    static final int MOST_BYTES = 4096;

    private static final int FIDO_PAGE = 0xf1d0;
    private static final int LONG_ITEM = 0xfe;
    /** The tag and type of a usage page, without its size. */
    private static final int USAGE_PAGE = 0x04;

    private ReportDescriptor() {}

    /** Whether it is a security key's: it uses the page that the FIDO alliance has. */
    static boolean isOfSecurityKey(byte[] bytes) {
        int next = 0;
        while (next < bytes.length) {
            int prefix = Byte.toUnsignedInt(bytes[next]);
            if (prefix == LONG_ITEM) {
                if (next + 1 >= bytes.length) {
                    return false;
                }
                next += 3 + Byte.toUnsignedInt(bytes[next + 1]);
                continue;
            }
            int size = (prefix & 3) == 3 ? 4 : prefix & 3;
            if (next + size >= bytes.length) {
                return false;
            }
            if ((prefix & 0xfc) == USAGE_PAGE && number(bytes, next + 1, size) == FIDO_PAGE) {
                return true;
            }
            next += 1 + size;
        }
        return false;
    }

    private static int number(byte[] bytes, int at, int size) {
        int number = 0;
        for (int i = size - 1; i >= 0; i--) {
            number = number << 8 | Byte.toUnsignedInt(bytes[at + i]);
        }
        return number;
    }
}
