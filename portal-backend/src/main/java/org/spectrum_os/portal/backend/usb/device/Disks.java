// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb.device;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The block devices of this computer, what hangs on what, and what is mounted or swapped to. As it was when it was read. */
final class Disks {
    private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");
    /** Where the system itself is. A home is, what is mounted in one is not. */
    private static final Pattern OF_THE_SYSTEM =
            Pattern.compile("/|/(usr|var|etc|opt|srv|root|efi|home)|/home/[^/]+|/(boot|nix|gnu|sysroot)(/.*)?");

    /** As udev calls them: no holder and no mount shows these. Members of LVM and of md arrays have holders while they are in use. */
    private static final Set<String> SILENT_POOLS = Set.of("zfs_member", "bcachefs");

    private final Map<String, Block> blocks = new HashMap<>();
    private final List<Mount> mounts = new ArrayList<>();
    private final List<String> swaps = new ArrayList<>();
    /** File systems over several block devices, of which only one is told as the source. */
    private final List<Set<String>> pools = new ArrayList<>();

    /** Block devices of pools of which the kernel does not say whether they are in use. */
    private final Set<String> pooled = new LinkedHashSet<>();

    /**
     * @param folder  in sysfs, links resolved
     * @param numbers {@code 8:1}
     * @param mapping what the device mapper calls it, or empty
     * @param holders what hangs on it, by name
     */
    private record Block(Path folder, String numbers, String mapping, List<String> holders) {}

    /**
     * One mount.
     *
     * @param block what the kernel calls the block device, {@code sdb1}
     * @param place where; not safe to show
     */
    record Placed(String block, String place) {}

    private record Mount(String numbers, String place, String source) {}

    private Disks() {}

    /** @throws java.io.UncheckedIOException if nobody knows what is mounted */
    static Disks read(HostRoot root) {
        var disks = new Disks();
        for (Path entry : HostRoot.entries(root.sys("class/block"))) {
            HostRoot.target(entry)
                    .ifPresent(folder -> disks.blocks.put(entry.getFileName().toString(), block(folder)));
        }
        disks.blocks.forEach((name, block) -> root.udevProperty('b', block.numbers(), "ID_FS_TYPE")
                .filter(SILENT_POOLS::contains)
                .ifPresent(_ -> disks.pooled.add(name)));
        for (Path pool : HostRoot.entries(root.sys("fs/btrfs"))) {
            disks.pools.add(names(pool.resolve("devices")));
        }
        HostRoot.table(root.mountTable()).forEach(line -> mount(line).ifPresent(disks.mounts::add));
        HostRoot.table(root.swapTable()).stream()
                .skip(1)
                .map(line -> plain(line.split("[ \t]", 2)[0]))
                .forEach(disks.swaps::add);
        return disks;
    }

    private static Block block(Path folder) {
        return new Block(
                folder,
                HostRoot.attribute(folder, "dev").orElse(""),
                HostRoot.attribute(folder, "dm/name").orElse(""),
                List.copyOf(names(folder.resolve("holders"))));
    }

    private static Set<String> names(Path folder) {
        Set<String> names = new LinkedHashSet<>();
        HostRoot.entries(folder).forEach(entry -> names.add(entry.getFileName().toString()));
        return names;
    }

    /** {@code proc_pid_mountinfo(5)}: numbers third, place fifth; after the hyphen type, then source. */
    private static Optional<Mount> mount(String line) {
        int hyphen = line.indexOf(" - ");
        if (hyphen < 0) {
            return Optional.empty();
        }
        String[] before = line.substring(0, hyphen).split(" ", 6);
        String[] after = line.substring(hyphen + 3).split(" ", 3);
        return before.length < 5 || after.length < 2
                ? Optional.empty()
                : Optional.of(new Mount(before[2], plain(before[4]), plain(after[1])));
    }

    /** Space, tab, newline and backslash are written in octal; the rest are the bytes of the name, most likely UTF-8. */
    private static String plain(String written) {
        var bytes = new ByteArrayOutputStream();
        var escapes = OCTAL.matcher(written);
        int done = 0;
        while (escapes.find()) {
            bytes.writeBytes(written.substring(done, escapes.start()).getBytes(StandardCharsets.ISO_8859_1));
            bytes.write(Integer.parseInt(escapes.group(1), 8));
            done = escapes.end();
        }
        bytes.writeBytes(written.substring(done).getBytes(StandardCharsets.ISO_8859_1));
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** The block devices of a device, partitions included. */
    List<String> below(Path device) {
        return blocks.entrySet().stream()
                .filter(entry -> entry.getValue().folder().startsWith(device))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    String numbers(String block) {
        Block known = blocks.get(block);
        return known == null ? "" : known.numbers();
    }

    /** The block devices of a device and all that hangs on them. */
    private Set<String> affected(Path device) {
        Set<String> all = new LinkedHashSet<>(below(device));
        List<String> left = new ArrayList<>(all);
        while (!left.isEmpty()) {
            String name = left.removeLast();
            Block block = blocks.get(name);
            List<String> more = new ArrayList<>(block == null ? List.of() : block.holders());
            pools.stream().filter(pool -> pool.contains(name)).forEach(more::addAll);
            more.stream().filter(all::add).forEach(left::add);
        }
        return all;
    }

    /** What is mounted of a device, the last mount first. */
    List<Placed> mountedOf(Path device) {
        List<Placed> placed = new ArrayList<>();
        Set<String> affected = affected(device);
        for (Mount mount : mounts.reversed()) {
            affected.stream()
                    .filter(name -> isOn(mount, name))
                    .findFirst()
                    .ifPresent(name -> placed.add(new Placed(name, mount.place())));
        }
        return placed;
    }

    private boolean isOn(Mount mount, String name) {
        return mount.numbers().equals(numbers(name)) || sources(mount.source(), name);
    }

    private boolean sources(String source, String name) {
        Block block = blocks.get(name);
        return source.equals("/dev/" + name)
                || (block != null && !block.mapping().isEmpty() && source.equals("/dev/mapper/" + block.mapping()));
    }

    /** Whether the system itself runs from a device, or swaps to it; or could, as nothing tells. */
    boolean isOfTheSystem(Path device) {
        List<Placed> placed = mountedOf(device);
        Collection<String> affected = affected(device);
        return placed.stream()
                        .anyMatch(one -> OF_THE_SYSTEM.matcher(one.place()).matches())
                || affected.stream().anyMatch(pooled::contains)
                || swaps.stream()
                        .anyMatch(swap -> affected.stream().anyMatch(name -> sources(swap, name))
                                || placed.stream().anyMatch(one -> swap.startsWith(one.place() + "/")));
    }
}
