// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Notices, for all sessions of a server, when a thread that should be reading has been busy for too long. It looks every millisecond
 * while somebody is busy, ever less often when nobody is, and sleeps until it is woken in the end.
 */
final class Watch implements AutoCloseable {
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int QUIET_TICKS = 8;

    private final Set<Crew> crews = ConcurrentHashMap.newKeySet();
    private final Thread thread = Thread.ofPlatform().name("watch").daemon().unstarted(this::run);
    private volatile boolean asleep;
    private volatile boolean closed;

    void start() {
        thread.start();
    }

    void add(Crew crew) {
        crews.add(crew);
    }

    void remove(Crew crew) {
        crews.remove(crew);
    }

    /** A thread has something to do from now on. Costs next to nothing while the watch is awake. */
    void begun() {
        if (asleep) {
            asleep = false;
            LockSupport.unpark(thread);
        }
    }

    private void run() {
        int quiet = 0;
        while (!closed) {
            quiet = anyBusy() ? 0 : quiet + 1;
            if (quiet <= QUIET_TICKS) {
                LockSupport.parkNanos(TICK_NANOS << Math.max(0, quiet - 2));
                continue;
            }
            asleep = true;
            // Whoever began before it could be seen that this sleeps is seen here.
            if (!anyBusy()) {
                LockSupport.park(this);
            }
            asleep = false;
            quiet = 0;
        }
    }

    private boolean anyBusy() {
        long now = System.nanoTime();
        boolean any = false;
        for (Crew crew : crews) {
            any |= crew.look(now, TICK_NANOS);
        }
        return any;
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
