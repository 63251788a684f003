// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import org.spectrum_os.portal.transport.Descriptor;

/** A descriptor that belongs to a lease: closed when nobody holds it, and with the lease at the latest. */
final class Handle extends Counted {
    private final Handles owner;
    private final Descriptor descriptor;
    /** Whether the instance's allowance was charged for it. */
    private final boolean charged;

    private volatile boolean written;

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
