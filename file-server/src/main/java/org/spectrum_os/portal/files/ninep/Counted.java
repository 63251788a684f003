// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.util.concurrent.atomic.AtomicInteger;

/** What fids and operations in progress hold on to; freed when the last of them lets go. Begins with one holder. */
abstract class Counted {
    private final AtomicInteger holders = new AtomicInteger(1);

    /** One holder more; the caller must hold it already, by itself or through another. */
    public final void retain() {
        if (holders.getAndIncrement() <= 0) {
            throw new IllegalStateException("held again after it was freed");
        }
    }

    public final void release() {
        if (holders.decrementAndGet() == 0) {
            free();
        }
    }

    abstract void free();
}
