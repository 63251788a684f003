// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.daemon;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.spectrum_os.portal.backend.daemon.Doctor.Finding;
import org.spectrum_os.portal.backend.daemon.Doctor.State;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.backend.policy.Policy;
import org.spectrum_os.portal.backend.usb.device.HardwareNames;

/** Whether USB devices could be lent: this computer's devices, and the monitors of the VMs that may have them. */
final class UsbCheck {
    private static final int MOST_DEVICES = 1024;
    private static final String HUB = "09";
    /** {@code NETLINK_KOBJECT_UEVENT} (linux/netlink.h). */
    private static final String UEVENTS = "15";

    private final Path root;
    private final MachineCheck machines;

    /**
     * @param root   {@code /}, or a folder that looks like it
     * @param answer how a monitor is tried
     */
    UsbCheck(Path root, MachineCheck.Answer answer) {
        this.root = root;
        this.machines = new MachineCheck(answer);
    }

    /** Nothing, if no instance has a machine. */
    List<Finding> of(Policy policy) {
        var findings = new ArrayList<Finding>();
        for (Instance instance : policy.instances()) {
            instance.machine().ifPresent(machine -> findings.addAll(machines.of(instance.name(), machine)));
        }
        if (policy.instances().stream().anyMatch(instance -> !instance.usb().isEmpty())) {
            findings.add(nodes());
            findings.add(changes());
            findings.add(names());
        }
        return findings;
    }

    private Finding nodes() {
        int all = 0;
        var closed = new ArrayList<String>();
        try (DirectoryStream<Path> devices = Files.newDirectoryStream(root.resolve("sys/bus/usb/devices"), "[0-9]*")) {
            for (Path device : devices) {
                Optional<Path> node = lendable(device);
                if (node.isPresent() && all < MOST_DEVICES) {
                    all++;
                    if (!Files.isReadable(node.get()) || !Files.isWritable(node.get())) {
                        closed.add(String.valueOf(device.getFileName()));
                    }
                }
            }
        } catch (IOException e) {
            return new Finding(
                    "USB devices",
                    State.WRONG,
                    "the kernel shows none: " + e.getMessage() + " cannot be read",
                    "load the modules of the USB controller; in a container, give it /sys and /dev/bus/usb");
        }
        return closed.isEmpty()
                ? new Finding("USB devices", State.GOOD, all + " can be opened", "")
                : new Finding(
                        "USB devices",
                        State.CARE,
                        closed.size() + " of " + all + " cannot be opened by this user: "
                                + String.join(", ", closed.stream().sorted().toList()),
                        "install the udev rule of docs/usb.md, run \"udevadm control --reload\", and plug them in anew; over ssh"
                                + " nobody is given devices");
    }

    /** The node of what could be lent: not of an interface, and not of a hub. */
    private Optional<Path> lendable(Path device) throws IOException {
        if (String.valueOf(device.getFileName()).contains(":")) {
            return Optional.empty();
        }
        try {
            if (attribute(device, "bDeviceClass").equals(HUB)) {
                return Optional.empty();
            }
            return Optional.of(root.resolve("dev/bus/usb")
                    .resolve("%03d".formatted(Integer.parseInt(attribute(device, "busnum"))))
                    .resolve("%03d".formatted(Integer.parseInt(attribute(device, "devnum")))));
        } catch (IOException | NumberFormatException e) {
            // Unplugged just now.
            return Optional.empty();
        }
    }

    private static String attribute(Path device, String name) throws IOException {
        return Files.readString(device.resolve(name)).strip();
    }

    /** As the kernel lists its own side of every kind of netlink that it has in this network namespace. */
    private Finding changes() {
        String check = "USB changes";
        try (Stream<String> lines = Files.lines(root.resolve("proc/net/netlink"))) {
            // sk               Eth Pid        Groups ...
            boolean there = lines.map(line -> line.strip().split("\\s+"))
                    .anyMatch(word -> word.length > 2 && word[1].equals(UEVENTS) && word[2].equals("0"));
            return there
                    ? new Finding(check, State.GOOD, "the kernel tells of them", "")
                    : new Finding(
                            check,
                            State.WRONG,
                            "the kernel does not tell of them in this network namespace",
                            "run the backend in the host's own network namespace");
        } catch (IOException e) {
            return new Finding(
                    check,
                    State.WRONG,
                    "the kernel has no netlink: " + e.getMessage() + " cannot be read",
                    "run the backend where /proc is mounted, on a kernel with CONFIG_NET");
        }
    }

    private Finding names() {
        return HardwareNames.tables(root).stream()
                .filter(Files::isReadable)
                .findFirst()
                .map(table -> new Finding("USB names", State.GOOD, table.toString(), ""))
                .orElseGet(() -> new Finding(
                        "USB names",
                        State.CARE,
                        "there is no usb.ids, so devices are shown by numbers and by what they say of themselves",
                        "install the hardware tables (Debian: apt install usb.ids)"));
    }
}
