// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.files.ninep.Replies.Pending;
import org.spectrum_os.portal.transport.Connection;

/** Carries one request after the other out, and has it answered. File content goes between socket and file through one buffer. */
final class Performance {
    /** Why a connection is cut that holds up the end of a lease. */
    static final String TOOK_NO_REPLY = "it took no reply while a lease was being ended";

    private final Operations operations;
    private final Replies replies;
    private final Allowance allowance;
    private final NativeBuffers buffers;
    private final Consumer<Lease> opened;
    private final Consumer<String> cut;

    Performance(
            Operations operations,
            Replies replies,
            Allowance allowance,
            NativeBuffers buffers,
            Consumer<Lease> opened,
            Consumer<String> cut) {
        this.operations = operations;
        this.replies = replies;
        this.allowance = allowance;
        this.buffers = buffers;
        this.opened = opened;
        this.cut = cut;
    }

    /** Large memory that the instance was charged for, until it is closed. */
    final class Charged implements AutoCloseable {
        private final NativeBuffers.Buffer buffer = buffers.take();

        MemorySegment message() {
            return buffer.message();
        }

        MemorySegment scratch() {
            return buffer.scratch();
        }

        @Override
        public void close() {
            buffers.giveBack(buffer);
            allowance.bytes().release(NativeBuffers.BYTES);
        }
    }

    /** Waits while the instance has as many bytes on their way as it may have. */
    private Charged charge(Connection connection) throws IOException {
        try {
            while (!allowance.bytes().tryAcquire(NativeBuffers.BYTES, 1, TimeUnit.SECONDS)) {
                if (connection.isClosed()) {
                    throw new ClosedChannelException();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClosedChannelException();
        }
        return new Charged();
    }

    /**
     * Takes a write's data off the socket.
     *
     * @param isForNow whether the calling thread goes on to carry it out: then its own memory does for a little
     */
    void receive(Pending pending, Request.Write write, MessageInput input, boolean isForNow) throws IOException {
        if (isForNow && write.count() <= ReplyEncoder.SMALL_REPLY_BYTES) {
            MemorySegment data = ReplyBuffer.current().segment().asSlice(0, write.count());
            input.data(data);
            pending.data(data, null);
            return;
        }
        Charged memory = charge(replies.connection());
        boolean received = false;
        try {
            MemorySegment data = memory.message().asSlice(0, write.count());
            input.data(data);
            pending.data(data, memory);
            received = true;
        } finally {
            if (!received) {
                memory.close();
            }
        }
    }

    void carryOut(Pending pending) {
        try {
            if (!replies.isFlushed(pending)) {
                @Nullable Lease lease;
                try (var operation = new Operation(() -> cut.accept(TOOK_NO_REPLY))) {
                    perform(pending, operation);
                    lease = operation.opened();
                }
                if (lease != null && lease.firstOpen()) {
                    opened.accept(lease);
                }
            }
        } catch (ClosedChannelException e) {
            cut.accept("closed");
        } catch (IOException e) {
            cut.accept("writing failed: " + e.getMessage());
        } catch (RuntimeException | OutOfMemoryError e) {
            cut.accept("internal error: " + e);
        } finally {
            pending.releaseData();
        }
    }

    private void perform(Pending pending, Operation operation) throws IOException {
        int most = pending.epoch.msize() - ReplyEncoder.READ_HEADER_BYTES;
        switch (pending.request) {
            case Request.Read read ->
                withRoom(bounded(read.count(), most), (whole, scratch) -> answerRead(pending, read, whole, operation));
            case Request.ReadDirectory list -> {
                int room = bounded(list.count(), most);
                try (Charged memory = charge(replies.connection())) {
                    MemorySegment whole = memory.message().asSlice(0, ReplyEncoder.READ_HEADER_BYTES + room);
                    answerList(pending, list, whole, memory.scratch(), operation);
                }
            }
            default -> answerSmall(pending, operation);
        }
    }

    private static int bounded(int count, int most) {
        return (int) Math.min(Integer.toUnsignedLong(count), most);
    }

    @FunctionalInterface
    private interface Answer {
        void run(MemorySegment whole, @Nullable MemorySegment scratch) throws IOException;
    }

    /** In the thread's own small memory if that will do. */
    private void withRoom(int room, Answer answer) throws IOException {
        int bytes = ReplyEncoder.READ_HEADER_BYTES + room;
        if (bytes <= ReplyEncoder.SMALL_REPLY_BYTES) {
            answer.run(ReplyBuffer.current().segment().asSlice(0, bytes), null);
            return;
        }
        try (Charged memory = charge(replies.connection())) {
            answer.run(memory.message().asSlice(0, bytes), memory.scratch());
        }
    }

    private void answerRead(Pending pending, Request.Read read, MemorySegment whole, Operation operation)
            throws IOException {
        ByteBuffer out = ReplyBuffer.view(whole);
        try {
            // Straight from the file to where the socket takes it from.
            MemorySegment data = whole.asSlice(ReplyEncoder.READ_HEADER_BYTES);
            int count = call(() -> operations.read(read, pending.epoch.fids(), data, operation));
            ReplyEncoder.encodeRead(count, pending.tag, out);
        } catch (Refusal e) {
            out = Replies.refused(e, pending);
        }
        replies.answer(pending, operation, out);
    }

    private void answerList(
            Pending pending,
            Request.ReadDirectory list,
            MemorySegment whole,
            MemorySegment scratch,
            Operation operation)
            throws IOException {
        ByteBuffer out = ReplyBuffer.view(whole);
        try {
            var entries = new EntryWriter(out.position(ReplyEncoder.READ_HEADER_BYTES));
            call(() -> {
                operations.readDirectory(list, pending.epoch.fids(), entries, scratch, operation);
                return 0;
            });
            ReplyEncoder.encodeDirectory(entries.bytes(), pending.tag, out);
        } catch (Refusal e) {
            out = Replies.refused(e, pending);
        }
        replies.answer(pending, operation, out);
    }

    private void answerSmall(Pending pending, Operation operation) throws IOException {
        ByteBuffer out;
        try {
            Reply reply = call(() -> pending.request instanceof Request.Write write
                    ? operations.write(write, pending.epoch.fids(), pending.data(), operation)
                    : operations.handle(pending.request, pending.epoch.fids(), operation));
            out = ReplyBuffer.current().small();
            ReplyEncoder.encode(reply, pending.tag, out);
        } catch (Refusal e) {
            out = Replies.refused(e, pending);
        }
        replies.answer(pending, operation, out);
    }

    @FunctionalInterface
    private interface Work<R> {
        R run() throws Refusal, IOException;
    }

    /** A failure of the file system is an answer; one of the connection is not. */
    private static <R> R call(Work<R> work) throws Refusal {
        try {
            return work.run();
        } catch (IOException e) {
            throw Refusal.of(e);
        }
    }
}
