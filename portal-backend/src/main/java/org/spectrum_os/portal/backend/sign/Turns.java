// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One operation at a time for each instance, in the order in which they came. Waiting for a turn blocks; the number of those that wait is
 * bounded by the connections that an instance may have. Thread-safe.
 */
final class Turns {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Deque<Turn>> lines = new HashMap<>();

    /** The right to be the one; given back by {@link #close}. */
    final class Turn implements AutoCloseable {
        private final String instance;

        private Turn(String instance) {
            this.instance = instance;
        }

        @Override
        public void close() {
            lock.lock();
            try {
                Deque<Turn> line = lines.get(instance);
                if (line != null && line.remove(this)) {
                    if (line.isEmpty()) {
                        lines.remove(instance);
                    }
                    changed.signalAll();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** Waits for the instance's turn; empty if it was aborted before. */
    Optional<Turn> take(String instance, Abort abort) throws InterruptedException {
        var turn = new Turn(instance);
        lock.lock();
        try {
            lines.computeIfAbsent(instance, _ -> new ArrayDeque<>()).add(turn);
        } finally {
            lock.unlock();
        }
        try (var _ = abort.on(this::wake)) {
            lock.lock();
            try {
                while (!abort.isAborted() && first(instance) != turn) {
                    changed.await();
                }
            } finally {
                lock.unlock();
            }
        } catch (InterruptedException e) {
            turn.close();
            throw e;
        }
        if (abort.isAborted()) {
            turn.close();
            return Optional.empty();
        }
        return Optional.of(turn);
    }

    private @Nullable Turn first(String instance) {
        Deque<Turn> line = lines.get(instance);
        return line == null ? null : line.peekFirst();
    }

    private void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
