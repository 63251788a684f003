// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb.device;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.ErrnoException;
import org.spectrum_os.portal.transport.FileContent;
import org.spectrum_os.portal.transport.FileNode;
import org.spectrum_os.portal.transport.UsbNode;

/** Opens nodes, and believes of them only what the open descriptor itself says. */
record Nodes(HostRoot root) {
    private static final int ENODEV = 19;

    /** Another thread may close it while it is asked for. */
    private record Open(Descriptor descriptor) implements DeviceNode {
        @Override
        public void close() {
            descriptor.close();
        }
    }

    @FunctionalInterface
    private interface Check {
        boolean holds(Descriptor node) throws IOException;
    }

    /**
     * The node of a device, which is still the one that was seen.
     *
     * @throws DeviceGoneException if it is not there any more, or is another
     */
    DeviceNode open(Seen seen) throws IOException {
        Path node = Survey.node(root, seen.device().bus(), seen.device().number());
        return open(
                node,
                seen,
                descriptor -> isNode(descriptor, numbers(seen.folder()))
                        && DeviceDescriptors.parse(content(descriptor, DeviceDescriptors.MOST_BYTES))
                                .equals(Optional.of(seen.descriptors())));
    }

    /** As {@link #open(Seen)}, of its side as a security key. */
    DeviceNode open(Seen seen, SecurityKeys.Side side) throws IOException {
        return open(
                side.node(),
                seen,
                descriptor -> isNode(descriptor, numbers(side.folder()))
                        && ReportDescriptor.isOfSecurityKey(
                                root.real()
                                        ? UsbNode.reportDescriptor(descriptor)
                                        : content(descriptor, ReportDescriptor.MOST_BYTES)));
    }

    private DeviceNode open(Path node, Seen seen, Check check) throws IOException {
        Descriptor descriptor;
        try {
            descriptor = FileNode.openForWriting(node);
        } catch (ErrnoException e) {
            throw refused(node, seen, e);
        }
        try {
            if (!check.holds(descriptor) || !isStillThere(seen)) {
                throw new DeviceGoneException(
                        "at port " + seen.port() + " is another device now than the one that was meant");
            }
            return new Open(descriptor);
        } catch (ErrnoException e) {
            descriptor.close();
            throw refused(node, seen, e);
        } catch (IOException e) {
            descriptor.close();
            throw e;
        }
    }

    private static IOException refused(Path node, Seen seen, ErrnoException e) {
        return switch (e.errno()) {
            case ErrnoException.ENOENT, ErrnoException.ENXIO, ENODEV ->
                new DeviceGoneException("the device at port " + seen.port() + " is not there any more");
            case ErrnoException.EACCES, ErrnoException.EPERM ->
                new IOException(
                        "this user may not open " + node + ", the device at port " + seen.port()
                                + ": install the udev rule 70-spectrum-portal-usb.rules, then plug the device in again",
                        e);
            default ->
                new IOException(
                        "cannot open " + node + ", the device at port " + seen.port() + ": " + e.getMessage(), e);
        };
    }

    /** The place has a device of that number still, which the kernel gives to no other that comes there after it. */
    private static boolean isStillThere(Seen seen) {
        return HostRoot.number(seen.folder(), "devnum", 10)
                        .equals(Optional.of(seen.device().number()))
                && HostRoot.number(seen.folder(), "busnum", 10)
                        .equals(Optional.of(seen.device().bus()));
    }

    private boolean isNode(Descriptor descriptor, OptionalLong numbers) throws IOException {
        return root.real()
                ? numbers.isPresent() && FileNode.characterDevice(descriptor).equals(numbers)
                : FileNode.status(descriptor).isRegularFile();
    }

    /** As {@link FileNode#characterDevice} has them. */
    private static OptionalLong numbers(Path folder) {
        String[] parts = HostRoot.attribute(folder, "dev").orElse("").split(":", 2);
        try {
            return parts.length == 2
                    ? OptionalLong.of((long) Integer.parseInt(parts[0]) << 32 | Integer.parseInt(parts[1]))
                    : OptionalLong.empty();
        } catch (NumberFormatException _) {
            return OptionalLong.empty();
        }
    }

    /** All that can be read; one byte more than {@code most} if there is more. */
    private static byte[] content(Descriptor node, int most) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(most + 1L);
            int done = 0;
            while (done <= most) {
                int count = FileContent.read(node, buffer.asSlice(done), done);
                if (count == 0) {
                    break;
                }
                done += count;
            }
            return Arrays.copyOf(buffer.toArray(JAVA_BYTE), done);
        }
    }
}
