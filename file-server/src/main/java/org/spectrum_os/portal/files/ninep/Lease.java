// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.spectrum_os.portal.files.lent.Access;

/**
 * What was lent together, while it is lent. Owns every descriptor that leads to it: those lent, and those that guests' fids hold.
 *
 * <p>Each operation on the lease is a {@link Use}. It works (may ask the file system), then answers (its reply is on its way to the
 * guest), then is over. {@link #end} lets no use begin, turns those still working into refusals, and waits for those answering; the
 * descriptors are closed when none is working any more, with what was written through them on disk. Thread-safe.
 */
final class Lease {
    /** How long replies on their way, changes being made and the disk may each hold up {@link #end}. */
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private enum Phase {
        LIVE,
        /** Ended; operations that began before still use descriptors. */
        ENDING,
        /** The descriptors are closed, or being so. */
        ENDED
    }

    private final String instance;
    private final WireName name;
    private final Access access;
    private final long key;
    private final Instant since = Instant.now();
    private final Handles handles;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition progress = lock.newCondition();
    private Phase phase = Phase.LIVE;
    private int working;
    private int changing;
    private boolean opened;
    private final Set<Use> answering = new HashSet<>();

    Lease(String instance, String name, Access access, Allowance allowance) {
        this.instance = instance;
        this.name = WireName.of(name);
        this.access = access;
        this.handles = new Handles(name, allowance);
        this.key = Qid.key(this.name);
    }

    String instance() {
        return instance;
    }

    WireName name() {
        return name;
    }

    /** What its files' qids are mixed with. */
    long key() {
        return key;
    }

    boolean isWritable() {
        return access == Access.WRITE;
    }

    void requireWritable() throws Refusal {
        if (!isWritable()) {
            throw new Refusal(Errno.EROFS);
        }
    }

    /** Since when the lease exists: the only time its directory has. */
    Instant since() {
        return since;
    }

    /** True the first time it is called. */
    boolean firstOpen() {
        lock.lock();
        try {
            boolean first = !opened;
            opened = true;
            return first;
        } finally {
            lock.unlock();
        }
    }

    /** Whether operations may still begin. */
    boolean isLive() {
        lock.lock();
        try {
            return phase == Phase.LIVE;
        } finally {
            lock.unlock();
        }
    }

    Handles handles() {
        return handles;
    }

    /**
     * Begins an operation.
     *
     * @param cut ends the connection that the operation is for, from any thread
     * @throws Refusal ESTALE once the lease has ended
     */
    Use begin(Runnable cut) throws Refusal {
        lock.lock();
        try {
            if (phase != Phase.LIVE) {
                throw new Refusal(Errno.ESTALE);
            }
            working++;
            return new Use(cut);
        } finally {
            lock.unlock();
        }
    }

    /** One operation on this lease; used by one thread. Descriptors are to be used before {@link #answer} only. */
    final class Use implements AutoCloseable {
        private final Runnable cut;
        private boolean isWorking = true;
        private boolean isChanging;

        private Use(Runnable cut) {
            this.cut = cut;
        }

        Lease lease() {
            return Lease.this;
        }

        /**
         * Something is about to be changed: the end of the lease waits for it, for a while.
         *
         * @throws Refusal ESTALE if the lease ended after this use began: its end knew of nothing to wait for
         */
        void changes() throws Refusal {
            lock.lock();
            try {
                if (!isChanging) {
                    if (phase != Phase.LIVE) {
                        throw new Refusal(Errno.ESTALE);
                    }
                    isChanging = true;
                    changing++;
                }
            } finally {
                lock.unlock();
            }
        }

        /** Ends the work. */
        void worked() {
            boolean last;
            lock.lock();
            try {
                last = stopWorking();
            } finally {
                lock.unlock();
            }
            closeDescriptorsIf(last);
        }

        /** Ends the work and tells whether its result may be sent; if not, the lease has ended meanwhile. */
        boolean answer() {
            boolean live;
            boolean last;
            lock.lock();
            try {
                last = stopWorking();
                live = phase == Phase.LIVE && answering.add(this);
            } finally {
                lock.unlock();
            }
            closeDescriptorsIf(last);
            return live;
        }

        /** True if the descriptors are to be closed now. */
        private boolean stopWorking() {
            if (!isWorking) {
                return false;
            }
            isWorking = false;
            working--;
            if (isChanging) {
                changing--;
            }
            progress.signalAll();
            return takeClosing();
        }

        @Override
        public void close() {
            boolean last;
            lock.lock();
            try {
                last = stopWorking();
                if (answering.remove(this)) {
                    progress.signalAll();
                }
            } finally {
                lock.unlock();
            }
            closeDescriptorsIf(last);
        }
    }

    private boolean takeClosing() {
        if (phase == Phase.ENDING && working == 0) {
            phase = Phase.ENDED;
            return true;
        }
        return false;
    }

    private void closeDescriptorsIf(boolean due) {
        if (due) {
            handles.closeAll();
        }
    }

    /**
     * Ends the lease. Afterwards every operation fails and no reply with a file's content is being sent; changes in progress have been
     * made and what was written is on disk, unless the disk takes longer than a moment, when that goes on in the background. A guest
     * that does not take a reply it asked for cannot hold this up: its connection is cut after a moment.
     */
    void end() {
        boolean due = false;
        lock.lock();
        try {
            if (phase == Phase.LIVE) {
                phase = Phase.ENDING;
                due = takeClosing();
            }
            awaitWithin(() -> answering.isEmpty() && changing == 0 && (working == 0 || !handles.anythingWritten()));
            var late = Set.copyOf(answering);
            lock.unlock();
            try {
                // A cut waits for the write in progress to be over, and that write's use needs the lock to end.
                late.forEach(use -> use.cut.run());
            } finally {
                lock.lock();
            }
            while (!answering.isEmpty()) {
                progress.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
        closeDescriptorsIf(due);
        if (!isWorking()) {
            // Only if something is being written back: a read that its disk does not answer holds up nothing.
            handles.awaitClosed(GRACE_NANOS);
        }
    }

    private boolean isWorking() {
        lock.lock();
        try {
            return phase != Phase.ENDED;
        } finally {
            lock.unlock();
        }
    }

    private void awaitWithin(java.util.function.BooleanSupplier condition) {
        try {
            long left = GRACE_NANOS;
            while (!condition.getAsBoolean() && left > 0) {
                left = progress.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            // Whoever interrupts wants it done now: no more grace.
            Thread.currentThread().interrupt();
        }
    }
}
