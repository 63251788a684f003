// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** One thread's native memory for the reply it is making; the large part exists only once a read was asked for. */
final class ReplyBuffer implements AutoCloseable {
    private static final ScopedValue<ReplyBuffer> CURRENT = ScopedValue.newInstance();

    private final Arena arena = Arena.ofConfined();
    private final ByteBuffer small = view(arena.allocate(ReplyEncoder.SMALL_REPLY_BYTES));
    private @Nullable Arena largeArena;
    private MemorySegment large = MemorySegment.NULL;

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

    /** For any reply but the contents of files and directories. */
    ByteBuffer small() {
        return small;
    }

    /** At least {@code bytes}; what it held before may be lost. */
    MemorySegment large(int bytes) {
        if (large.byteSize() < bytes) {
            closeLarge();
            Arena fresh = Arena.ofConfined();
            largeArena = fresh;
            large = fresh.allocate(bytes, 64);
        }
        return large.asSlice(0, bytes);
    }

    static ByteBuffer view(MemorySegment segment) {
        return segment.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    private void closeLarge() {
        Arena old = largeArena;
        if (old != null) {
            old.close();
        }
    }

    @Override
    public void close() {
        closeLarge();
        arena.close();
    }
}
