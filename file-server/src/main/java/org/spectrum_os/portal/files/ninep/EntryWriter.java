// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.nio.ByteBuffer;

/** The entries of a directory on their way into a reply, as many as fit. */
final class EntryWriter {
    private final ByteBuffer out;
    private final int start;
    private boolean isFull;

    /** Writes from {@code out}'s position to its limit. */
    EntryWriter(ByteBuffer out) {
        this.out = out;
        this.start = out.position();
    }

    /**
     * Adds an entry.
     *
     * @param next the offset that goes on after it
     * @param type as in {@code d_type}
     * @return false if it does not fit, nor anything after it
     */
    boolean add(Qid qid, long next, byte type, byte[] name) {
        isFull |= out.remaining() < Qid.BYTES + 8 + 1 + 2 + name.length;
        if (!isFull) {
            ReplyEncoder.qid(qid, out);
            out.putLong(next).put(type).putShort((short) name.length).put(name);
        }
        return !isFull;
    }

    boolean isFull() {
        return isFull;
    }

    int bytes() {
        return out.position() - start;
    }

    int room() {
        return out.remaining();
    }
}
