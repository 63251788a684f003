// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import java.io.FileDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.newsclub.net.unix.AFUNIXSocketChannel;

/**
 * What is to be written, in order, and the right to write it: one thread at a time has that, writes what waits, as much of it at once as
 * fits a buffer, and passes it on. Thread-safe.
 */
final class SendQueue {
    /** A bus that does not take this many messages is as good as gone. Twice the calls that may wait for an answer. */
    private static final int MAX_QUEUED = 131_072;

    /** Whoever sends raw messages waits while this much is queued. */
    private static final long MAX_QUEUED_BYTES = 16L << 20;

    private static final int BUFFER = 64 << 10;

    /** What the reading thread holds back at most, to write it at once. */
    private static final int MAX_HELD_BYTES = 32 << 10;

    private static final int MAX_HELD = 64;

    /** So often a thread that only came to send something writes for others too. */
    private static final int MAX_ROUNDS = 4;

    /** Who writes. */
    enum Urgency {
        /** The writing thread. */
        QUEUED,
        /** The caller, unless somebody is writing already. */
        DIRECT,
        /** The caller, but not before {@link #flush} or until enough has come together. */
        HELD
    }

    /** Something to write. */
    static final class Item {
        private static final FileDescriptor[] NO_DESCRIPTORS = {};

        private final byte[] bytes;
        private final FileDescriptor[] descriptors;
        private final @Nullable CompletableFuture<@Nullable Void> written;

        /** @param written completes once the kernel has it, or fails */
        Item(byte[] bytes, FileDescriptor[] descriptors, @Nullable CompletableFuture<@Nullable Void> written) {
            this.bytes = bytes;
            this.descriptors = descriptors;
            this.written = written;
        }

        Item(byte[] bytes) {
            this(bytes, NO_DESCRIPTORS, null);
        }
    }

    private final AFUNIXSocketChannel channel;
    private final Consumer<IOException> failed;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Condition room = lock.newCondition();
    private final Queue<Item> queue = new ArrayDeque<>();
    private long queuedBytes;
    private boolean writing;
    private boolean ended;

    // Both belong to the thread that has set writing.
    private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER);
    private final List<Item> batch = new ArrayList<>();

    /** @param failed told when nothing more can be written, on whichever thread finds out */
    SendQueue(AFUNIXSocketChannel channel, Consumer<IOException> failed) {
        this.channel = channel;
        this.failed = failed;
    }

    /**
     * Sends an item, or fails it when the connection has ended.
     *
     * @param patient whether to wait while too much is queued
     * @return false when the connection has ended
     */
    boolean add(Item item, Urgency urgency, boolean patient) {
        boolean mine;
        boolean accepted;
        boolean overflow;
        lock.lock();
        try {
            while (patient && !ended && queuedBytes > MAX_QUEUED_BYTES && (writing || urgency == Urgency.QUEUED)) {
                work.signal();
                room.awaitUninterruptibly();
            }
            accepted = !ended;
            if (accepted) {
                queue.add(item);
                queuedBytes += item.bytes.length;
            }
            overflow = queue.size() > MAX_QUEUED;
            mine = accepted && !overflow && takesOver(urgency);
        } finally {
            lock.unlock();
        }
        if (!accepted) {
            fail(item);
        }
        if (overflow) {
            failed.accept(new IOException("the bus has not taken " + MAX_QUEUED + " messages"));
        }
        if (mine) {
            write(MAX_ROUNDS);
        }
        return accepted;
    }

    /** Under the lock, after something has been queued. */
    private boolean takesOver(Urgency urgency) {
        if (writing) {
            return false;
        }
        if (urgency == Urgency.QUEUED) {
            work.signal();
            return false;
        }
        writing = urgency == Urgency.DIRECT || queue.size() >= MAX_HELD || queuedBytes >= MAX_HELD_BYTES;
        return writing;
    }

    /** Writes what the calling thread has held back. */
    void flush() {
        lock.lock();
        try {
            if (writing || ended || queue.isEmpty()) {
                return;
            }
            writing = true;
        } finally {
            lock.unlock();
        }
        write(MAX_ROUNDS);
    }

    /** The life of the writing thread. */
    void run() {
        while (true) {
            lock.lock();
            try {
                while (!ended && (writing || queue.isEmpty())) {
                    work.awaitUninterruptibly();
                }
                if (ended) {
                    return;
                }
                writing = true;
            } finally {
                lock.unlock();
            }
            write(Integer.MAX_VALUE);
        }
    }

    /** Fails what has not been written, and all that is still to come. */
    void end() {
        List<Item> left;
        lock.lock();
        try {
            ended = true;
            left = List.copyOf(queue);
            queue.clear();
            queuedBytes = 0;
            work.signalAll();
            room.signalAll();
        } finally {
            lock.unlock();
        }
        left.forEach(SendQueue::fail);
    }

    private static void fail(Item item) {
        if (item.written != null) {
            item.written.completeExceptionally(new IOException("the connection to the bus has ended"));
        }
    }

    /** By the thread that has set {@link #writing}; passes that on in the end. */
    private void write(int rounds) {
        try {
            for (int round = 0; nextBatch(round < rounds); round++) {
                writeBatch();
                for (Item item : batch) {
                    if (item.written != null) {
                        item.written.complete(null);
                    }
                }
            }
        } catch (IOException | RuntimeException | Error e) {
            // Nobody else gets the right to write: what the bus has got may be half a message.
            batch.forEach(SendQueue::fail);
            failed.accept(new IOException("writing to the bus failed: " + e, e));
        }
    }

    private boolean nextBatch(boolean mayGoOn) {
        lock.lock();
        try {
            batch.clear();
            room.signalAll();
            if (ended || queue.isEmpty() || !mayGoOn) {
                writing = false;
                if (!queue.isEmpty()) {
                    work.signal();
                }
                return false;
            }
            int size = 0;
            for (Item next = queue.peek(); next != null; next = queue.peek()) {
                // Descriptors go with the first byte of what is written, so that byte has to be their message's.
                boolean fits = size + next.bytes.length <= BUFFER && next.descriptors.length == 0;
                if (!fits && !batch.isEmpty()) {
                    break;
                }
                batch.add(queue.remove());
                size += next.bytes.length;
                if (!fits) {
                    break;
                }
            }
            queuedBytes -= size;
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void writeBatch() throws IOException {
        FileDescriptor[] descriptors = batch.getFirst().descriptors;
        if (descriptors.length > 0) {
            channel.setOutboundFileDescriptors(descriptors);
        }
        out.clear();
        for (Item item : batch) {
            for (int done = 0; done < item.bytes.length; ) {
                if (!out.hasRemaining()) {
                    writeBuffer();
                }
                int some = Math.min(out.remaining(), item.bytes.length - done);
                out.put(item.bytes, done, some);
                done += some;
            }
        }
        writeBuffer();
    }

    private void writeBuffer() throws IOException {
        out.flip();
        while (out.hasRemaining()) {
            channel.write(out);
        }
        out.clear();
    }
}
