// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.agent;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.protocol.Framed;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.protocol.MessageChannel;

/**
 * Writes what one guest is told on one connection, on a platform thread of its own, so that a guest that does not read holds up nobody but itself.
 * A guest that lets too much pile up, or takes nothing for {@link Limits#FRAME}, loses its connection. Thread-safe.
 */
public final class LinkWriter {
    /** More answers than an agent that keeps to the protocol can be owed, some of which it may have cancelled meanwhile. */
    public static final int ANSWERS_MOST = 2 * Limits.OPEN_REQUESTS;

    private static final System.Logger LOG = System.getLogger(LinkWriter.class.getName());

    private final String name;
    private final MessageChannel channel;
    private final int most;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Queue<Outgoing> unwritten = new ArrayDeque<>();
    private boolean ended;
    private boolean writing;

    private record Outgoing(Framed message, CompletableFuture<Boolean> delivered) {}

    /**
     * A writer that has yet to be started.
     *
     * @param name the instance, for the log
     * @param most messages that may wait to be written
     */
    public LinkWriter(String name, MessageChannel channel, int most) {
        this.most = most;
        this.name = name;
        this.channel = channel;
    }

    /** From now on. */
    public void start() {
        Thread.ofPlatform().daemon().name("answers to " + name).start(this::writeAll);
    }

    /**
     * Has a message written; never blocks.
     *
     * @return whether it was written, once that is known; never fails. What follows from a no may block: it runs on the writer's thread, or
     *     on this one if the link has ended
     */
    public CompletionStage<Boolean> send(Framed message) {
        var outgoing = new Outgoing(message, new CompletableFuture<>());
        boolean full;
        lock.lock();
        try {
            full = unwritten.size() >= most;
            if (!ended && !full) {
                unwritten.add(outgoing);
                changed.signalAll();
                return outgoing.delivered;
            }
            // Said once: what comes after it is too late like anything else.
            full = full && !ended;
            if (full) {
                ended = true;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
        if (full) {
            LOG.log(WARNING, "{0} has not read the last {1} things it was told: its connection is closed", name, most);
            channel.close();
        }
        outgoing.delivered.complete(false);
        return outgoing.delivered;
    }

    /** Nothing more is written; whoever waits for a message to be written hears that it was not. */
    public void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #end}, but what is being written just now is written to its end, unless that takes longer than {@link Limits#FRAME}. */
    public void finish() throws InterruptedException {
        end();
        lock.lock();
        try {
            long left = Limits.FRAME.toNanos();
            while (writing && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private void written() {
        lock.lock();
        try {
            writing = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void writeAll() {
        try {
            for (Outgoing next = next(); next != null; next = next()) {
                write(next);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            end();
            left().forEach(outgoing -> outgoing.delivered.complete(false));
        }
    }

    private void write(Outgoing outgoing) {
        boolean written = false;
        try {
            channel.send(outgoing.message, Limits.FRAME);
            written = true;
        } catch (IOException e) {
            LOG.log(WARNING, "{0} did not hear what it was told, its connection is closed: {1}", name, e.getMessage());
            channel.close();
            end();
        } finally {
            written();
            outgoing.delivered.complete(written);
        }
    }

    private @Nullable Outgoing next() throws InterruptedException {
        lock.lock();
        try {
            while (!ended && unwritten.isEmpty()) {
                changed.await();
            }
            writing = !ended;
            return ended ? null : unwritten.remove();
        } finally {
            lock.unlock();
        }
    }

    private List<Outgoing> left() {
        lock.lock();
        try {
            List<Outgoing> all = List.copyOf(unwritten);
            unwritten.clear();
            return all;
        } finally {
            lock.unlock();
        }
    }
}
