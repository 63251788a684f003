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

    /** Makes a file in the directory {@code fid}, which then stands for the open file. */
    record Create(int fid, WireName name, int flags, int mode, int group) implements Request {}

    record Read(int fid, long offset, int count) implements Request {}

    /** Its data is not here but where it was received. */
    record Write(int fid, long offset, int count) implements Request {}

    record ReadDirectory(int fid, long offset, int count) implements Request {}

    record ReadLink(int fid) implements Request {}

    record GetAttributes(int fid, long mask) implements Request {}

    /**
     * Changes what {@code valid} names.
     *
     * @param accessed seconds and nanoseconds
     */
    record SetAttributes(
            int fid, int valid, int mode, int user, int group, long size, WireTime accessed, WireTime modified)
            implements Request {}

    record WireTime(long seconds, long nanoseconds) {}

    record FileSystemStatus(int fid) implements Request {}

    record Clunk(int fid) implements Request {}

    /** Ends the fid too, whatever becomes of the removal. */
    record Remove(int fid) implements Request {}

    record ExtendedAttributeWalk(int fid, int newFid, WireName name) implements Request {}

    record CreateExtendedAttribute(int fid) implements Request {}

    record Lock(int fid, byte type, int flags, long start, long length, int process, WireName client)
            implements Request {}

    record GetLock(int fid, byte type, long start, long length, int process, WireName client) implements Request {}

    record Synchronise(int fid, boolean dataOnly) implements Request {}

    record MakeDirectory(int fid, WireName name, int mode, int group) implements Request {}

    record MakeSymbolicLink(int fid, WireName name, WireName target, int group) implements Request {}

    record MakeNode(int fid) implements Request {}

    record Link(int directory, int fid, WireName name) implements Request {}

    record Rename(int fid, int directory, WireName name) implements Request {}

    record RenameAt(int from, WireName name, int to, WireName newName) implements Request {}

    record UnlinkAt(int directory, WireName name, int flags) implements Request {}

    /** A message of a type this server does not know; its length was known, so the stream stays in step. */
    record Unknown(int type) implements Request {}
}
