// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.spectrum_os.portal.transport.FileState;

/** Replies to bytes. */
final class ReplyEncoder {
    /** What stands before the data of an Rread or Rreaddir: header and count[4]. */
    static final int READ_HEADER_BYTES = RequestDecoder.HEADER_BYTES + 4;
    /** Room for any reply except Rread and Rreaddir: the largest is Rgetlock with the client's own string. */
    static final int SMALL_REPLY_BYTES = 8192;

    private static final int RREAD = 117;
    private static final int RREADDIR = 41;
    private static final int BLOCK_BYTES = 4096;
    private static final int V9FS_MAGIC = 0x01021997;
    /** {@code P9_STATS_BASIC}: mode to blocks, without the birth time, generation and data version. */
    private static final long BASIC = 0x7ff;

    private ReplyEncoder() {}

    /** Writes the whole message at the start of {@code out} (little-endian) and flips it. */
    static void encode(Reply reply, int tag, ByteBuffer out) {
        out.clear();
        out.position(RequestDecoder.HEADER_BYTES);
        int type = switch (reply) {
            case Reply.Failed r -> {
                out.putInt(r.errno());
                yield 7;
            }
            case Reply.FileSystemStatus r -> {
                FileState.Space space = r.space();
                out.putInt(V9FS_MAGIC).putInt((int) space.blockBytes());
                out.putLong(space.blocks()).putLong(space.free()).putLong(space.available());
                out.putLong(space.files()).putLong(space.freeFiles()).putLong(r.id());
                out.putInt((int) space.nameBytes());
                yield 9;
            }
            case Reply.Opened r -> {
                qid(r.qid(), out);
                out.putInt(r.unit());
                yield 13;
            }
            case Reply.Created r -> {
                qid(r.qid(), out);
                out.putInt(r.unit());
                yield 15;
            }
            case Reply.SymbolicLinkMade r -> {
                qid(r.qid(), out);
                yield 17;
            }
            case Reply.LinkTarget r -> {
                string(r.target().bytes(), out);
                yield 23;
            }
            case Reply.Attributes r -> {
                attributes(r, out);
                yield 25;
            }
            case Reply.Locked r -> {
                // P9_LOCK_SUCCESS or P9_LOCK_BLOCKED.
                out.put((byte) (r.granted() ? 0 : 1));
                yield 53;
            }
            case Reply.LockFound r -> {
                out.put(r.type()).putLong(r.start()).putLong(r.length()).putInt(r.process());
                string(r.client().bytes(), out);
                yield 55;
            }
            case Reply.DirectoryMade r -> {
                qid(r.qid(), out);
                yield 73;
            }
            case Reply.Done r -> r.type;
            case Reply.Version r -> {
                out.putInt(r.msize());
                string(r.version().getBytes(StandardCharsets.US_ASCII), out);
                yield 101;
            }
            case Reply.Attached r -> {
                qid(r.root(), out);
                yield 105;
            }
            case Reply.Walked r -> {
                out.putShort((short) r.qids().size());
                r.qids().forEach(qid -> qid(qid, out));
                yield 111;
            }
            case Reply.Written r -> {
                out.putInt(r.count());
                yield 119;
            }
        };
        header(type, tag, out);
    }

    /** Makes an Rread of a buffer that already holds {@code count} bytes of data after {@link #READ_HEADER_BYTES}; flips it. */
    static void encodeRead(int count, int tag, ByteBuffer out) {
        data(RREAD, count, tag, out);
    }

    /** As {@link #encodeRead}, of entries. */
    static void encodeDirectory(int count, int tag, ByteBuffer out) {
        data(RREADDIR, count, tag, out);
    }

    private static void data(int type, int count, int tag, ByteBuffer out) {
        out.clear();
        out.putInt(RequestDecoder.HEADER_BYTES, count);
        out.position(READ_HEADER_BYTES + count);
        header(type, tag, out);
    }

    private static void header(int type, int tag, ByteBuffer out) {
        out.flip();
        out.putInt(0, out.limit()).put(4, (byte) type).putShort(5, (short) tag);
    }

    private static void attributes(Reply.Attributes r, ByteBuffer out) {
        out.putLong(BASIC);
        qid(r.qid(), out);
        out.putInt(r.mode())
                .putInt(r.user())
                .putInt(r.group())
                .putLong(r.links())
                .putLong(0);
        out.putLong(r.size()).putLong(BLOCK_BYTES).putLong(r.blocks());
        time(r.accessed(), out);
        time(r.modified(), out);
        time(r.changed(), out);
        time(Instant.EPOCH, out);
        out.putLong(0).putLong(0);
    }

    static void qid(Qid qid, ByteBuffer out) {
        out.put(qid.type()).putInt(qid.version()).putLong(qid.path());
    }

    private static void time(Instant time, ByteBuffer out) {
        out.putLong(time.getEpochSecond()).putLong(time.getNano());
    }

    private static void string(byte[] bytes, ByteBuffer out) {
        out.putShort((short) bytes.length).put(bytes);
    }
}
