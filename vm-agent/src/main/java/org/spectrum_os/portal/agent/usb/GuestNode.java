// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.usb;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.spectrum_os.portal.protocol.LentDevice;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.FileContent;
import org.spectrum_os.portal.transport.FileNode;

/**
 * A USB device of this VM as sysfs shows it now. A number is given to another device only after all others have been used, so the path
 * stands for the device as long as it is plugged in.
 *
 * @param name    sysfs's: bus, port, and the ports of the hubs between
 * @param vendor  0 to 0xffff
 * @param product likewise
 * @param serial  may be empty
 * @param path    of its node, {@code <root>/BBB/DDD}
 */
record GuestNode(String name, int vendor, int product, String serial, Path path) {
    /** USB 2.0, table 9-8: the device descriptor. The kernel gives its numbers in the byte order of the machine (usbfs). */
    private static final int DESCRIPTOR_BYTES = 18;

    private static final byte DEVICE_DESCRIPTOR = 1;
    private static final int VENDOR_OFFSET = 8;
    private static final int PRODUCT_OFFSET = 10;

    boolean isOf(LentDevice lent) {
        return vendor == lent.vendor() && product == lent.product();
    }

    /**
     * Opens the node.
     *
     * @throws NoLongerException if what was opened is another device
     * @throws IOException       if it cannot be opened
     */
    Descriptor open(boolean writable) throws IOException {
        Descriptor node = writable ? FileNode.openForWriting(path) : FileNode.openForReading(path);
        try {
            requireSame(node);
            return node;
        } catch (IOException | RuntimeException e) {
            node.close();
            throw e;
        }
    }

    private void requireSame(Descriptor node) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(DESCRIPTOR_BYTES);
            int count = FileContent.read(node, bytes, 0);
            if (count < DESCRIPTOR_BYTES
                    || bytes.get(ValueLayout.JAVA_BYTE, 0) != DESCRIPTOR_BYTES
                    || bytes.get(ValueLayout.JAVA_BYTE, 1) != DEVICE_DESCRIPTOR
                    || number(bytes, VENDOR_OFFSET) != vendor
                    || number(bytes, PRODUCT_OFFSET) != product) {
                throw new NoLongerException(path + " is not " + UsbText.numbers(vendor, product) + " any more");
            }
        }
    }

    private static int number(MemorySegment bytes, int offset) {
        return Short.toUnsignedInt(bytes.get(ValueLayout.JAVA_SHORT_UNALIGNED, offset));
    }

    /** Between sysfs and the opening, another device took its place. */
    static final class NoLongerException extends IOException {
        private static final long serialVersionUID = 1;

        NoLongerException(String message) {
            super(message);
        }
    }
}
