// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.files.ninep.Replies.Epoch;
import org.spectrum_os.portal.files.ninep.Replies.Pending;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.transport.Connection;

/**
 * One guest's connection, served by the threads of a {@link Crew}. A guest that sends more than {@link #MOST_OUTSTANDING} requests,
 * or does not take its replies, is simply not read from.
 */
final class Session {
    /** As much data as Linux reads ahead at once, and its header; more is cut down to this. */
    static final int MOST_MSIZE = Limits.MSIZE_MOST;
    /** Linux asks for no less. */
    static final int LEAST_MSIZE = Limits.MSIZE_LEAST;

    static final int MOST_OUTSTANDING = 64;

    /** Bytes from which on a read or write takes longer than it takes to wake another thread. */
    private static final int LARGE = 128 * 1024;

    private static final String VERSION = "9P2000.L";
    private static final WireName WIRE_VERSION = WireName.of(VERSION);

    private final Connection connection;
    private final Allowance allowance;
    private final Performance performance;
    private final Semaphore permits = new Semaphore(MOST_OUTSTANDING);
    private final Crew crew;
    private final Replies replies;
    private final Consumer<String> ended;
    private final AtomicReference<@Nullable String> ending = new AtomicReference<>();
    private final Arena arena = Arena.ofShared();
    private final MessageInput input;
    /** Only the reading thread changes it, and hands it on with the turn. */
    private Epoch epoch;

    private boolean versioned;

    /** What all sessions of a server share. */
    record Server(Watch watch, NativeBuffers buffers) {}

    /**
     * Takes over the connection.
     *
     * @param name   for the threads
     * @param ended  told once why it ended, safe to log
     */
    Session(
            Connection connection,
            Operations operations,
            Allowance allowance,
            Server server,
            String name,
            Consumer<Lease> opened,
            Consumer<String> ended) {
        this.connection = connection;
        this.allowance = allowance;
        this.replies = new Replies(connection);
        this.performance = new Performance(operations, replies, allowance, server.buffers(), opened, this::cut);
        this.ended = ended;
        this.input = new MessageInput(connection, arena);
        this.epoch = new Epoch(MessageInput.MOST_BYTES, new Fids(allowance));
        this.crew = new Crew(server.watch(), name, this::lead);
    }

    void start() {
        try {
            crew.start();
        } catch (OutOfMemoryError e) {
            cut("no thread can be started for it: " + e.getMessage());
            end();
        }
    }

    /** Ends the session from any thread; the first reason given is the one that counts. */
    void cut(String reason) {
        ending.compareAndSet(null, reason);
        connection.close();
    }

    /** Reads and carries out until the turn is given away; at the end of the stream, or of all patience, ends the session. */
    private void lead(Crew.Turn turn) {
        try {
            MessageInput.@Nullable Incoming message;
            while ((message = input.next(epoch.msize())) != null) {
                Request request = RequestDecoder.decode(message.type(), message.body());
                if (!versioned && !(request instanceof Request.Version)) {
                    throw new MalformedMessageException("a message before Tversion");
                }
                if (!permit()) {
                    break;
                }
                if (!carryOut(turn, replies.expect(message.tag(), request, epoch))) {
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
        } catch (RuntimeException | OutOfMemoryError e) {
            cut("internal error: " + e);
        }
        end();
    }

    /** False if the turn was given away meanwhile. */
    private boolean carryOut(Crew.Turn turn, Pending pending) throws IOException {
        boolean waits = crew.isFull();
        switch (pending.request) {
            case Request.Version version -> {
                version(pending, version);
                permits.release();
                return true;
            }
            case Request.Flush flush -> {
                replies.flush(pending, flush.oldTag());
                permits.release();
                return true;
            }
            // Before anybody else may read.
            case Request.Write write -> performance.receive(pending, write, input, !waits);
            default -> {}
        }
        if (waits && crew.queueIfFull(() -> perform(pending))) {
            return true;
        }
        turn.begin();
        if (isWorthSharing(pending.request)) {
            crew.giveAway(turn);
        }
        perform(pending);
        return turn.end();
    }

    /** Whether another thread should read on meanwhile: whoever streams has sent the next request, or will when it is rid of this. */
    private boolean isWorthSharing(Request request) {
        return switch (request) {
            case Request.Read read -> read.count() >= LARGE && input.hasMore();
            case Request.Write write -> write.count() >= LARGE;
            default -> false;
        };
    }

    private void perform(Pending pending) {
        try {
            performance.carryOut(pending);
        } finally {
            permits.release();
        }
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
            reply = new Reply.Version(msize & Integer.MAX_VALUE, "unknown");
        } else {
            int agreed = msize < 0 ? MOST_MSIZE : Math.min(msize, MOST_MSIZE);
            reply = new Reply.Version(agreed, VERSION);
            replies.flushAll();
            epoch.fids().close();
            epoch = new Epoch(agreed, new Fids(allowance));
            versioned = true;
        }
        replies.send(pending, reply);
    }

    /** The reading thread's last act: what others are still at finds the connection closed, and its fids gone. */
    private void end() {
        connection.close();
        replies.flushAll();
        crew.stop();
        epoch.fids().close();
        arena.close();
        String reason = ending.get();
        ended.accept(reason == null ? "the guest closed it" : reason);
    }
}
