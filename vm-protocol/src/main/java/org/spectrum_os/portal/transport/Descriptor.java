// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.transport;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Owns one file descriptor. Closing twice does nothing. The number may be used only while the owner is sure that nobody closes it;
 * {@link Connection} sees to that for sockets.
 */
public final class Descriptor implements AutoCloseable {
    private final int number;
    private final AtomicBoolean closed = new AtomicBoolean();

    Descriptor(int number) {
        if (number < 0) {
            throw new IllegalArgumentException("descriptor " + number);
        }
        this.number = number;
    }

    /**
     * The descriptor's number.
     *
     * @throws IllegalStateException after close, when the number may belong to something else
     */
    public int number() {
        if (closed.get()) {
            throw new IllegalStateException("descriptor " + number + " is closed");
        }
        return number;
    }

    public boolean isClosed() {
        return closed.get();
    }

    /** Another descriptor for the same open file. */
    public Descriptor duplicate() throws IOException {
        return new Descriptor(Libc.duplicate(number()));
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            int result = Libc.close(number);
            if (result == -9) {
                throw new IllegalStateException("descriptor " + number + " was closed behind its owner's back");
            }
        }
    }

    @Override
    public String toString() {
        return "descriptor " + number + (closed.get() ? " (closed)" : "");
    }
}
