// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.FileLocks;

/** A descriptor that belongs to a lease: closed when nobody holds it, and with the lease at the latest. */
final class Handle extends Counted {
    private final Handles owner;
    private final Descriptor descriptor;
    /** Whether the instance's allowance was charged for it. */
    private final boolean charged;

    private volatile boolean written;
    private @Nullable OwnedLocks locks;

    Handle(Handles owner, Descriptor descriptor, boolean charged) {
        this.owner = owner;
        this.descriptor = descriptor;
        this.charged = charged;
    }

    /** To be used within a use of the lease only. */
    Descriptor descriptor() {
        return descriptor;
    }

    boolean isCharged() {
        return charged;
    }

    /**
     * Locks or unlocks a range for a process of the guest; unlocking leaves alone what its other processes hold.
     *
     * @return false if another holds a lock in the way
     */
    synchronized boolean tryLock(FileLocks.Range range, int process) throws Refusal, IOException {
        OwnedLocks held = locks == null ? new OwnedLocks() : locks;
        boolean unlocking = range.kind() == FileLocks.Kind.NONE;
        if (unlocking && !held.has(process)) {
            return true;
        }
        int most = held.mostAdded(process, range);
        if (most > 0 && !owner.allowance().hasRoomForLocks(most)) {
            throw new Refusal(Errno.ENOLCK);
        }
        for (FileLocks.Range part : unlocking ? held.ofNobodyElse(process, range) : List.of(range)) {
            if (!FileLocks.tryLock(descriptor, part)) {
                return false;
            }
        }
        int before = held.count();
        held.changed(process, range);
        owner.allowance().locksChanged(held.count() - before);
        locks = held.count() == 0 ? null : held;
        return true;
    }

    /** They went with the descriptor. */
    synchronized void locksGone() {
        if (locks != null) {
            owner.allowance().locksChanged(-locks.count());
            locks = null;
        }
    }

    /** Content or state was changed through it: it is to be on disk when the lease ends. */
    void markWritten() {
        written = true;
    }

    boolean isWritten() {
        return written;
    }

    @Override
    void free() {
        owner.close(this);
    }
}
