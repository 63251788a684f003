// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** One thread's native memory for small requests and replies; it stays small, as each waiting guest has a thread. */
final class ReplyBuffer implements AutoCloseable {
    private static final ScopedValue<ReplyBuffer> CURRENT = ScopedValue.newInstance();

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment segment = arena.allocate(ReplyEncoder.SMALL_REPLY_BYTES, 8);
    private final ByteBuffer small = view(segment);

    /** Runs {@code task} with a buffer of its own. */
    static void provide(Runnable task) {
        try (var buffer = new ReplyBuffer()) {
            ScopedValue.where(CURRENT, buffer).run(task);
        }
    }

    /** The buffer of the calling thread. */
    static ReplyBuffer current() {
        return CURRENT.get();
    }

    /** For any reply but long contents of files and directories. */
    ByteBuffer small() {
        return small;
    }

    /** The same memory. */
    MemorySegment segment() {
        return segment;
    }

    static ByteBuffer view(MemorySegment segment) {
        return segment.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void close() {
        arena.close();
    }
}
