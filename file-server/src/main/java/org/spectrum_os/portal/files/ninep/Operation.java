// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request being carried out: what it holds, and the lease it touches, which is never two. Used by one thread; close it after the
 * reply has been written.
 */
final class Operation implements AutoCloseable {
    /** A change to the connection's fids that takes place only if the request has not been flushed by then. */
    @FunctionalInterface
    interface Commit {
        void run() throws Refusal;
    }

    private final Runnable cut;
    private final List<Fid> held = new ArrayList<>(2);
    private Lease.@Nullable Use use;
    private @Nullable Commit commit;
    private @Nullable Runnable otherwise;
    private @Nullable Lease opened;

    Operation(Runnable cut) {
        this.cut = cut;
    }

    /** Marks the lease as in use; ESTALE if it has ended. */
    Lease.Use using(Lease lease) throws Refusal {
        Lease.Use current = use;
        if (current == null) {
            current = lease.begin(cut);
            use = current;
        } else if (current.lease() != lease) {
            throw new Refusal(Errno.EXDEV);
        }
        return current;
    }

    /** As {@link #using}, for an operation that may change something; EROFS if the lease is for reading. */
    Lease.Use changing(Lease lease) throws Refusal {
        Lease.Use current = using(lease);
        lease.requireWritable();
        current.changes();
        return current;
    }

    void releaseAtEnd(Fid fid) {
        held.add(fid);
    }

    /**
     * Puts off {@code change} until the reply goes out.
     *
     * @param otherwise what to do if it does not take place
     */
    void whenAnswered(Commit change, Runnable otherwise) {
        this.commit = change;
        this.otherwise = otherwise;
    }

    void commit() throws Refusal {
        Commit change = commit;
        if (change != null) {
            change.run();
            otherwise = null;
        }
    }

    void opened(@Nullable Lease lease) {
        opened = lease;
    }

    /** The lease in which this operation opened something, if it did. */
    @Nullable
    Lease opened() {
        return opened;
    }

    /** Ends the work, before its result can be sent: descriptors are not used from here on. */
    void worked() {
        Lease.Use current = use;
        if (current != null) {
            current.worked();
        }
    }

    /** Ends the work; false if the lease ended while it was going on, so that its result must not be sent. */
    boolean answer() {
        Lease.Use current = use;
        return current == null || current.answer();
    }

    @Override
    public void close() {
        Runnable undo = otherwise;
        if (undo != null) {
            undo.run();
        }
        held.forEach(Fid::release);
        Lease.Use current = use;
        if (current != null) {
            current.close();
        }
    }
}
