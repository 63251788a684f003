// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.hypervisor;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.FileContent;

/**
 * What a device's own descriptor says, read from the very node that is passed on: byte 2 of a device descriptor is its version of USB, byte 8 its
 * vendor, byte 10 its product (USB 2.0, table 9-8); the kernel puts it at the beginning of the node.
 *
 * @param usb binary coded decimal: 0x0210 is 2.1
 */
public record DeviceIds(int usb, int vendor, int product) {
    private static final int BYTES = 18;
    private static final int TYPE = 1;
    private static final ValueLayout.OfShort LITTLE =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /**
     * Reads them.
     *
     * @throws MachineException.DeviceRefused if that is no node of a device that is there
     */
    public static DeviceIds of(Descriptor node) throws MachineException.DeviceRefused {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(BYTES);
            if (FileContent.read(node, bytes, 0) != BYTES
                    || bytes.get(ValueLayout.JAVA_BYTE, 0) != BYTES
                    || bytes.get(ValueLayout.JAVA_BYTE, 1) != TYPE) {
                throw new MachineException.DeviceRefused(
                        "what was to be attached has no USB descriptors: it is no USB device; nothing was passed on");
            }
            return new DeviceIds(number(bytes, 2), number(bytes, 8), number(bytes, 10));
        } catch (MachineException.DeviceRefused e) {
            throw e;
        } catch (IOException e) {
            throw new MachineException.DeviceRefused(
                    "the device does not show its descriptors any more (" + e.getMessage() + "): plug it in anew");
        }
    }

    private static int number(MemorySegment bytes, long offset) {
        return Short.toUnsignedInt(bytes.get(LITTLE, offset));
    }
}
