// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.lease;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.store.lease.Resource;

/**
 * Lent files as the store keeps them: the chosen one's path, and as details its {@code device} and {@code inode}, {@code kind} if it is a
 * directory, and {@code next-device} and {@code next-inode} while it is being replaced. Those of its companions have {@code 1.},
 * {@code 2.} and so on before them, and {@code name} besides. Numbers are unsigned and decimal.
 */
final class EntryDetails {
    /** The kind of such resources. */
    static final String KIND = "file";

    private static final String NAME = "name";
    private static final String DEVICE = "device";
    private static final String INODE = "inode";
    private static final String ENTRY_KIND = "kind";
    private static final String DIRECTORY = "directory";
    private static final String NEXT = "next-";

    private EntryDetails() {}

    static Resource write(HostEntries what) {
        var details = new TreeMap<String, String>();
        for (int i = 0; i < what.entries().size(); i++) {
            HostEntry entry = what.entries().get(i);
            String prefix = prefix(i);
            if (i > 0) {
                details.put(prefix + NAME, entry.name());
            }
            if (entry.kind() == HostEntry.Kind.DIRECTORY) {
                details.put(prefix + ENTRY_KIND, DIRECTORY);
            }
            put(details, prefix, entry.node());
            if (entry.next() != null) {
                put(details, prefix + NEXT, entry.next());
            }
        }
        return new Resource(KIND, what.path().toString(), details);
    }

    private static String prefix(int index) {
        return index == 0 ? "" : index + ".";
    }

    private static void put(Map<String, String> details, String prefix, HostEntry.Node node) {
        details.put(prefix + DEVICE, Long.toUnsignedString(node.device()));
        details.put(prefix + INODE, Long.toUnsignedString(node.inode()));
    }

    static Optional<HostEntries> read(Resource resource) {
        if (!resource.kind().equals(KIND)) {
            return Optional.empty();
        }
        Map<String, String> details = resource.details();
        try {
            Path path = Path.of(resource.name());
            Path folder = path.getParent();
            Path name = path.getFileName();
            if (folder == null || name == null) {
                return Optional.empty();
            }
            var entries = new ArrayList<HostEntry>();
            entries.add(entry(details, prefix(0), name.toString()));
            for (int i = 1; details.get(prefix(i) + NAME) instanceof String companion; i++) {
                entries.add(entry(details, prefix(i), companion));
            }
            return Optional.of(new HostEntries(folder, entries));
        } catch (InvalidPathException _) {
            return Optional.empty();
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static HostEntry entry(Map<String, String> details, String prefix, String name) {
        boolean directory = switch (details.get(prefix + ENTRY_KIND)) {
            case null -> false;
            case DIRECTORY -> true;
            default -> throw new IllegalArgumentException("a kind that is not known");
        };
        HostEntry.Node node = node(details, prefix);
        if (node == null) {
            throw new IllegalArgumentException("an entry of which nobody knows which it was");
        }
        return new HostEntry(
                name, directory ? HostEntry.Kind.DIRECTORY : HostEntry.Kind.FILE, node, node(details, prefix + NEXT));
    }

    private static HostEntry.@Nullable Node node(Map<String, String> details, String prefix) {
        String device = details.get(prefix + DEVICE);
        String inode = details.get(prefix + INODE);
        return device == null || inode == null
                ? null
                : new HostEntry.Node(Long.parseUnsignedLong(device), Long.parseUnsignedLong(inode));
    }
}
