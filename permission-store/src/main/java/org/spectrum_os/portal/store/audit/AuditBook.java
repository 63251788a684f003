// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.audit;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * All audit logs: one in the folder of each VM, and one in {@code host/} for what belongs to none. A VM's is opened when it is first
 * needed. There are as many as the caller names VMs, which the policy bounds.
 *
 * <p>Thread-safe, one process at a time. Events of one folder stand in it in the order of the calls; those of different folders do not
 * wait for each other's disk.
 */
public final class AuditBook implements AutoCloseable {
    private final Path state;
    private final long bound;
    private final InstantSource clock;
    private final Map<String, Slot> slots = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** A log that is open, or will be: the map's own lock must not be held while a disk is waited for. */
    private final class Slot {
        private final String folder;
        private final ReentrantLock lock = new ReentrantLock();
        private @Nullable AuditLog log;

        Slot(String folder) {
            this.folder = folder;
        }

        AuditLog log() throws IOException {
            lock.lock();
            try {
                if (log == null) {
                    if (closed) {
                        throw new IOException(
                                "cannot write the audit log in " + state.resolve(folder) + ": it is closed");
                    }
                    log = AuditLog.open(state.resolve(folder), bound, clock);
                }
                return log;
            } finally {
                lock.unlock();
            }
        }

        void close() throws IOException {
            lock.lock();
            try {
                if (log != null) {
                    log.close();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    private AuditBook(Path state, long bound, InstantSource clock) {
        this.state = state;
        this.bound = bound;
        this.clock = clock;
    }

    /**
     * Opens the host's log; the others follow when they are needed.
     *
     * @param state the state folder, made if absent
     * @throws IOException if nothing can be written there
     */
    public static AuditBook open(Path state, InstantSource clock) throws IOException {
        return open(state, AuditLog.DEFAULT_BOUND, clock);
    }

    static AuditBook open(Path state, long bound, InstantSource clock) throws IOException {
        var book = new AuditBook(state, bound, clock);
        book.log(AuditSource.Host.APPLICATIONS);
        return book;
    }

    private AuditLog log(AuditSource source) throws IOException {
        return slots.computeIfAbsent(source.folder(), Slot::new).log();
    }

    /**
     * Appends one event to its source's log.
     *
     * @throws IOException if it is not known to be on the disk; the caller must not go on as if it were
     */
    public void write(AuditEvent event) throws IOException {
        log(event.source()).write(event);
    }

    /**
     * Appends an event that its source can bring about as often as it likes, or counts it: {@link AuditLog#writeWithinBudget}.
     *
     * @return whether it was within the budget; what else is told of it elsewhere should be so too
     * @throws IOException if it should be on the disk and is not
     */
    public boolean writeWithinBudget(AuditEvent event) throws IOException {
        return log(event.source()).writeWithinBudget(event);
    }

    /** Closes every log, also when one cannot be: the first failure is thrown. What is written afterwards fails. */
    @Override
    public void close() throws IOException {
        closed = true;
        IOException failure = null;
        for (Slot slot : slots.values()) {
            try {
                slot.close();
            } catch (IOException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
