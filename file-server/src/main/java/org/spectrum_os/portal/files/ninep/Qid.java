// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.time.Instant;
import org.spectrum_os.portal.transport.FileNode;

/**
 * What 9P knows a node by.
 *
 * @param type    {@link #DIRECTORY}, {@link #LINK} or {@link #FILE}
 * @param version changes when the content does; 0 would tell Linux never to cache
 * @param path    one number per file and lease, the same whenever and by whomever it is asked for
 */
record Qid(byte type, int version, long path) {
    static final byte DIRECTORY = (byte) 0x80;
    static final byte LINK = 0x02;
    static final byte FILE = 0;
    /** Encoded size. */
    static final int BYTES = 13;
    /** The mount's root. */
    static final long ROOT_PATH = 1;

    /** What a lease's name adds to the paths of its files. */
    static long key(WireName lease) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : lease.bytes()) {
            hash = (hash ^ Byte.toUnsignedInt(b)) * 0x100000001b3L;
        }
        return spread(hash);
    }

    static Qid of(long key, FileNode.Status status) {
        byte type = status.isDirectory() ? DIRECTORY : status.isSymbolicLink() ? LINK : FILE;
        Instant modified = status.modified();
        Instant changed = status.changed();
        long mixed = spread(modified.getEpochSecond() * 1_000_000_000L + modified.getNano())
                + spread(changed.getEpochSecond() * 1_000_000_000L + changed.getNano() + 1)
                + status.size();
        int version = (int) (mixed ^ (mixed >>> 32));
        return new Qid(type, version == 0 ? 1 : version, path(key, status.device(), status.inode()));
    }

    /** Neither 0 nor the root's. */
    static long path(long key, long device, long inode) {
        long path = spread(spread(key + device) + inode);
        return path == 0 || path == ROOT_PATH ? path + 2 : path;
    }

    /** A bijection in which each bit depends on each: what tells files apart is not seen from outside. */
    private static long spread(long value) {
        long mixed = value + 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
