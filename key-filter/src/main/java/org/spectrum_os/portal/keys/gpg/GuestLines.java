// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.gpg;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a guest between the thread that reads them and the one that answers. While an operation waits for a person, a guest may
 * send a few lines ahead and no more; and that it has left is told at once.
 */
final class GuestLines {
    /** Lines ahead of the one that is being answered. */
    static final int MOST_AHEAD = 32;

    private final Runnable gone;
    private final Queue<String> lines = new ArrayDeque<>();
    private boolean pending;
    private boolean ended;
    /** Why, if it is the guest's fault. */
    private @Nullable String fault;

    /** @param gone called, from the reading thread and once, when the guest's end comes while an operation is pending */
    GuestLines(Runnable gone) {
        this.gone = gone;
    }

    /**
     * Adds one; waits while there are too many and that is not the guest's fault.
     *
     * @return whether more may come
     */
    boolean add(String line) throws InterruptedException {
        synchronized (this) {
            while (lines.size() >= MOST_AHEAD && !pending && !ended) {
                wait();
            }
            if (ended) {
                return false;
            }
            if (lines.size() < MOST_AHEAD) {
                lines.add(line);
                notifyAll();
                return true;
            }
        }
        end("more than " + MOST_AHEAD + " lines while an operation was pending");
        return false;
    }

    /**
     * There are no more lines.
     *
     * @param why what the guest did wrong, or null if it just closed
     */
    void end(@Nullable String why) {
        boolean interrupts;
        synchronized (this) {
            interrupts = pending && !ended;
            if (!ended) {
                ended = true;
                fault = why;
                notifyAll();
            }
        }
        if (interrupts) {
            gone.run();
        }
    }

    /**
     * The next one.
     *
     * @return null when there are no more
     * @throws RefusedException if that is the guest's fault
     */
    synchronized @Nullable String next() throws InterruptedException, RefusedException {
        while (lines.isEmpty() && !ended) {
            wait();
        }
        if (fault != null) {
            throw new RefusedException(fault);
        }
        String line = lines.poll();
        notifyAll();
        return line;
    }

    /**
     * An operation begins to wait for a person.
     *
     * @return false if the guest has left already
     */
    synchronized boolean begin() {
        pending = true;
        notifyAll();
        return !ended;
    }

    /**
     * The operation is over.
     *
     * @return false if the guest has left meanwhile
     */
    synchronized boolean finish() {
        pending = false;
        return !ended;
    }

    /** Whether the guest has left, or its lines have been ended for it. */
    synchronized boolean isOver() {
        return ended;
    }
}
