// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.lease;

import org.jspecify.annotations.Nullable;

/**
 * A file or directory of the host as it was when it was lent.
 *
 * @param name its last path component, by which the guest sees it
 * @param kind what it is
 * @param node which one it is
 * @param next the file that is about to take its place, or has just done so; null but for the moment in which a guest saves
 */
public record HostEntry(
        String name, Kind kind, Node node, @Nullable Node next) {
    /** What stands at a path. */
    public enum Kind {
        FILE,
        /** With its whole tree. */
        DIRECTORY
    }

    /**
     * What tells one file from all others that exist at the same time.
     *
     * @param device as {@code st_dev}: major number in the upper 32 bits, minor in the lower
     * @param inode  its number there
     */
    public record Node(long device, long inode) {}

    public HostEntry {
        if (name.isEmpty()
                || name.indexOf('/') >= 0
                || name.indexOf('\0') >= 0
                || name.equals(".")
                || name.equals("..")) {
            throw new IllegalArgumentException("not the name of a file");
        }
        if (kind == Kind.DIRECTORY && next != null) {
            throw new IllegalArgumentException("a directory is not replaced");
        }
    }

    /** One that nothing is about to replace. */
    public HostEntry(String name, Kind kind, Node node) {
        this(name, kind, node, null);
    }

    /** Whether {@code found} may stand in this entry's place. */
    public boolean isOrBecomes(Node found) {
        return found.equals(node) || found.equals(next);
    }
}
