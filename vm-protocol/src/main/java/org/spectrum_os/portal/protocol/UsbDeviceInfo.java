// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.protocol;

import java.util.regex.Pattern;

/**
 * A device of the host that a guest may see, before it has it. All of it but {@code id} and the two names from the host's tables is what
 * the device says of itself.
 *
 * @param id          names it on this connection alone: 8 to 32 lower-case hexadecimal digits, random, so that it says nothing
 * @param vendor      0 to 0xffff
 * @param product     0 to 0xffff
 * @param release     the device's version ({@code bcdDevice}), 0 to 0xffff
 * @param vendorName  by the host's hardware tables; may be empty
 * @param productName likewise
 * @param ownVendor   the device's own string; may be empty
 * @param ownProduct  likewise
 * @param serial      likewise
 */
public record UsbDeviceInfo(
        String id,
        int vendor,
        int product,
        int release,
        String vendorName,
        String productName,
        String ownVendor,
        String ownProduct,
        String serial) {
    /** UTF-16 units of each text; a string descriptor holds at most 126. */
    public static final int TEXT_CHARS = 256;

    private static final Pattern ID = Pattern.compile("[0-9a-f]{8,32}");

    public UsbDeviceInfo {
        requireId(id);
        requireNumber(vendor);
        requireNumber(product);
        requireNumber(release);
        for (String text : new String[] {vendorName, productName, ownVendor, ownProduct, serial}) {
            if (text.length() > TEXT_CHARS || text.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("a device's text is too long, or holds a NUL");
            }
        }
    }

    static void requireId(String id) {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("not a device's id");
        }
    }

    static void requireNumber(int number) {
        if (number < 0 || number > 0xffff) {
            throw new IllegalArgumentException("not a number of 16 bits");
        }
    }
}
