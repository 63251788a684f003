// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb.device;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Where the kernel's and udev's files are, and how they are read: never much of one, and as if it were not there if it goes meanwhile.
 *
 * @param path absolute and without links: {@code /}, or a folder that looks like it
 * @param real whether it is this computer's own; then nodes are character devices, otherwise regular files
 */
record HostRoot(Path path, boolean real) {
    /** Entries of one folder of sysfs that are looked at. */
    private static final int MOST_ENTRIES = 4096;
    /** An attribute is not longer than a page; a string of a device has 126 characters of at most three bytes. */
    private static final int ATTRIBUTE_BYTES = 4096;
    /** What udev knows of one device has a few kilobytes. */
    private static final int UDEV_BYTES = 64 * 1024;
    /** What {@code /proc} may say of mounts. */
    private static final int TABLE_BYTES = 4 << 20;

    static HostRoot of(Path path) throws IOException {
        Path root = path.toRealPath();
        return new HostRoot(root, root.getParent() == null);
    }

    Path sys(String place) {
        return path.resolve("sys").resolve(place);
    }

    Path dev(String place) {
        return path.resolve("dev").resolve(place);
    }

    /** The file of this process by its number: {@code self} is a link. */
    Path mountTable() {
        String self = real ? String.valueOf(ProcessHandle.current().pid()) : "self";
        return path.resolve("proc").resolve(self).resolve("mountinfo");
    }

    Path swapTable() {
        return path.resolve("proc/swaps");
    }

    /** Whether udev runs, as udev's own library decides it. */
    boolean hasUdev() {
        return Files.exists(path.resolve("run/udev/control"));
    }

    /** Whether udev has done with a device. */
    boolean isHandled(char type, String numbers) {
        return Files.exists(path.resolve("run/udev/data").resolve(type + numbers));
    }

    /** What udev has found out about a device under this name ({@code E:NAME=value}); empty if nothing. */
    Optional<String> udevProperty(char type, String numbers, String name) {
        String before = "E:" + name + "=";
        return bytes(path.resolve("run/udev/data").resolve(type + numbers), UDEV_BYTES)
                .flatMap(bytes -> new String(bytes, StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> line.startsWith(before))
                        .findFirst())
                .map(line -> line.substring(before.length()));
    }

    /** The entries of a folder; none if there is none. */
    static List<Path> entries(Path folder) {
        return entries(folder, _ -> true);
    }

    /** Those with names that are wanted: others do not crowd them out. */
    static List<Path> entries(Path folder, Predicate<String> wanted) {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            for (Path entry : all) {
                if (entries.size() == MOST_ENTRIES) {
                    break;
                }
                if (wanted.test(entry.getFileName().toString())) {
                    entries.add(entry);
                }
            }
        } catch (IOException | DirectoryIteratorException _) {
            // It went while it was read, or was never there: what has been read counts.
        }
        return entries;
    }

    /** An attribute without its line's end; empty if there is none. What is no UTF-8 becomes a replacement character. */
    static Optional<String> attribute(Path folder, String name) {
        return bytes(folder.resolve(name), ATTRIBUTE_BYTES)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .map(text -> text.endsWith("\n") ? text.substring(0, text.length() - 1) : text);
    }

    /** As {@link #attribute}, of a number; empty if it is none. */
    static Optional<Integer> number(Path folder, String name, int radix) {
        return attribute(folder, name).flatMap(text -> {
            try {
                return Optional.of(Integer.parseInt(text.strip(), radix));
            } catch (NumberFormatException _) {
                return Optional.empty();
            }
        });
    }

    /** All of a file; empty if it cannot be read, or is longer. */
    static Optional<byte[]> bytes(Path file, int most) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(most + 1);
            return bytes.length > most ? Optional.empty() : Optional.of(bytes);
        } catch (IOException _) {
            // Devices go at any time; sysfs then has no such file, or ENODEV.
            return Optional.empty();
        }
    }

    /**
     * The lines of a file of {@code /proc}, each character one byte.
     *
     * @throws UncheckedIOException if it cannot be read: nothing may be taken for unmounted because nobody knows
     */
    static List<String> table(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(TABLE_BYTES);
            if (bytes.length == TABLE_BYTES) {
                throw new IOException("more than " + TABLE_BYTES + " bytes");
            }
            return new String(bytes, StandardCharsets.ISO_8859_1).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** What a link of sysfs leads to; empty if there is none. */
    static Optional<Path> target(Path link) {
        try {
            return Optional.of(link.toRealPath());
        } catch (IOException _) {
            return Optional.empty();
        }
    }
}
