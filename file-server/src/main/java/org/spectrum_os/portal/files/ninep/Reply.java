// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.time.Instant;
import java.util.List;
import org.spectrum_os.portal.transport.FileState;

/** What this server may say (R-messages). Rread and Rreaddir are not here: their data is put straight into the buffer that is sent. */
sealed interface Reply {
    record Failed(int errno) implements Reply {}

    record Version(int msize, String version) implements Reply {}

    record Attached(Qid root) implements Reply {}

    record Walked(List<Qid> qids) implements Reply {}

    /** {@code unit} 0: as much as the message size allows. */
    record Opened(Qid qid, int unit) implements Reply {}

    record Created(Qid qid, int unit) implements Reply {}

    record Written(int count) implements Reply {}

    record LinkTarget(WireName target) implements Reply {}

    record SymbolicLinkMade(Qid qid) implements Reply {}

    record DirectoryMade(Qid qid) implements Reply {}

    /** Who owns it is the session's to say. */
    record Attributes(
            Qid qid,
            int mode,
            int user,
            int group,
            long links,
            long size,
            long blocks,
            Instant accessed,
            Instant modified,
            Instant changed)
            implements Reply {}

    /** {@code id} tells one file system from another. */
    record FileSystemStatus(FileState.Space space, long id) implements Reply {}

    record Locked(boolean granted) implements Reply {}

    /** The lock in the way, or the range asked for with type 2, which is none. */
    record LockFound(byte type, long start, long length, int process, WireName client) implements Reply {}

    /** Replies without a field. */
    enum Done implements Reply {
        RENAMED(21),
        ATTRIBUTES_SET(27),
        SYNCHRONISED(51),
        RENAMED_AT(75),
        UNLINKED(77),
        FLUSHED(109),
        CLUNKED(121),
        REMOVED(123);

        final int type;

        Done(int type) {
            this.type = type;
        }
    }
}
