// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** What one instance may use of this process, over all its connections. Reaching a bound is that instance's error alone. Thread-safe. */
final class Allowance {
    static final int HANDLES = 4096;
    static final int FIDS = 8192;
    /** Content on its way from or to the guest; beyond, its requests wait for one another. */
    static final int BYTES = 16 << 20;

    /** Ranges of files that are locked; the host's kernel has no bound of its own. */
    static final int LOCKS = 8192;

    private final DescriptorBudget budget;
    private final AtomicInteger handles = new AtomicInteger();
    private final AtomicInteger fids = new AtomicInteger();
    private final AtomicInteger locks = new AtomicInteger();
    private final Semaphore bytes = new Semaphore(BYTES);
    /** Beyond, the instance's requests wait for one another. */
    private final Semaphore staging = new Semaphore(Staging.AT_ONCE);

    Allowance(DescriptorBudget budget) {
        this.budget = budget;
    }

    private static boolean take(AtomicInteger used, int most) {
        while (true) {
            int now = used.get();
            if (now >= most) {
                return false;
            }
            if (used.compareAndSet(now, now + 1)) {
                return true;
            }
        }
    }

    void takeHandle() throws Refusal {
        if (!take(handles, Math.min(HANDLES, budget.share()))) {
            throw new Refusal(Errno.EMFILE);
        }
        if (!budget.take(1)) {
            handles.decrementAndGet();
            throw new Refusal(Errno.ENFILE);
        }
    }

    void giveHandleBack() {
        handles.decrementAndGet();
        budget.giveBack(1);
    }

    void takeFid() throws Refusal {
        if (!take(fids, FIDS)) {
            throw new Refusal(Errno.EMFILE);
        }
    }

    void giveFidsBack(int count) {
        fids.addAndGet(-count);
    }

    /** Whether {@code more} locked ranges would be within bounds. */
    boolean hasRoomForLocks(int more) {
        return locks.get() + more <= LOCKS;
    }

    /** Books a change, up or down. */
    void locksChanged(int by) {
        locks.addAndGet(by);
    }

    Semaphore staging() {
        return staging;
    }

    Semaphore bytes() {
        return bytes;
    }
}
