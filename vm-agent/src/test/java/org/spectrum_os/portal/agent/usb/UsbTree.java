// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.usb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A VM's USB as sysfs and the folder of nodes show it, in a folder of the test: one xHCI controller with eight ports of each kind. */
public final class UsbTree {
    public static final int SLOW_BUS = 1;
    public static final int FAST_BUS = 2;
    private static final int PORTS = 8;

    private final Path sysfs;
    private final Path nodes;

    public UsbTree(Path folder) throws IOException {
        sysfs = folder.resolve("sys");
        nodes = Files.createDirectories(folder.resolve("usb"));
        Files.createDirectories(devices());
        rootHub("pci0/xhci", SLOW_BUS, 480);
        rootHub("pci0/xhci", FAST_BUS, 5000);
    }

    private Path devices() {
        return sysfs.resolve("bus/usb/devices");
    }

    /** Another root hub, of that controller. */
    public void rootHub(String controller, int bus, int speed) throws IOException {
        Path hub = Files.createDirectories(
                sysfs.resolve("devices").resolve(controller).resolve("usb" + bus));
        write(hub, "idVendor", "1d6b");
        write(hub, "idProduct", "0002");
        write(hub, "speed", String.valueOf(speed));
        write(hub, "maxchild", String.valueOf(PORTS));
        write(hub, "busnum", String.valueOf(bus));
        write(hub, "devnum", "1");
        Files.createSymbolicLink(devices().resolve("usb" + bus), hub);
        Files.createDirectories(nodes.resolve("%03d".formatted(bus)));
    }

    /** The nodes, with little patience. */
    public GuestNodes nodes() {
        return new GuestNodes(sysfs, nodes, Duration.ofSeconds(3), Duration.ofSeconds(1));
    }

    public Path node(int bus, int number) {
        return nodes.resolve("%03d".formatted(bus)).resolve("%03d".formatted(number));
    }

    /** What the kernel does when a device is plugged in: sysfs first, then the node. */
    public Path plug(int bus, String name, int number, int vendor, int product, String serial) throws IOException {
        show(bus, name, number, vendor, product, serial);
        return makeNode(bus, number, vendor, product);
    }

    /** As in sysfs, a device is seen when all of its attributes are there. */
    public void show(int bus, String name, int number, int vendor, int product, String serial) throws IOException {
        Path device = Files.createDirectory(unseen(name));
        write(device, "idVendor", "%04x".formatted(vendor));
        write(device, "idProduct", "%04x".formatted(product));
        write(device, "busnum", String.valueOf(bus));
        write(device, "devnum", String.valueOf(number));
        if (!serial.isEmpty()) {
            write(device, "serial", serial);
        }
        Files.move(device, devices().resolve(name));
    }

    private Path unseen(String name) {
        return sysfs.resolve("unseen-" + name);
    }

    /** A node that holds this device's descriptor, complete from its first moment; its number stands for the device's version. */
    public Path makeNode(int bus, int number, int vendor, int product) throws IOException {
        Path fresh =
                Files.write(nodes.resolveSibling("fresh-" + bus + "-" + number), descriptor(vendor, product, number));
        return Files.move(fresh, node(bus, number));
    }

    public static byte[] descriptor(int vendor, int product, int release) {
        ByteBuffer bytes = ByteBuffer.allocate(18).order(ByteOrder.nativeOrder());
        bytes.put(0, (byte) 18).put(1, (byte) 1);
        bytes.putShort(8, (short) vendor).putShort(10, (short) product).putShort(12, (short) release);
        return bytes.array();
    }

    public void unplug(int bus, String name, int number) throws IOException {
        Path device = Files.move(devices().resolve(name), unseen(name));
        try (var attributes = Files.list(device)) {
            for (Path attribute : attributes.toList()) {
                Files.delete(attribute);
            }
        }
        Files.delete(device);
        Files.delete(node(bus, number));
    }

    private static void write(Path folder, String attribute, String value) throws IOException {
        Files.writeString(folder.resolve(attribute), value + "\n");
    }
}
