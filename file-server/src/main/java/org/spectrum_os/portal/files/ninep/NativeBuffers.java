// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.spectrum_os.portal.protocol.Limits;

/**
 * Large native memory for what is on its way between files and sockets, lent for one request at a time. A few are kept, so that a
 * stream of large requests costs no fresh memory; the rest is given back to the system. Thread-safe.
 */
final class NativeBuffers {
    /** A message of any size, and behind it room to work in. */
    static final int SCRATCH_BYTES = 64 * 1024;

    private static final int MESSAGE_BYTES = (Limits.MSIZE_MOST + 4095) & ~4095;
    /** What one costs. */
    static final int BYTES = MESSAGE_BYTES + SCRATCH_BYTES;

    private static final int KEPT = 16;

    /** One piece. */
    record Buffer(Arena arena, MemorySegment whole) {
        MemorySegment message() {
            return whole.asSlice(0, MESSAGE_BYTES);
        }

        MemorySegment scratch() {
            return whole.asSlice(MESSAGE_BYTES, SCRATCH_BYTES);
        }
    }

    private final ConcurrentLinkedDeque<Buffer> idle = new ConcurrentLinkedDeque<>();
    private final AtomicInteger idleCount = new AtomicInteger();

    /** The one used last comes first: it is still in the processor's caches. */
    Buffer take() {
        Buffer buffer = idle.pollFirst();
        if (buffer != null) {
            idleCount.decrementAndGet();
            return buffer;
        }
        Arena arena = Arena.ofShared();
        return new Buffer(arena, arena.allocate(BYTES, 4096));
    }

    void giveBack(Buffer buffer) {
        if (idleCount.incrementAndGet() <= KEPT) {
            idle.addFirst(buffer);
        } else {
            idleCount.decrementAndGet();
            buffer.arena().close();
        }
    }
}
