// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Work on a thread of its own that does not outlive the block it was started in. */
final class Background<T> implements AutoCloseable {
    private final String what;
    private final FutureTask<T> task;
    private final Thread thread;

    private Background(String what, Callable<T> work) {
        this.what = what;
        task = new FutureTask<>(work);
        thread = Thread.ofPlatform().name(what).start(task);
    }

    static <T> Background<T> start(String what, Callable<T> work) {
        return new Background<>(what, work);
    }

    /** Waits for the result. */
    T await() throws IOException, InterruptedException {
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw new IOException(what + " failed: " + e.getMessage(), e);
        }
    }

    /** Interrupts the work if it is not done, and waits until it has stopped. */
    @Override
    public void close() {
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
