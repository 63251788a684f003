// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.FileContent;

/** Every descriptor of one lease: those that were lent, and those that guests' fids hold. Thread-safe. */
final class Handles {
    /** Makes a descriptor; null if there is nothing to open. */
    @FunctionalInterface
    interface Maker {
        @Nullable
        Descriptor open() throws IOException, Refusal;
    }

    private final String label;
    private final Allowance allowance;
    private final Set<Handle> open = ConcurrentHashMap.newKeySet();
    private final CountDownLatch allClosed = new CountDownLatch(1);

    /** {@code label} names the thread that may have to wait for the disk at the end. */
    Handles(String label, Allowance allowance) {
        this.label = label;
        this.allowance = allowance;
    }

    Allowance allowance() {
        return allowance;
    }

    /** Takes over a descriptor that was lent: no guest's allowance is charged for it. */
    Handle own(Descriptor lent) {
        var handle = new Handle(this, lent, false);
        open.add(handle);
        return handle;
    }

    /** Opens something for a guest, within a use of the lease; null if there is nothing to open. */
    @Nullable
    Handle tryOpen(Maker maker) throws IOException, Refusal {
        allowance.takeHandle();
        Descriptor descriptor = null;
        try {
            descriptor = maker.open();
        } finally {
            if (descriptor == null) {
                allowance.giveHandleBack();
            }
        }
        if (descriptor == null) {
            return null;
        }
        var handle = new Handle(this, descriptor, true);
        open.add(handle);
        return handle;
    }

    /** As {@link #tryOpen}; ENOENT if there is nothing. */
    Handle open(Maker maker) throws IOException, Refusal {
        Handle handle = tryOpen(maker);
        if (handle == null) {
            throw new Refusal(Errno.ENOENT);
        }
        return handle;
    }

    /** Whoever removes it from the set closes it. */
    void close(Handle handle) {
        if (open.remove(handle)) {
            dispose(handle);
        }
    }

    private void dispose(Handle handle) {
        handle.descriptor().close();
        handle.locksGone();
        if (handle.isCharged()) {
            allowance.giveHandleBack();
        }
    }

    boolean anythingWritten() {
        return open.stream().anyMatch(Handle::isWritten);
    }

    /** Closes all, with what was written on disk; on a thread of its own if a disk is to be waited for. */
    void closeAll() {
        if (anythingWritten()) {
            Thread.ofPlatform().name("end of " + label).daemon().start(this::synchroniseAndClose);
        } else {
            synchroniseAndClose();
        }
    }

    private void synchroniseAndClose() {
        for (Handle handle : List.copyOf(open)) {
            if (!open.remove(handle)) {
                // The fid that held it ends at the same time, and closes it.
                continue;
            }
            try {
                if (handle.isWritten()) {
                    FileContent.sync(handle.descriptor());
                }
            } catch (IOException _) {
                // The disk has failed; whoever synchronised before has been told, and nobody else can be now.
            } finally {
                dispose(handle);
            }
        }
        allClosed.countDown();
    }

    /** Waits until {@link #closeAll} is done; not for ever. */
    void awaitClosed(long nanoseconds) {
        try {
            boolean _ = allClosed.await(nanoseconds, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
