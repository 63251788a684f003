// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.transport;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A socket's descriptor while calls use it on several threads: closed only when none does, so its number can never be reused under a call
 * in progress. Thread-safe.
 */
final class SharedSocket {
    private final Descriptor descriptor;
    private final AtomicBoolean closing = new AtomicBoolean();
    /** Shared: a call is using the descriptor. Exclusive: it is being closed. */
    private final ReentrantReadWriteLock inUse = new ReentrantReadWriteLock();
    /** One for all: it holds nothing but the lock. */
    private final Use use = new Use();

    SharedSocket(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /** A call that uses the socket; to be ended on the thread that began it. */
    final class Use implements AutoCloseable {
        @Override
        public void close() {
            inUse.readLock().unlock();
        }
    }

    Use use() throws ClosedChannelException {
        inUse.readLock().lock();
        if (closing.get()) {
            inUse.readLock().unlock();
            throw new ClosedChannelException();
        }
        return use;
    }

    /** Stays this object's. */
    Descriptor descriptor() {
        return descriptor;
    }

    /** Within a use. */
    int number() {
        return descriptor.number();
    }

    boolean isClosed() {
        return closing.get();
    }

    /**
     * Gives the descriptor up, as it is.
     *
     * @throws IllegalStateException  if it is in use
     * @throws ClosedChannelException if it was closed
     */
    Descriptor release() throws ClosedChannelException {
        if (!inUse.writeLock().tryLock()) {
            throw new IllegalStateException(descriptor + " is in use and cannot be released");
        }
        try {
            if (!closing.compareAndSet(false, true)) {
                throw new ClosedChannelException();
            }
            return descriptor;
        } finally {
            inUse.writeLock().unlock();
        }
    }

    /** Wakes whoever is blocked in a call, and waits for that. */
    void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        // Not being connected any more is as good.
        Libc.shutdown(descriptor.number(), Libc.SHUT_RDWR);
        inUse.writeLock().lock();
        try {
            descriptor.close();
        } finally {
            inUse.writeLock().unlock();
        }
    }

    /** Waits for something to read; zero waits for ever, in the call that follows. */
    void awaitReadable(Arena arena, Duration timeout, Peer peer) throws IOException {
        if (!timeout.isZero() && !await(arena, Libc.POLLIN, System.nanoTime() + timeout.toNanos())) {
            throw new SocketTimeoutException("nothing from " + peer + " for " + timeout.toMillis() + " ms");
        }
    }

    /**
     * Sends at once, or as soon as the peer has made room.
     *
     * @param attempt  does not block; a result of minus EAGAIN says that there is no room
     * @param deadline by {@link System#nanoTime}
     * @return what the attempt returned
     * @throws SocketTimeoutException if there was no room in time
     */
    long send(Arena arena, String name, long deadline, Peer peer, Attempt attempt) throws IOException {
        while (true) {
            long result = retried(name, Libc.EAGAIN, attempt);
            if (result != -Libc.EAGAIN) {
                return result;
            }
            if (!await(arena, Libc.POLLOUT, deadline)) {
                throw new SocketTimeoutException(peer + " did not take in time what was sent");
            }
        }
    }

    /** Waits until the socket is ready, or broken, which the call that follows will tell; false if the time is over before. */
    private boolean await(Arena arena, short events, long deadline) throws IOException {
        MemorySegment fds = Libc.pollFds(arena, events, descriptor.number());
        while (true) {
            long left = Math.max(0, (deadline - System.nanoTime() + 999_999) / 1_000_000);
            int ready = Libc.poll(fds, 1, (int) Math.min(left, Integer.MAX_VALUE));
            if (ready > 0) {
                return true;
            }
            if (ready == 0) {
                return false;
            }
            if (ready != -Libc.EINTR) {
                throw new ErrnoException("poll", -ready);
            }
        }
    }

    /** Waits for something to read, or for another descriptor to become readable; zero waits for ever. */
    Awaited await(Arena arena, Descriptor other, Duration longest) throws IOException {
        long deadline = System.nanoTime() + longest.toNanos();
        MemorySegment fds = Libc.pollFds(arena, Libc.POLLIN, descriptor.number(), other.number());
        while (true) {
            long left = Math.max(0, (deadline - System.nanoTime() + 999_999) / 1_000_000);
            int ready = Libc.poll(fds, 2, longest.isZero() ? -1 : (int) Math.min(left, Integer.MAX_VALUE));
            if (closing.get()) {
                throw new ClosedChannelException();
            }
            if (ready == 0) {
                return Awaited.NOTHING;
            }
            if (ready > 0) {
                return Libc.polled(fds, 0) ? Awaited.INPUT : Awaited.PROCESS_ENDED;
            }
            if (ready != -Libc.EINTR) {
                throw new ErrnoException("poll", -ready);
            }
        }
    }

    @FunctionalInterface
    interface Attempt {
        long run();
    }

    long retried(String name, Attempt attempt) throws IOException {
        return retried(name, 0, attempt);
    }

    /** {@code expected} is an errno that is a result, handed on as minus itself. */
    private long retried(String name, int expected, Attempt attempt) throws IOException {
        while (true) {
            long result = attempt.run();
            if (closing.get()) {
                throw new ClosedChannelException();
            }
            if (result >= 0 || result == -expected) {
                return result;
            }
            if (result != -Libc.EINTR) {
                throw new ErrnoException(name, (int) -result);
            }
        }
    }
}
