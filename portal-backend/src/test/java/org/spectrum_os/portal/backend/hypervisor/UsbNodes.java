// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.hypervisor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.FileNode;

/** Files with the content of device nodes. */
public final class UsbNodes {
    public static final int USB_2 = 0x200;
    public static final int USB_3 = 0x300;

    private UsbNodes() {}

    /** One with a configuration that has one interface for a vendor's own use. */
    public static Descriptor open(Path folder, int usb, int vendor, int product) throws IOException {
        var bytes = ByteBuffer.allocate(18 + 9 + 9).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put((byte) 18).put((byte) 1).putShort((short) usb).put(new byte[] {0, 0, 0, 64});
        bytes.putShort((short) vendor).putShort((short) product).put(new byte[] {0, 1, 1, 2, 3, 1});
        bytes.put(new byte[] {9, 2, 18, 0, 1, 1, 0, (byte) 0x80, 50});
        bytes.put(new byte[] {9, 4, 0, 0, 0, (byte) 0xff, 0, 0, 0});
        return open(folder, bytes.array());
    }

    /** A key's report descriptor, as the double takes it for one. */
    public static Descriptor openSecurityKey(Path folder) throws IOException {
        return open(folder, new byte[] {0x06, (byte) 0xd0, (byte) 0xf1, 0x09, 0x01});
    }

    private static Descriptor open(Path folder, byte[] content) throws IOException {
        return FileNode.openForWriting(Files.write(Files.createTempFile(folder, "node", ""), content));
    }
}
