// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.spectrum_os.portal.transport.ErrnoException;
import org.spectrum_os.portal.transport.UsbNode;

/** Lets the kernel look for drivers again after somebody else has had a device. */
record DriverReturn(HostRoot root, Nodes nodes) {
    private static final int ENODEV = 19;

    /**
     * Asks for every interface that has no driver and that nobody claims.
     *
     * @return the interfaces' folders in sysfs that are to have one in a moment
     * @throws IOException if it cannot be asked for
     */
    List<Path> begin(Seen seen) throws IOException {
        List<Path> without = Survey.interfaces(seen.folder(), seen.port()).stream()
                .filter(part -> Survey.driver(part).isEmpty())
                .toList();
        if (without.isEmpty()) {
            return List.of();
        }
        if (!root.real()) {
            probe(without);
            return List.of();
        }
        try (DeviceNode node = nodes.open(seen)) {
            List<Path> expected = new ArrayList<>();
            for (Path part : without) {
                if (connect(node, part)) {
                    expected.add(part);
                }
            }
            return expected;
        } catch (DeviceGoneException _) {
            // What is gone has nothing to be given back.
            return List.of();
        } catch (IOException e) {
            if (!Files.isWritable(probing())) {
                throw e;
            }
            probe(without);
            return List.of();
        }
    }

    private static boolean connect(DeviceNode node, Path part) throws IOException {
        int number = HostRoot.number(part, "bInterfaceNumber", 16).orElse(-1);
        try {
            return number >= 0 && UsbNode.connectDriver(node.descriptor(), number);
        } catch (ErrnoException e) {
            if (e.errno() == ENODEV) {
                throw new DeviceGoneException("the device went while it was given back");
            }
            throw e;
        }
    }

    private Path probing() {
        return root.sys("bus/usb/drivers_probe");
    }

    /** Writing there returns when the drivers have been tried; one name at a time. */
    private void probe(List<Path> parts) throws IOException {
        for (Path part : parts) {
            Files.writeString(
                    probing(), part.getFileName() + "\n", StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        }
    }
}
