// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb.device;

import static java.lang.System.Logger.Level.WARNING;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What this computer's hardware tables ({@code usb.ids}) call vendors and products. The table is read when a device is looked up that has
 * not been yet. Thread-safe.
 */
public final class HardwareNames {
    /** What the tables say; empty where they say nothing. */
    record Names(String vendor, String product) {
        private static final Names NONE = new Names("", "");
    }

    private static final System.Logger LOG = System.getLogger(HardwareNames.class.getName());
    private static final int MOST_REMEMBERED = 512;
    /** The file has less than 1 MB. */
    private static final int MOST_BYTES = 16 << 20;

    private static final int NAME_CHARS = 120;

    private final Optional<Path> table;
    private final Map<Integer, Names> remembered = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Names> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };

    /**
     * Where such tables may be: as the system says, then where they usually are.
     *
     * @param root as for {@link SysfsDevices#open}
     */
    public static List<Path> tables(Path root) {
        Stream<Path> said = root.getParent() == null
                ? Stream.of(System.getenv().getOrDefault("XDG_DATA_DIRS", "").split(":"))
                        .filter(folder -> folder.startsWith("/"))
                        .map(folder -> Path.of(folder, "hwdata/usb.ids"))
                : Stream.empty();
        Stream<Path> usual = Stream.of("usr/share/hwdata/usb.ids", "usr/share/misc/usb.ids", "var/lib/usbutils/usb.ids")
                .map(root::resolve);
        return Stream.concat(said, usual).toList();
    }

    /**
     * @param places where the table may be; the first that there is counts
     */
    HardwareNames(List<Path> places) {
        table = places.stream().filter(Files::isReadable).findFirst();
    }

    synchronized Names of(int vendor, int product) {
        return remembered.computeIfAbsent(vendor << 16 | product, _ -> lookUp(vendor, product));
    }

    private Names lookUp(int vendor, int product) {
        if (table.isEmpty()) {
            return Names.NONE;
        }
        try (InputStream bytes = Files.newInputStream(table.get());
                var lines = new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8))) {
            return find(lines, String.format("%04x  ", vendor), String.format("\t%04x  ", product));
        } catch (IOException e) {
            LOG.log(
                    WARNING,
                    "devices are shown without their makers'' names, as {0} cannot be read: {1}",
                    table.get(),
                    e);
            return Names.NONE;
        }
    }

    /** A vendor's line stands before those of its products, and all of them before the lists of classes. */
    private static Names find(BufferedReader lines, String vendor, String product) throws IOException {
        int left = MOST_BYTES;
        String found = "";
        for (String line = lines.readLine(); line != null && left > 0; line = lines.readLine()) {
            left -= line.length() + 1;
            if (found.isEmpty()) {
                if (line.startsWith(vendor)) {
                    found = name(line, vendor);
                }
            } else if (line.startsWith(product)) {
                return new Names(found, name(line, product));
            } else if (!line.startsWith("\t") && !line.startsWith("#")) {
                break;
            }
        }
        return new Names(found, "");
    }

    private static String name(String line, String prefix) {
        String name = line.substring(prefix.length()).strip();
        return name.length() > NAME_CHARS ? name.substring(0, NAME_CHARS) : name;
    }
}
