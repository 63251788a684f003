// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.usb;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The USB devices of this VM, read anew from sysfs at each call (Documentation/ABI/testing/sysfs-bus-usb of the kernel): a folder per
 * device, named after bus and ports, and {@code usbN} for the root hub of bus N.
 */
final class GuestDevices {
    private static final Pattern DEVICE = Pattern.compile("[0-9]+-[0-9]+(\\.[0-9]+)*");
    private static final Pattern ROOT_HUB = Pattern.compile("usb[0-9]+");
    /** Megabits a second, from which on a root hub is one of USB 3. */
    private static final int SUPER_SPEED = 5000;

    /** What QEMU's keyboard, mouse and tablet call themselves (its {@code hw/usb/dev-hid.c}); no maker sells such a device. */
    private static final int QEMU_VENDOR = 0x0627;

    private static final int QEMU_INPUT = 0x0001;

    private final Path sysfs;
    private final Path nodes;

    /**
     * @param sysfs the root of sysfs
     * @param nodes the folder of the buses' folders of nodes
     */
    GuestDevices(Path sysfs, Path nodes) {
        this.sysfs = sysfs.resolve("bus/usb/devices");
        this.nodes = nodes;
    }

    /** A root hub, and the controller that it belongs to. */
    private record RootHub(Path controller, int bus, boolean superSpeed, int ports) {}

    /** All devices but the root hubs, ordered by name. */
    List<GuestNode> all() throws IOException {
        List<GuestNode> found = new ArrayList<>();
        for (Path folder : folders(DEVICE)) {
            read(folder).ifPresent(found::add);
        }
        return found;
    }

    /**
     * Where a port of an xHCI controller leads. Such a controller has two root hubs, and its monitor counts on from the ports of USB 2 to
     * those of USB 3. With several controllers there are as many answers.
     *
     * @param port from 1
     */
    List<String> namesOfPort(int port) throws IOException {
        List<RootHub> hubs = rootHubs();
        List<String> names = new ArrayList<>();
        for (RootHub slow : hubs) {
            for (RootHub fast : hubs) {
                if (slow.superSpeed()
                        || !fast.superSpeed()
                        || !slow.controller().equals(fast.controller())) {
                    continue;
                }
                if (port <= slow.ports()) {
                    names.add(slow.bus() + "-" + port);
                } else if (port - slow.ports() <= fast.ports()) {
                    names.add(fast.bus() + "-" + (port - slow.ports()));
                }
            }
        }
        return names;
    }

    /** Whether a device is the VM's own, wherever it hangs: a keyboard, mouse or tablet that QEMU makes. */
    static boolean isMadeByQemu(GuestNode node) {
        return node.vendor() == QEMU_VENDOR && node.product() == QEMU_INPUT;
    }

    /** Whether a device hangs on an xHCI controller, on which a VM has what its host lends. */
    boolean isOnXhci(GuestNode node) throws IOException {
        int bus = Integer.parseInt(node.name().substring(0, node.name().indexOf('-')));
        List<RootHub> hubs = rootHubs();
        for (RootHub own : hubs) {
            if (own.bus() == bus) {
                return hubs.stream()
                        .anyMatch(other ->
                                other.controller().equals(own.controller()) && other.superSpeed() != own.superSpeed());
            }
        }
        return false;
    }

    private List<RootHub> rootHubs() throws IOException {
        List<RootHub> hubs = new ArrayList<>();
        for (Path folder : folders(ROOT_HUB)) {
            OptionalInt ports = number(folder, "maxchild", 10);
            OptionalInt speed = number(folder, "speed", 10);
            if (ports.isPresent() && speed.isPresent()) {
                int bus = Integer.parseInt(folder.getFileName().toString().substring("usb".length()));
                hubs.add(new RootHub(parent(folder), bus, speed.getAsInt() >= SUPER_SPEED, ports.getAsInt()));
            }
        }
        return hubs;
    }

    private static Path parent(Path folder) throws IOException {
        return Optional.ofNullable(folder.toRealPath().getParent()).orElse(folder);
    }

    private List<Path> folders(Pattern name) throws IOException {
        try (var folders = Files.list(sysfs)) {
            return folders.filter(folder ->
                            name.matcher(folder.getFileName().toString()).matches())
                    .sorted()
                    .toList();
        } catch (NoSuchFileException e) {
            // A VM without the kernel's USB.
            return List.of();
        }
    }

    private Optional<GuestNode> read(Path folder) throws IOException {
        OptionalInt vendor = number(folder, "idVendor", 16);
        OptionalInt product = number(folder, "idProduct", 16);
        OptionalInt bus = number(folder, "busnum", 10);
        OptionalInt device = number(folder, "devnum", 10);
        if (vendor.isEmpty() || product.isEmpty() || bus.isEmpty() || device.isEmpty()) {
            return Optional.empty();
        }
        String serial = text(folder, "serial");
        return Optional.of(new GuestNode(
                folder.getFileName().toString(),
                vendor.getAsInt(),
                product.getAsInt(),
                serial == null ? "" : serial,
                nodes.resolve("%03d".formatted(bus.getAsInt())).resolve("%03d".formatted(device.getAsInt()))));
    }

    private static OptionalInt number(Path folder, String attribute, int radix) throws IOException {
        String text = text(folder, attribute);
        if (text == null) {
            return OptionalInt.empty();
        }
        try {
            // A speed may be 1.5.
            return OptionalInt.of(Integer.parseInt(text.strip().split("\\.", 2)[0], radix));
        } catch (NumberFormatException e) {
            throw new IOException(folder.resolve(attribute) + " does not hold a number", e);
        }
    }

    /** Without the line feed that ends it; null if there is none, or the device goes away this moment. */
    private static @Nullable String text(Path folder, String attribute) {
        try {
            String text = new String(Files.readAllBytes(folder.resolve(attribute)), StandardCharsets.UTF_8);
            return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        } catch (IOException e) {
            // sysfs says so in several ways (ENOENT, ENODEV); what cannot be read is not there.
            return null;
        }
    }
}
