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

    private final DescriptorBudget budget;
    private final AtomicInteger handles = new AtomicInteger();
    private final AtomicInteger fids = new AtomicInteger();
    private final Semaphore bytes = new Semaphore(BYTES);

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
        if (!take(handles, HANDLES)) {
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

    Semaphore bytes() {
        return bytes;
    }
}
