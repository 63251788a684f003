// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb.device;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.spectrum_os.portal.backend.lease.UsbIdentity;
import org.spectrum_os.portal.backend.lease.UsbInterfaceCode;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Kind;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Reason;

/** One look at sysfs: what every device is, and what it is to this computer. */
final class Survey {
    /** UTF-16 units of a device's own string; a string descriptor holds at most 126. */
    private static final int TEXT_CHARS = 256;
    /** Interfaces of one configuration; the kernel's bound. */
    private static final int MOST_INTERFACES = 32;

    /** Mounts of one device that are told. */
    private static final int MOST_MOUNTS = 64;

    private static final Set<String> DISK_DRIVERS = Set.of("usb-storage", "uas");

    private final HostRoot root;
    private final HardwareNames names;
    private final Predicate<Path> handled;
    private final boolean udev;
    private final Inputs inputs;
    private final SecurityKeys keys;
    private final Disks disks;

    /**
     * Looks at what all devices have in common.
     *
     * @param handled whether udev has done with an interface
     * @throws java.io.UncheckedIOException if nobody knows what is mounted
     */
    Survey(HostRoot root, HardwareNames names, Predicate<Path> handled) {
        this.root = root;
        this.names = names;
        this.handled = handled;
        this.udev = root.hasUdev();
        this.inputs = Inputs.read(root);
        this.keys = SecurityKeys.read(root);
        this.disks = Disks.read(root);
    }

    /** An interface of the configuration that is in force. */
    private record Part(Path folder, UsbInterfaceCode code, String driver, String text) {}

    /**
     * Looks at one device.
     *
     * @param entry  in {@code /sys/bus/usb/devices}
     * @param before what was seen of the same port, if anything was
     * @return empty if it goes meanwhile, or if it makes no sense
     */
    Optional<Seen> look(Path entry, Optional<Seen> before) {
        String port = entry.getFileName().toString();
        Optional<Path> place = HostRoot.target(entry);
        if (place.isEmpty()) {
            return Optional.empty();
        }
        Path folder = place.get();
        Optional<Integer> bus = HostRoot.number(folder, "busnum", 10);
        Optional<Integer> number = HostRoot.number(folder, "devnum", 10);
        Optional<DeviceDescriptors> descriptors = HostRoot.bytes(
                        folder.resolve("descriptors"), DeviceDescriptors.MOST_BYTES)
                .flatMap(DeviceDescriptors::parse);
        if (bus.isEmpty() || number.isEmpty() || descriptors.isEmpty()) {
            return Optional.empty();
        }
        List<Part> parts = parts(folder, port);
        Set<UsbInterfaceCode> codes = new TreeSet<>(descriptors.get().interfaces());
        parts.forEach(part -> codes.add(part.code()));
        var identity = UsbIdentity.of(
                port, descriptors.get().vendor(), descriptors.get().product(), text(folder, "serial"), codes);
        List<Kind> kindsBefore = before.map(Seen::device)
                .filter(device -> device.bus() == bus.get()
                        && device.number() == number.get()
                        && device.identity().equals(identity))
                .map(HostDevice::kinds)
                .orElse(List.of());
        boolean hub = isHub(descriptors.get().own(), codes);
        List<Kind> kinds = hub ? List.of(Kind.OTHER) : kinds(folder, codes, parts, kindsBefore);
        HardwareNames.Names called = names.of(identity.vendor(), identity.product());
        var device = new HostDevice(
                identity,
                bus.get(),
                number.get(),
                descriptors.get().release(),
                text(folder, "manufacturer"),
                text(folder, "product"),
                called.vendor(),
                called.product(),
                kinds,
                drivers(parts),
                hub ? List.of() : mounts(folder),
                hub ? Optional.of(Reason.HUB) : refusal(folder, kinds, node(root, bus.get(), number.get())));
        String numbers = HostRoot.attribute(folder, "dev").orElse("");
        boolean settled = isSettled(folder, numbers, device, parts);
        // What goes while it is looked at has lost some of its files: the first to go tells.
        return HostRoot.number(folder, "devnum", 10).equals(number)
                ? Optional.of(new Seen(device, folder, numbers, descriptors.get(), settled))
                : Optional.empty();
    }

    static Path node(HostRoot root, int bus, int number) {
        return root.dev(String.format("bus/usb/%03d/%03d", bus, number));
    }

    private static boolean isHub(UsbInterfaceCode own, Set<UsbInterfaceCode> codes) {
        return own.base() == 9 || codes.stream().anyMatch(code -> code.base() == 9);
    }

    private static List<Part> parts(Path folder, String port) {
        List<Part> parts = new ArrayList<>();
        for (Path entry : interfaces(folder, port)) {
            Optional<Integer> base = HostRoot.number(entry, "bInterfaceClass", 16);
            Optional<Integer> sub = HostRoot.number(entry, "bInterfaceSubClass", 16);
            Optional<Integer> protocol = HostRoot.number(entry, "bInterfaceProtocol", 16);
            if (base.isPresent() && sub.isPresent() && protocol.isPresent()) {
                parts.add(new Part(
                        entry,
                        new UsbInterfaceCode(base.get() & 0xff, sub.get() & 0xff, protocol.get() & 0xff),
                        driver(entry).orElse(""),
                        text(entry, "interface")));
            }
        }
        return parts;
    }

    /** The folders of a device's interfaces, of the configuration that is in force. */
    static List<Path> interfaces(Path folder, String port) {
        return HostRoot.entries(folder).stream()
                .filter(entry -> entry.getFileName().toString().startsWith(port + ":"))
                .sorted()
                .limit(MOST_INTERFACES)
                .toList();
    }

    static Optional<String> driver(Path anInterface) {
        return HostRoot.target(anInterface.resolve("driver"))
                .map(target -> target.getFileName().toString());
    }

    private static Set<String> drivers(List<Part> parts) {
        Set<String> drivers = new LinkedHashSet<>();
        parts.stream().map(Part::driver).filter(driver -> !driver.isEmpty()).forEach(drivers::add);
        return drivers;
    }

    private static String text(Path folder, String name) {
        String text = HostRoot.attribute(folder, name).orElse("").replace("\0", "");
        return text.length() > TEXT_CHARS ? text.substring(0, TEXT_CHARS) : text;
    }

    private List<Kind> kinds(Path folder, Set<UsbInterfaceCode> codes, List<Part> parts, List<Kind> before) {
        return Kinds.of(
                codes,
                parts.stream()
                        .map(part -> new Kinds.Interface(part.code(), part.driver(), part.text()))
                        .toList(),
                inputs.kindsBelow(folder),
                keys.of(folder).isPresent(),
                before);
    }

    private List<String> mounts(Path folder) {
        return disks.mountedOf(folder).reversed().stream()
                .map(Disks.Placed::place)
                .distinct()
                .limit(MOST_MOUNTS)
                .toList();
    }

    /** A security key types too, but nobody writes with it. */
    private Optional<Reason> refusal(Path folder, List<Kind> kinds, Path node) {
        if (disks.isOfTheSystem(folder)) {
            return Optional.of(Reason.SYSTEM_DISK);
        }
        if (!kinds.contains(Kind.SECURITY_KEY)) {
            List<Path> not = new ArrayList<>(keys.devices());
            not.add(folder);
            if (kinds.contains(Kind.KEYBOARD) && !inputs.hasElsewhere(Kind.KEYBOARD, not)) {
                return Optional.of(Reason.ONLY_KEYBOARD);
            }
            if (kinds.contains(Kind.POINTER) && !inputs.hasElsewhere(Kind.POINTER, not)) {
                return Optional.of(Reason.ONLY_POINTER);
            }
        }
        boolean keySide =
                keys.of(folder).filter(SecurityKeys.Side::isAccessible).isPresent();
        return isAccessible(node) || keySide ? Optional.empty() : Optional.of(Reason.NO_ACCESS);
    }

    /** By the rights alone: opening the node would wake the device. */
    private static boolean isAccessible(Path node) {
        return Files.isReadable(node) && Files.isWritable(node);
    }

    private boolean isSettled(Path folder, String numbers, HostDevice device, List<Part> parts) {
        int expected = HostRoot.number(folder, "bNumInterfaces", 10).orElse(0);
        return parts.size() >= expected
                && (udev ? root.isHandled('c', numbers) : isAccessible(node(root, device.bus(), device.number())))
                && parts.stream().allMatch(part -> !udev || !part.driver().isEmpty() || handled.test(part.folder()))
                && parts.stream()
                        .filter(part -> DISK_DRIVERS.contains(part.driver()))
                        .allMatch(this::hasDisk);
    }

    private boolean hasDisk(Part part) {
        List<String> blocks = disks.below(part.folder());
        return !blocks.isEmpty()
                && (!udev || blocks.stream().allMatch(block -> root.isHandled('b', disks.numbers(block))));
    }
}
