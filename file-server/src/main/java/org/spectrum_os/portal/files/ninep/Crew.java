// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The threads of one session. One has the turn at reading, and carries out itself what it reads: for what takes as long as a memory
 * copy, handing it to another thread would cost more than the work. If something does take long, the {@link Watch} gives the turn to
 * another thread, so that the guest is still heard. Up to {@link #MOST_BUSY} may be away like that; what is read then waits.
 */
final class Crew {
    static final int MOST_BUSY = 8;

    private static final long SPARE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** One thread's time at reading: it waits for a message, or is busy with one, until the turn is given away. */
    static final class Turn {
        private static final int READING = 0;
        private static final int BUSY = 1;
        private static final int GIVEN_AWAY = 2;

        private final AtomicInteger state = new AtomicInteger(READING);
        private final Watch watch;
        private volatile long since;

        private Turn(Watch watch) {
            this.watch = watch;
        }

        /** A message was read and is about to be carried out. */
        void begin() {
            since = System.nanoTime();
            state.set(BUSY);
            watch.begun();
        }

        /** It has been; false if another thread reads now. */
        boolean end() {
            return state.compareAndSet(BUSY, READING);
        }
    }

    /** What a thread does with its turn; returns when the turn was given away, or there is nothing more to read. */
    @FunctionalInterface
    interface Reading {
        void lead(Turn turn);
    }

    private final Watch watch;
    private final String name;
    private final Reading reading;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Queue<Runnable> backlog = new ArrayDeque<>();
    private volatile Turn current;
    /** A turn that no thread has taken up yet. */
    private @Nullable Turn offered;

    /** Changed under the lock. */
    private final AtomicInteger busy = new AtomicInteger();

    private int spare;
    private boolean over;

    Crew(Watch watch, String name, Reading reading) {
        this.watch = watch;
        this.name = name;
        this.reading = reading;
        this.current = new Turn(watch);
        this.offered = current;
    }

    void start() {
        watch.add(this);
        startThread();
    }

    private void startThread() {
        Thread.ofPlatform().name(name).daemon().start(() -> ReplyBuffer.provide(this::serve));
    }

    private void serve() {
        Turn turn = takeUp();
        while (turn != null) {
            reading.lead(turn);
            turn = afterwards();
        }
    }

    private @Nullable Turn takeUp() {
        lock.lock();
        try {
            Turn turn = offered;
            offered = null;
            return over ? null : turn;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Looks whether the reader has been busy for longer than {@code most}; then another reads.
     *
     * @return whether it is busy
     */
    boolean look(long now, long most) {
        Turn turn = current;
        if (turn.state.get() != Turn.BUSY) {
            return false;
        }
        if (now - turn.since > most) {
            giveAway(turn, MOST_BUSY);
        }
        return true;
    }

    /**
     * Lets another thread read from now on, as the calling one will be busy with much data: one copies from or to a file while the other
     * does so with the socket. Only two take turns like that; more would gain nothing.
     */
    void giveAway(Turn turn) {
        giveAway(turn, 1);
    }

    private void giveAway(Turn turn, int mostBusy) {
        boolean needsThread;
        lock.lock();
        try {
            if (over || busy.get() >= mostBusy || !turn.state.compareAndSet(Turn.BUSY, Turn.GIVEN_AWAY)) {
                return;
            }
            busy.incrementAndGet();
            current = new Turn(watch);
            offered = current;
            needsThread = spare == 0;
            changed.signal();
        } finally {
            lock.unlock();
        }
        if (needsThread) {
            try {
                startThread();
            } catch (OutOfMemoryError _) {
                // No thread to be had: the turn is taken up by the first that has done its work.
                return;
            }
        }
    }

    /** Whether as many are busy as may be. */
    boolean isFull() {
        return busy.get() >= MOST_BUSY;
    }

    /** Leaves the task to those that are busy, if there may be no more of them; false if it is to be done at once. */
    boolean queueIfFull(Runnable task) {
        lock.lock();
        try {
            if (busy.get() < MOST_BUSY) {
                return false;
            }
            backlog.add(task);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** For a thread whose turn was given away: what waits, then the next turn if it is needed for one; null to leave. */
    private @Nullable Turn afterwards() {
        while (true) {
            Runnable task;
            lock.lock();
            try {
                task = over ? null : backlog.poll();
                if (task == null) {
                    busy.decrementAndGet();
                    return awaitTurn();
                }
            } finally {
                lock.unlock();
            }
            task.run();
        }
    }

    private @Nullable Turn awaitTurn() {
        long left = SPARE_NANOS;
        boolean waits = spare == 0;
        spare += waits ? 1 : 0;
        try {
            while (!over && offered == null && waits && left > 0) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            spare -= waits ? 1 : 0;
        }
        Turn turn = over ? null : offered;
        offered = null;
        return turn;
    }

    /**
     * No more turns; threads leave when they have done what they are at. What waits is run here, so that it is rid of what it holds.
     * Called once, by whoever has the turn.
     */
    void stop() {
        watch.remove(this);
        List<Runnable> waiting;
        lock.lock();
        try {
            over = true;
            waiting = List.copyOf(backlog);
            backlog.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        waiting.forEach(Runnable::run);
    }
}
