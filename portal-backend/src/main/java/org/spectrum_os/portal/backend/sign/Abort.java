// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign;

import java.util.ArrayList;
import java.util.List;

/** Whether one operation is still wanted, and what is to be done when it is not. Thread-safe. */
final class Abort {
    private final List<Runnable> actions = new ArrayList<>();
    private boolean aborted;

    /** The guest is gone: everything registered is done, now or, if it comes later, at once. */
    void abort() {
        List<Runnable> now;
        synchronized (this) {
            aborted = true;
            now = List.copyOf(actions);
            actions.clear();
        }
        now.forEach(Runnable::run);
    }

    synchronized boolean isAborted() {
        return aborted;
    }

    /** Registers {@code action} until the result is closed. It must not block, and may run on any thread. */
    Registration on(Runnable action) {
        synchronized (this) {
            if (!aborted) {
                actions.add(action);
                return () -> forget(action);
            }
        }
        action.run();
        return () -> {};
    }

    private synchronized void forget(Runnable action) {
        actions.remove(action);
    }

    /** What is registered, until it is closed. */
    interface Registration extends AutoCloseable {
        @Override
        void close();
    }
}
