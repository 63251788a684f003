// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.time.Instant;
import java.util.List;

/** What this server may say (R-messages). Rread is not here: its data is read straight into the buffer that is sent. */
sealed interface Reply {
    record Failed(int errno) implements Reply {}

    record Version(int msize, String version) implements Reply {}

    record Attached(Qid root) implements Reply {}

    record Flushed() implements Reply {}

    record Walked(List<Qid> qids) implements Reply {}

    /** {@code unit} 0: as much as the message size allows. */
    record Opened(Qid qid, int unit) implements Reply {}

    /** As many of {@code entries} as were asked for. */
    record Directory(List<Entry> entries) implements Reply {}

    /**
     * One entry of a directory.
     *
     * @param next the offset that goes on after this entry
     * @param type as in {@code d_type}: 4 a directory, 8 a file
     */
    record Entry(Qid qid, long next, byte type, WireName name) {
        int encodedBytes() {
            return Qid.BYTES + 8 + 1 + 2 + name.bytes().length;
        }
    }

    record Attributes(
            Qid qid, int mode, long links, long size, long blocks, Instant accessed, Instant modified, Instant changed)
            implements Reply {}

    /** Nothing to tell but the type of the file system and the longest name. */
    record FileSystemStatus() implements Reply {}

    record Clunked() implements Reply {}

    record Locked() implements Reply {}

    /** Nobody holds a lock in the way. */
    record LockFree(long start, long length, int process, WireName client) implements Reply {}

    record Synchronised() implements Reply {}
}
