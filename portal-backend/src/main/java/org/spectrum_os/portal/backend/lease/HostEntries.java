// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.lease;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.spectrum_os.portal.store.lease.Resource;

/**
 * What one lease of files holds: the file or directory that was chosen, and its companions from the same folder.
 *
 * @param folder  absolute, without symbolic links
 * @param entries 1 to {@link #MOST}, the chosen one first, no name twice
 */
public record HostEntries(Path folder, List<HostEntry> entries) implements Lent {
    /** One that was chosen, and its companions. */
    public static final int MOST = 64;

    public HostEntries {
        entries = List.copyOf(entries);
        var names = new HashSet<String>();
        if (!folder.isAbsolute() || !folder.equals(folder.normalize())) {
            throw new IllegalArgumentException("not the absolute path of a folder: " + folder);
        }
        if (entries.isEmpty() || entries.size() > MOST) {
            throw new IllegalArgumentException(entries.size() + " entries");
        }
        if (!entries.stream().allMatch(entry -> names.add(entry.name()))) {
            throw new IllegalArgumentException("a name twice");
        }
    }

    /** One that is lent alone. */
    public static HostEntries of(Path path, HostEntry.Kind kind, HostEntry.Node node) {
        Path folder = path.getParent();
        Path name = path.getFileName();
        if (folder == null || name == null) {
            throw new IllegalArgumentException("the root folder has no name");
        }
        return new HostEntries(folder, List.of(new HostEntry(name.toString(), kind, node)));
    }

    /** The one that was chosen. */
    public HostEntry main() {
        return entries.getFirst();
    }

    /** The rest. */
    public List<HostEntry> companions() {
        return entries.subList(1, entries.size());
    }

    /** Where the chosen one is. */
    public Path path() {
        return folder.resolve(main().name());
    }

    public Optional<HostEntry> entry(String name) {
        return entries.stream().filter(entry -> entry.name().equals(name)).findFirst();
    }

    /** The same, but for one entry. */
    public HostEntries with(String name, UnaryOperator<HostEntry> change) {
        return new HostEntries(
                folder,
                entries.stream()
                        .map(entry -> entry.name().equals(name) ? change.apply(entry) : entry)
                        .toList());
    }

    /** Only the chosen one and those of the others that are named. */
    public HostEntries withOnly(List<String> companions) {
        return new HostEntries(
                folder,
                Stream.concat(
                                Stream.of(main()),
                                companions().stream().filter(entry -> companions.contains(entry.name())))
                        .toList());
    }

    /** Whether {@code found} is what this is, or what it is becoming. */
    @Override
    public boolean isOrBecomes(Lent other) {
        if (!(other instanceof HostEntries found)
                || !folder.equals(found.folder)
                || entries.size() != found.entries.size()) {
            return false;
        }
        for (int i = 0; i < entries.size(); i++) {
            HostEntry one = entries.get(i);
            HostEntry its = found.entries.get(i);
            if (!one.name().equals(its.name()) || one.kind() != its.kind() || !one.isOrBecomes(its.node())) {
                return false;
            }
        }
        return true;
    }

    public boolean hasFiles() {
        return entries.stream().anyMatch(entry -> entry.kind() == HostEntry.Kind.FILE);
    }

    @Override
    public String fileName() {
        return main().name();
    }

    @Override
    public Resource toResource() {
        return EntryDetails.write(this);
    }

    /** The opposite of {@link #toResource}; empty if it is not of this kind, or is damaged. Files of the store can be edited. */
    public static Optional<HostEntries> of(Resource resource) {
        return EntryDetails.read(resource);
    }
}
