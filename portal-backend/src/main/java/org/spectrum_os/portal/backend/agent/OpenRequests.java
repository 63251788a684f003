// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.agent;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.consent.contract.ToWindow;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.protocol.ProtocolException;

/**
 * The requests of one conversation that are not answered yet, by the numbers that the guest gives them. Whoever takes one out answers it, or
 * withdraws it. Thread-safe; what withdraws is called without the lock.
 */
public final class OpenRequests {
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Long, Slot> open = new HashMap<>();
    private long highest;

    /** One request. */
    public final class Slot {
        /** Null as long as asking has not returned. */
        private @Nullable Consumer<ToWindow.Reason> withdrawal;

        private ToWindow.@Nullable Reason withdrawnBefore;

        private Slot() {}

        /** It has been asked for; if it was withdrawn meanwhile, it is now. */
        public void asked(Consumer<ToWindow.Reason> how) {
            ToWindow.Reason late;
            lock.lock();
            try {
                withdrawal = how;
                late = withdrawnBefore;
            } finally {
                lock.unlock();
            }
            if (late != null) {
                how.accept(late);
            }
        }
    }

    /**
     * Enters a request, before it is asked for.
     *
     * @throws ProtocolException if its number is not greater than all before, or more than {@link Limits#OPEN_REQUESTS} would be open
     */
    public Slot begin(long request) throws ProtocolException {
        lock.lock();
        try {
            if (request <= highest) {
                throw new ProtocolException("request number " + request + " after " + highest);
            }
            if (open.size() >= Limits.OPEN_REQUESTS) {
                throw new ProtocolException("more than " + Limits.OPEN_REQUESTS + " requests at once");
            }
            highest = request;
            var slot = new Slot();
            open.put(request, slot);
            return slot;
        } finally {
            lock.unlock();
        }
    }

    /** Takes one out, to be answered; false if it is not open any more. */
    public boolean end(long request) {
        lock.lock();
        try {
            return open.remove(request) != null;
        } finally {
            lock.unlock();
        }
    }

    /** Takes one out and withdraws it; one that is not open any more is no error. */
    public void withdraw(long request, ToWindow.Reason reason) {
        Consumer<ToWindow.Reason> withdrawn = null;
        lock.lock();
        try {
            Slot slot = open.remove(request);
            if (slot != null) {
                slot.withdrawnBefore = reason;
                withdrawn = slot.withdrawal;
            }
        } finally {
            lock.unlock();
        }
        if (withdrawn != null) {
            withdrawn.accept(reason);
        }
    }

    /** As {@link #withdraw}, of all that are open. */
    public void withdrawAll(ToWindow.Reason reason) {
        List<Long> left;
        lock.lock();
        try {
            left = List.copyOf(open.keySet());
        } finally {
            lock.unlock();
        }
        left.forEach(request -> withdraw(request, reason));
    }
}
