// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.time.Instant;
import org.spectrum_os.portal.transport.FileNode;

/**
 * What 9P knows a node by.
 *
 * @param type    {@link #DIRECTORY} or {@link #FILE}
 * @param version changes when the content does; 0 would tell Linux never to cache
 * @param path    one number per node, never used again while this process lives
 */
record Qid(byte type, int version, long path) {
    static final byte DIRECTORY = (byte) 0x80;
    static final byte FILE = 0;
    /** Encoded size. */
    static final int BYTES = 13;

    static Qid ofFile(long path, FileNode.Status status) {
        Instant modified = status.modified();
        long mixed =
                modified.getEpochSecond() * 1_000_003L + modified.getNano() * 31L + status.size() * 0x9E3779B97F4A7C15L;
        int version = (int) (mixed ^ (mixed >>> 32));
        return new Qid(FILE, version == 0 ? 1 : version, path);
    }
}
