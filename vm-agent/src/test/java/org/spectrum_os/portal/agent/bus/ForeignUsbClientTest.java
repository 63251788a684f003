// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.agent.usb.UsbHost;
import org.spectrum_os.portal.agent.usb.UsbTree;
import org.spectrum_os.portal.protocol.LentDevice;
import org.spectrum_os.portal.protocol.MessageChannel;
import org.spectrum_os.portal.protocol.UsbMessage;

/** A client that shares no code with the agent. */
@Timeout(90)
final class ForeignUsbClientTest {
    private static final int DEVICES = 10;

    /** More devices than fit one answer, on both root hubs; each descriptor must be that of its device. */
    @Test
    void getsADescriptorOfEachDeviceAndLearnsOfItsEnd(@TempDir Path folder) throws Exception {
        try (var face = new ServedFace(Face.FRONTEND, folder.toRealPath());
                var host = face.usbHost()) {
            Process client = Python.start(face.bus, "gio-usb.py");
            MessageChannel link = host.welcomed(DEVICES);
            long number = UsbHost.expect(link, UsbMessage.Acquire.class).request();
            List<LentDevice> granted = new ArrayList<>();
            for (int i = 1; i <= DEVICES; i++) {
                granted.add(UsbHost.lent(i, i));
            }
            link.send(new UsbMessage.Granted(number, granted));
            for (int i = DEVICES; i >= 1; i--) {
                int bus = i <= 8 ? UsbTree.SLOW_BUS : UsbTree.FAST_BUS;
                face.usb.plug(bus, bus + "-" + (i <= 8 ? i : i - 8), i + 1, 0x1d50, 0x6018, "");
            }
            var said = client.inputReader();
            assertEquals("response 0", said.readLine());
            for (int i = 1; i <= DEVICES; i++) {
                String descriptor = HexFormat.of().formatHex(UsbTree.descriptor(0x1d50, 0x6018, i + 1));
                assertEquals(UsbHost.id(i) + " True " + descriptor, said.readLine());
            }
            link.send(new UsbMessage.Taken("lease-1"));
            assertEquals("removed " + UsbHost.id(1), said.readLine());
            assertEquals(0, client.waitFor());
            UsbHost.expectEnd(link);
        }
    }
}
