// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.FileNode;

/**
 * One lent file while it is lent. Owns the descriptor and closes it when the lease has ended and no operation is using it any more.
 *
 * <p>Each operation on the lease is a {@link Use}. It works (may ask the file), then answers (its reply is on its way to the guest),
 * then is over. {@link #end} lets no use begin, turns those still working into refusals, and waits for those answering. Thread-safe.
 */
final class Lease {
    /** How long a reply already on its way may hold up {@link #end} before its connection is cut. */
    private static final long ANSWER_GRACE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final AtomicLong QID_PATHS = new AtomicLong(2);

    private enum Phase {
        LIVE,
        /** Ended; operations that began before still hold the descriptor. */
        ENDING,
        /** The descriptor is closed. */
        ENDED
    }

    private final String instance;
    private final WireName directoryName;
    private final WireName fileName;
    private final Descriptor file;
    private final Qid directoryQid;
    private final long filePath;
    private final Instant since = Instant.now();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition answered = lock.newCondition();
    private Phase phase = Phase.LIVE;
    private int working;
    private boolean opened;
    private final Set<Use> answering = new HashSet<>();

    Lease(String instance, String lease, String name, Descriptor file) {
        this.instance = instance;
        this.directoryName = WireName.of(lease);
        this.fileName = WireName.of(name);
        this.file = file;
        this.directoryQid = new Qid(Qid.DIRECTORY, 1, QID_PATHS.getAndIncrement());
        this.filePath = QID_PATHS.getAndIncrement();
    }

    String instance() {
        return instance;
    }

    WireName directoryName() {
        return directoryName;
    }

    WireName fileName() {
        return fileName;
    }

    Qid directoryQid() {
        return directoryQid;
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

    /** One operation on this lease; used by one thread. */
    final class Use implements AutoCloseable {
        private final Runnable cut;
        private boolean isWorking = true;

        private Use(Runnable cut) {
            this.cut = cut;
        }

        Lease lease() {
            return Lease.this;
        }

        /** The file, to be asked before {@link #answer} only. */
        Descriptor file() {
            return file;
        }

        Qid qid(FileNode.Status status) {
            return Qid.ofFile(filePath, status);
        }

        /** Ends the work and tells whether its result may be sent; if not, the lease has ended meanwhile. */
        boolean answer() {
            lock.lock();
            try {
                stopWorking();
                return phase == Phase.LIVE && answering.add(this);
            } finally {
                lock.unlock();
            }
        }

        private void stopWorking() {
            if (isWorking) {
                isWorking = false;
                working--;
                closeIfUnused();
            }
        }

        @Override
        public void close() {
            lock.lock();
            try {
                stopWorking();
                if (answering.remove(this)) {
                    answered.signalAll();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    private void closeIfUnused() {
        if (phase == Phase.ENDING && working == 0) {
            phase = Phase.ENDED;
            file.close();
        }
    }

    /**
     * Ends the lease. Afterwards every operation fails and no reply with the file's content is being sent. A guest that does not take
     * a reply it asked for cannot hold this up: its connection is cut after a moment.
     */
    void end() {
        lock.lock();
        try {
            if (phase == Phase.LIVE) {
                phase = Phase.ENDING;
                closeIfUnused();
            }
            awaitAnswers();
            var late = Set.copyOf(answering);
            lock.unlock();
            try {
                // A cut waits for the write in progress to be over, and that write's use needs the lock to end.
                late.forEach(use -> use.cut.run());
            } finally {
                lock.lock();
            }
            while (!answering.isEmpty()) {
                answered.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    private void awaitAnswers() {
        try {
            long left = ANSWER_GRACE_NANOS;
            while (!answering.isEmpty() && left > 0) {
                left = answered.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            // Whoever interrupts wants it done now: no more grace.
            Thread.currentThread().interrupt();
        }
    }
}
