// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.util.List;

/**
 * What a 9P2000.L client may say (T-messages), as far as this server distinguishes it. Fids, tags, flags and counts are unsigned 32
 * or 16 bits kept in an int; offsets are unsigned 64 bits kept in a long. Layouts are those of diod's protocol description and of
 * Linux's {@code net/9p}.
 */
sealed interface Request {
    /** No fid. */
    int NO_FID = -1;
    /** No tag: that of Tversion. */
    int NO_TAG = 0xffff;

    record Version(int msize, WireName version) implements Request {}

    record Authenticate(int authFid) implements Request {}

    /** {@code user} and {@code tree} are what the guest claims; nothing depends on them. */
    record Attach(int fid, int authFid, WireName user, WireName tree, int userId) implements Request {}

    record Flush(int oldTag) implements Request {}

    record Walk(int fid, int newFid, List<WireName> names) implements Request {}

    record Open(int fid, int flags) implements Request {}

    record Read(int fid, long offset, int count) implements Request {}

    record ReadDirectory(int fid, long offset, int count) implements Request {}

    record ReadLink(int fid) implements Request {}

    record GetAttributes(int fid, long mask) implements Request {}

    record FileSystemStatus(int fid) implements Request {}

    record Clunk(int fid) implements Request {}

    /** Ends the fid too, whatever becomes of the removal. */
    record Remove(int fid) implements Request {}

    record ExtendedAttributeWalk(int fid, int newFid, WireName name) implements Request {}

    record Lock(int fid, byte type, int flags, long start, long length, int process, WireName client)
            implements Request {}

    record GetLock(int fid, byte type, long start, long length, int process, WireName client) implements Request {}

    record Synchronise(int fid) implements Request {}

    /** Its data is never kept. */
    record Write(int fid, long offset, int count) implements Request {}

    /** Anything that would change the tree. */
    record Change(Kind kind, int fid) implements Request {
        /** Message numbers with their fields after the first fid: digits are bytes of a number, {@code s} is a string. */
        enum Kind {
            CREATE(14, "s444"),
            MAKE_SYMBOLIC_LINK(16, "ss4"),
            MAKE_NODE(18, "s4444"),
            RENAME(20, "4s"),
            SET_ATTRIBUTES(26, "4444888888"),
            CREATE_EXTENDED_ATTRIBUTE(32, "s84"),
            LINK(70, "4s"),
            MAKE_DIRECTORY(72, "s44"),
            RENAME_AT(74, "s4s"),
            UNLINK_AT(76, "s4");

            final int type;
            final String fields;

            Kind(int type, String fields) {
                this.type = type;
                this.fields = fields;
            }
        }
    }

    /** A message of a type this server does not know; its length was known, so the stream stays in step. */
    record Unknown(int type) implements Request {}
}
