// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.transport.ErrnoException;
import org.spectrum_os.portal.transport.FileContent;
import org.spectrum_os.portal.transport.FileNode;

/**
 * One request being carried out, and the lease it touches (the tree is so shallow that it is never two). Used by one thread; close
 * it after the reply has been written.
 */
final class Operation implements AutoCloseable {
    /** A change to the connection's fids that takes place only if the request has not been flushed by then. */
    @FunctionalInterface
    interface Commit {
        void run() throws Refusal;
    }

    private final Runnable cut;
    private Lease.@Nullable Use use;
    private @Nullable Commit commit;
    private @Nullable Lease opened;

    Operation(Runnable cut) {
        this.cut = cut;
    }

    /** Marks the lease as in use. */
    Lease.Use using(Lease lease) throws Refusal {
        Lease.Use current = use;
        if (current == null) {
            current = lease.begin(cut);
            use = current;
        } else if (current.lease() != lease) {
            throw new IllegalStateException("an operation on two leases");
        }
        return current;
    }

    FileNode.Status status(Lease lease) throws Refusal {
        Lease.Use current = using(lease);
        try {
            return FileNode.status(current.file());
        } catch (IOException e) {
            throw refusal(e);
        }
    }

    Qid fileQid(Lease lease) throws Refusal {
        return using(lease).qid(status(lease));
    }

    int read(Lease lease, MemorySegment into, long offset) throws Refusal {
        Lease.Use current = using(lease);
        try {
            return FileContent.read(current.file(), into, offset);
        } catch (IOException e) {
            throw refusal(e);
        }
    }

    private static Refusal refusal(IOException e) {
        return e instanceof ErrnoException errno ? Refusal.fromKernel(errno.errno()) : new Refusal(Errno.EIO);
    }

    /** Puts off {@code change} until the reply goes out. */
    void whenAnswered(Commit change) {
        commit = change;
    }

    void commit() throws Refusal {
        Commit change = commit;
        if (change != null) {
            change.run();
        }
    }

    void opened(Lease lease) {
        opened = lease;
    }

    /** The lease whose file this operation opened, if it did. */
    @Nullable
    Lease opened() {
        return opened;
    }

    /** Ends the work; false if the lease ended while it was going on, so that its result must not be sent. */
    boolean answer() {
        Lease.Use current = use;
        return current == null || current.answer();
    }

    @Override
    public void close() {
        Lease.Use current = use;
        if (current != null) {
            current.close();
        }
    }
}
