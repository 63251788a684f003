// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.files.ninep.Replies.Epoch;
import org.spectrum_os.portal.files.ninep.Replies.Pending;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.transport.Connection;

/**
 * One guest's connection. {@link #run} reads requests on the caller's thread; those that may have to wait for a disk are carried out
 * by up to {@link #WORKERS} threads, which exist only while there is something to do, so that a flush is understood even while the
 * files' disk does not answer. A guest that sends more than {@link #MOST_OUTSTANDING} requests, or does not take its replies, is
 * simply not read from.
 */
final class Session {
    /** As much data as Linux reads ahead at once, and its header; more is cut down to this. */
    static final int MOST_MSIZE = Limits.MSIZE_MOST;
    /** Linux asks for no less. */
    static final int LEAST_MSIZE = Limits.MSIZE_LEAST;

    static final int MOST_OUTSTANDING = 64;
    static final int WORKERS = 4;

    private static final int IDLE_SECONDS = 10;
    private static final String VERSION = "9P2000.L";
    private static final WireName WIRE_VERSION = WireName.of(VERSION);

    private final Connection connection;
    private final Operations operations;
    private final Consumer<Lease> opened;
    private final Semaphore permits = new Semaphore(MOST_OUTSTANDING);
    private final ThreadPoolExecutor workers;
    private final Replies replies;
    private final AtomicReference<@Nullable String> ending = new AtomicReference<>();
    /** Only the reading thread changes it. */
    private Epoch epoch = new Epoch(MessageInput.MOST_BYTES, new Fids());

    private boolean versioned;

    /**
     * Takes over the connection.
     *
     * @param name   for the threads
     * @param opened told of each file opened, after the reply
     */
    Session(Connection connection, InstanceLeases leases, String name, Consumer<Lease> opened) {
        this.connection = connection;
        this.replies = new Replies(connection);
        this.operations = new Operations(leases);
        this.opened = opened;
        this.workers = new ThreadPoolExecutor(
                WORKERS,
                WORKERS,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                task -> Thread.ofPlatform().name(name + " worker").daemon().unstarted(() -> ReplyBuffer.provide(task)));
        workers.allowCoreThreadTimeOut(true);
    }

    /** Ends the session from any thread; the first reason given is the one that counts. */
    void cut(String reason) {
        ending.compareAndSet(null, reason);
        connection.close();
    }

    /**
     * Serves until the connection ends.
     *
     * @return why it ended, safe to log
     */
    String run() {
        try {
            ReplyBuffer.provide(this::serve);
        } finally {
            connection.close();
            workers.shutdown();
            workers.getQueue().clear();
            replies.flushAll();
        }
        String reason = ending.get();
        return reason == null ? "the guest closed it" : reason;
    }

    private void serve() {
        try (Arena arena = Arena.ofConfined()) {
            var input = new MessageInput(connection, arena);
            MessageInput.@Nullable Incoming message;
            while ((message = input.next(epoch.msize())) != null) {
                Request request = RequestDecoder.decode(message.type(), message.body());
                if (!versioned && !(request instanceof Request.Version)) {
                    throw new MalformedMessageException("a message before Tversion");
                }
                if (!accept(message.tag(), request)) {
                    return;
                }
            }
        } catch (MalformedMessageException e) {
            cut("it broke the protocol: " + e.getMessage());
        } catch (ClosedChannelException e) {
            // Whoever closed it has given the reason.
            cut("closed");
        } catch (IOException e) {
            cut("reading failed: " + e.getMessage());
        } catch (RuntimeException e) {
            cut("internal error: " + e);
        }
    }

    /** False if the session has ended meanwhile. */
    private boolean accept(int tag, Request request) throws IOException {
        if (!permit()) {
            return false;
        }
        boolean queued = false;
        try {
            Pending pending = replies.expect(tag, request, epoch);
            switch (request) {
                case Request.Version version -> version(pending, version);
                case Request.Flush flush -> replies.flush(pending, flush.oldTag());
                // These never ask a file, so they need not wait for those that do.
                case Request.Clunk r -> carryOut(pending);
                case Request.Remove r -> carryOut(pending);
                case Request.Attach r -> carryOut(pending);
                case Request.Write r -> carryOut(pending);
                case Request.Change r -> carryOut(pending);
                case Request.Unknown r -> carryOut(pending);
                default -> {
                    queued = true;
                    workers.execute(() -> {
                        try {
                            carryOut(pending);
                        } finally {
                            permits.release();
                        }
                    });
                }
            }
        } finally {
            if (!queued) {
                permits.release();
            }
        }
        return true;
    }

    private boolean permit() {
        try {
            while (!permits.tryAcquire(1, TimeUnit.SECONDS)) {
                if (connection.isClosed()) {
                    return false;
                }
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            cut("interrupted");
            return false;
        }
    }

    private void version(Pending pending, Request.Version request) throws IOException {
        Reply reply;
        int msize = request.msize();
        if (msize >= 0 && msize < LEAST_MSIZE) {
            reply = new Reply.Failed(Errno.EMSGSIZE.number);
        } else if (!request.version().equals(WIRE_VERSION)) {
            reply = new Reply.Version(Math.min(Integer.MAX_VALUE, msize & Integer.MAX_VALUE), "unknown");
        } else {
            int agreed = msize < 0 ? MOST_MSIZE : Math.min(msize, MOST_MSIZE);
            reply = new Reply.Version(agreed, VERSION);
            replies.flushAll();
            epoch = new Epoch(agreed, new Fids());
            versioned = true;
        }
        replies.send(pending, reply);
    }

    private void carryOut(Pending pending) {
        if (replies.isFlushed(pending)) {
            return;
        }
        try {
            @Nullable Lease lease;
            try (var operation = new Operation(() -> cut("it took no reply while a lease was being ended"))) {
                replies.answer(pending, operation, perform(pending, operation));
                lease = operation.opened();
            }
            if (lease != null && lease.firstOpen()) {
                opened.accept(lease);
            }
        } catch (ClosedChannelException e) {
            cut("closed");
        } catch (IOException e) {
            cut("writing failed: " + e.getMessage());
        } catch (RuntimeException | OutOfMemoryError e) {
            cut("internal error: " + e);
        }
    }

    /** Carries the request out as far as it can be without the guest noticing; returns the reply, ready to be written. */
    private ByteBuffer perform(Pending pending, Operation operation) {
        ReplyBuffer buffer = ReplyBuffer.current();
        int msize = pending.epoch.msize();
        int room = msize - ReplyEncoder.READ_HEADER_BYTES;
        try {
            return switch (pending.request) {
                case Request.Read read -> {
                    MemorySegment whole = buffer.large(msize);
                    // Straight from the file to where the socket takes it from.
                    MemorySegment data = whole.asSlice(ReplyEncoder.READ_HEADER_BYTES, room);
                    int count = operations.read(read, pending.epoch.fids(), data, operation);
                    ByteBuffer out = ReplyBuffer.view(whole);
                    ReplyEncoder.encodeRead(count, pending.tag, out);
                    yield out;
                }
                case Request.ReadDirectory list -> {
                    Reply reply = operations.handle(list, pending.epoch.fids(), room, operation);
                    ByteBuffer out = ReplyBuffer.view(buffer.large(msize));
                    ReplyEncoder.encode(reply, pending.tag, out);
                    yield out;
                }
                default -> {
                    Reply reply = operations.handle(pending.request, pending.epoch.fids(), room, operation);
                    ReplyEncoder.encode(reply, pending.tag, buffer.small());
                    yield buffer.small();
                }
            };
        } catch (Refusal e) {
            return Replies.refused(e, pending);
        }
    }
}
