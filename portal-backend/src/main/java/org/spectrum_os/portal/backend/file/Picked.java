// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import org.spectrum_os.portal.backend.lease.Access;
import org.spectrum_os.portal.backend.lease.HostEntries;
import org.spectrum_os.portal.backend.lease.HostEntry;
import org.spectrum_os.portal.consent.contract.FromWindow.Companion;
import org.spectrum_os.portal.consent.contract.FromWindow.PickedFile;

/** What the user picked, turned into open files. */
public final class Picked {
    private Picked() {}

    /**
     * Opens what the user picked; a new file is made, empty.
     *
     * @throws IOException if it is not what the user saw any more, or something has taken a new file's name by now
     */
    public static OpenedEntries open(PickedFile picked, Access access) throws IOException {
        var node = new HostEntry.Node(picked.device(), picked.inode());
        return picked.kind() == PickedFile.Kind.NEW
                ? OpenedEntries.create(folder(picked), node, picked.name())
                : OpenedEntries.of(entries(picked, node), access);
    }

    /**
     * Whether all is still as the user saw it; a new file is not made.
     *
     * @return its path
     */
    public static Path check(PickedFile picked) throws IOException {
        if (picked.kind() == PickedFile.Kind.NEW) {
            OpenedEntries.checkFree(folder(picked), new HostEntry.Node(picked.device(), picked.inode()), picked.name());
        } else {
            open(picked, Access.READ).close();
        }
        return Path.of(picked.path());
    }

    private static Path folder(PickedFile picked) {
        return Path.of(picked.folder());
    }

    private static HostEntries entries(PickedFile picked, HostEntry.Node node) throws IOException {
        try {
            var entries = new ArrayList<HostEntry>();
            entries.add(new HostEntry(picked.name(), kind(picked.kind()), node));
            for (Companion companion : picked.companions()) {
                entries.add(new HostEntry(
                        companion.name(),
                        kind(companion.kind()),
                        new HostEntry.Node(companion.device(), companion.inode())));
            }
            return new HostEntries(folder(picked), entries);
        } catch (IllegalArgumentException e) {
            throw new IOException(picked.path() + " cannot be lent: " + e.getMessage(), e);
        }
    }

    private static HostEntry.Kind kind(PickedFile.Kind kind) {
        return switch (kind) {
            case FILE -> HostEntry.Kind.FILE;
            case FOLDER -> HostEntry.Kind.DIRECTORY;
            case NEW -> throw new IllegalArgumentException("a new file has no kind yet");
        };
    }
}
