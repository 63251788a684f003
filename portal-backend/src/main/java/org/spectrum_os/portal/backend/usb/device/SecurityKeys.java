// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb.device;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The HID sides of security keys on this computer. */
record SecurityKeys(List<Side> all) {
    /**
     * One.
     *
     * @param folder  in sysfs, links resolved
     * @param numbers of its node, {@code 244:0}
     * @param node    its node
     */
    record Side(Path folder, String numbers, Path node) {
        boolean isAccessible() {
            return Files.isReadable(node) && Files.isWritable(node);
        }
    }

    static SecurityKeys read(HostRoot root) {
        List<Side> all = new ArrayList<>();
        for (Path entry : HostRoot.entries(root.sys("class/hidraw"))) {
            HostRoot.target(entry)
                    .filter(SecurityKeys::isOne)
                    .ifPresent(folder -> all.add(new Side(
                            folder,
                            HostRoot.attribute(folder, "dev").orElse(""),
                            root.dev(entry.getFileName().toString()))));
        }
        return new SecurityKeys(all);
    }

    /** The node is two folders below the HID device that has the descriptor. */
    private static boolean isOne(Path folder) {
        return HostRoot.bytes(folder.resolve("../../report_descriptor").normalize(), ReportDescriptor.MOST_BYTES)
                .filter(ReportDescriptor::isOfSecurityKey)
                .isPresent();
    }

    Optional<Side> of(Path device) {
        return all.stream().filter(side -> side.folder().startsWith(device)).findFirst();
    }

    /** The USB devices that they are sides of. */
    List<Path> devices() {
        return all.stream()
                .flatMap(side -> Ports.deviceAbove(side.folder()).stream())
                .toList();
    }
}
