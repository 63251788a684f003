// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import java.util.ArrayDeque;
import java.util.Queue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs tasks one at a time, in order, on a virtual thread that exists only while there is something to do. */
final class OrderedDelivery {
    /** A subscriber that is this far behind loses what comes next: whoever sends signals must not decide how much memory we use. */
    static final int MAX_WAITING = 4096;

    private static final Logger LOG = LoggerFactory.getLogger(OrderedDelivery.class);
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private boolean running;
    private boolean stopped;

    synchronized void submit(Runnable task) {
        if (stopped) {
            return;
        }
        if (waiting.size() >= MAX_WAITING) {
            LOG.warn("A subscriber is {} signals behind; the next one was dropped", MAX_WAITING);
            return;
        }
        waiting.add(task);
        if (!running) {
            running = true;
            Thread.ofVirtual().name("bus-signals").start(this::drain);
        }
    }

    synchronized void stop() {
        stopped = true;
        waiting.clear();
    }

    private void drain() {
        while (true) {
            Runnable next;
            synchronized (this) {
                Runnable head = waiting.poll();
                if (head == null) {
                    running = false;
                    return;
                }
                next = head;
            }
            try {
                next.run();
            } catch (RuntimeException | Error e) {
                LOG.error("A subscriber failed on a signal", e);
            }
        }
    }
}
