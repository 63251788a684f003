// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Reads a fuzzer's bytes as what a guest and the host do in one session: any bytes mean something, and a small change of them is a small
 * change of what happens. When they are used up, everything is 0.
 */
final class FuzzScript {
    /** One thing that happens. */
    sealed interface Act {
        /** A message in a right frame, whatever is in it. */
        record Send(int type, int tag, ByteBuffer message) implements Act {}

        /** Bytes out of any frame; the stream makes no sense afterwards. */
        record Spill(ByteBuffer bytes) implements Act {}

        /** The host does something, after all before has been answered. */
        record Host(int what) implements Act {}
    }

    /** Acts of the host that there are. */
    static final int HOST_ACTS = 8;

    private static final List<byte[]> NAMES = List.of(
            bytes("a1"),
            bytes("one"),
            bytes("w1"),
            bytes("tree"),
            bytes("s1"),
            bytes("doc.txt"),
            bytes("r1"),
            bytes("still"),
            bytes("sub"),
            bytes("deep"),
            bytes("f0"),
            bytes("good"),
            bytes("n0"),
            bytes("n1"),
            bytes("n2"),
            bytes("climbs"),
            bytes("absolute"),
            bytes("fifo"),
            bytes("canary"),
            bytes("sibling"),
            bytes("."),
            bytes(".."),
            bytes(""),
            bytes("/"),
            bytes("sub/deep"),
            bytes("../canary"),
            bytes("a\0b"),
            bytes("n".repeat(255)),
            bytes("n".repeat(256)),
            new byte[] {-1, -2},
            bytes("9P2000.L"),
            bytes("/etc/passwd"));

    private static final long[] NUMBERS = {
        0, 1, 2, 5, 11, 100, 511, 4096, 8192, 65535, 1 << 20, 1L << 31, -1, Long.MAX_VALUE, Long.MIN_VALUE, 0xffff_ffffL
    };

    private static final int[] TYPES = {
        8, 12, 14, 16, 18, 20, 22, 24, 26, 30, 32, 40, 50, 52, 54, 70, 72, 74, 76, 100, 102, 104, 108, 110, 116, 118,
        120, 122
    };

    private final byte[] input;
    private int at;
    private int nextTag = 0x100;

    FuzzScript(byte[] input) {
        this.input = input;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    boolean isOver() {
        return at >= input.length;
    }

    private int next() {
        return at < input.length ? Byte.toUnsignedInt(input[at++]) : 0;
    }

    private byte[] raw(int count) {
        byte[] raw = Arrays.copyOfRange(input, Math.min(at, input.length), Math.min(at + count, input.length));
        at += count;
        return raw;
    }

    Act act() {
        int kind = next();
        return switch (kind >> 4) {
            case 15 ->
                switch (kind & 15) {
                    case 0 -> new Act.Spill(ByteBuffer.wrap(raw(next())));
                    case 1 -> {
                        int type = next();
                        yield framed(type, nextTag++, raw(next()));
                    }
                    // A tag that may be in use.
                    case 2 -> message(TYPES[next() % TYPES.length], 0x100 + next() % 8);
                    default -> new Act.Host(kind % HOST_ACTS);
                };
            default -> message(TYPES[kind % TYPES.length], nextTag++);
        };
    }

    private static Act framed(int type, int tag, byte[] body) {
        return new Act.Send(type, tag, NinepClient.message(type, tag, (Object) body));
    }

    private Act message(int type, int tag) {
        Object[] fields = switch (type) {
            case 8, 22, 120, 122 -> list(fid());
            case 12 -> list(fid(), flags());
            case 14 -> list(fid(), name(), flags(), mode(), fid());
            case 16 -> list(fid(), name(), name(), fid());
            case 18 -> list(fid(), name(), mode(), fid(), fid(), fid());
            case 20 -> list(fid(), fid(), name());
            case 24 -> list(fid(), number());
            case 26 -> list(fid(), valid(), mode(), fid(), fid(), number(), number(), number(), number(), number());
            case 30 -> list(fid(), fid(), name());
            case 32 -> list(fid(), name(), number(), flags());
            case 40, 116 -> list(fid(), number(), (int) number());
            case 50 -> list(fid(), flags());
            case 52 -> list(fid(), (byte) next(), flags(), number(), number(), fid(), name());
            case 54 -> list(fid(), (byte) next(), number(), number(), fid(), name());
            case 70 -> list(fid(), fid(), name());
            case 72 -> list(fid(), name(), mode(), fid());
            case 74 -> list(fid(), name(), fid(), name());
            case 76 -> list(fid(), name(), flags());
            case 100 -> list((int) number(), name());
            case 102 -> list(fid(), name(), name(), fid());
            case 104 -> list(fid(), fid(), name(), name(), fid());
            case 108 -> list((short) (nextTag - 1 - next()));
            case 110 -> {
                int from = fid();
                int to = fid();
                int count = next() % 20;
                Object[] all = new Object[3 + count];
                all[0] = from;
                all[1] = to;
                all[2] = (short) count;
                for (int i = 0; i < count; i++) {
                    all[3 + i] = name();
                }
                yield all;
            }
            case 118 -> {
                int fid = fid();
                long offset = number();
                // Small data mostly, now and then more than the thread's own memory holds.
                int size = next();
                byte[] data = new byte[size < 0xf0 ? size : size * 100];
                Arrays.fill(data, (byte) size);
                yield list(fid, offset, data.length, data);
            }
            default -> throw new IllegalStateException("no message of type " + type);
        };
        int sent = type == 100 && tag % 3 != 0 ? 0xffff : tag;
        return new Act.Send(type, sent, NinepClient.message(type, sent, fields));
    }

    private static Object[] list(Object... fields) {
        return fields;
    }

    private int fid() {
        int fid = next();
        return fid == 0xff ? NinepClient.NO_FID : fid % 12;
    }

    private int flags() {
        int flags = next();
        // Access, and the guest's O_CREAT, O_EXCL, O_TRUNC, O_APPEND, O_DIRECTORY; or what comes.
        return (flags & 3)
                | (flags & 4) << 4
                | (flags & 8) << 4
                | (flags & 16) << 5
                | (flags & 32) << 5
                | (flags & 64) << 10
                | (flags >= 0xf0 ? next() << 16 : 0);
    }

    private int mode() {
        int mode = next();
        return mode < 0x80 ? 0644 : mode << 4 | next();
    }

    private int valid() {
        return next() | next() << 8;
    }

    private long number() {
        int number = next();
        return number < NUMBERS.length ? NUMBERS[number] : number < 0xf0 ? number : (long) next() << 8 | next();
    }

    private byte[] name() {
        int name = next();
        byte[] bytes = name < 0xf0 ? NAMES.get(name % NAMES.size()) : raw(name & 15);
        return ByteBuffer.allocate(2 + bytes.length)
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .putShort((short) bytes.length)
                .put(bytes)
                .array();
    }
}
