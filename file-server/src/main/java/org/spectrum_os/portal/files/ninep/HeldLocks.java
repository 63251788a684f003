// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.spectrum_os.portal.transport.FileLocks;

/**
 * The ranges that one process has locked through one open file, as the kernel has them: each costs it memory, and it sets no bound. Not thread-safe.
 */
final class HeldLocks {
    private record Piece(FileLocks.Kind kind, long last) {}

    /** By first byte; none overlaps another. */
    private final TreeMap<Long, Piece> pieces = new TreeMap<>();

    record Span(long first, long last) {}

    int count() {
        return pieces.size();
    }

    /** How many pieces there may be more, at most, after a range is locked or unlocked. */
    int mostAdded(FileLocks.Range range) {
        Map.Entry<Long, Piece> around = pieces.floorEntry(range.start());
        boolean splits = around != null
                && around.getKey() < range.start()
                && around.getValue().last() > last(range);
        if (splits) {
            return around.getValue().kind() == range.kind() ? 0 : range.kind() == FileLocks.Kind.NONE ? 1 : 2;
        }
        return range.kind() == FileLocks.Kind.NONE ? 0 : 1;
    }

    /** The kernel has locked or unlocked a range. */
    void changed(FileLocks.Range range) {
        long first = range.start();
        long last = last(range);
        Map.Entry<Long, Piece> before = pieces.lowerEntry(first);
        if (before != null && before.getValue().last() >= first) {
            Piece cut = before.getValue();
            pieces.put(before.getKey(), new Piece(cut.kind(), first - 1));
            keepBehind(cut, last);
        }
        Map.Entry<Long, Piece> next = pieces.ceilingEntry(first);
        while (next != null && next.getKey() <= last) {
            pieces.remove(next.getKey());
            keepBehind(next.getValue(), last);
            next = next.getValue().last() > last ? null : pieces.ceilingEntry(first);
        }
        if (range.kind() != FileLocks.Kind.NONE) {
            put(range.kind(), first, last);
        }
    }

    private void keepBehind(Piece piece, long last) {
        if (piece.last() > last) {
            pieces.put(last + 1, piece);
        }
    }

    /** Neighbours of one kind are one. */
    private void put(FileLocks.Kind kind, long first, long last) {
        long from = first;
        long to = last;
        Map.Entry<Long, Piece> before = pieces.lowerEntry(first);
        if (before != null
                && before.getValue().kind() == kind
                && before.getValue().last() + 1 == first) {
            from = before.getKey();
        }
        Piece behind = last == Long.MAX_VALUE ? null : pieces.get(last + 1);
        if (behind != null && behind.kind() == kind) {
            pieces.remove(last + 1);
            to = behind.last();
        }
        pieces.put(from, new Piece(kind, to));
    }

    /** Adds what is locked in a range. */
    void addWithin(FileLocks.Range range, List<Span> to) {
        long last = last(range);
        Long from = pieces.floorKey(range.start());
        pieces.subMap(from == null ? range.start() : from, true, last, true).forEach((first, piece) -> {
            if (piece.last() >= range.start()) {
                to.add(new Span(Math.max(first, range.start()), Math.min(piece.last(), last)));
            }
        });
    }

    static long last(FileLocks.Range range) {
        return range.length() == 0 ? Long.MAX_VALUE : range.start() + range.length() - 1;
    }
}
