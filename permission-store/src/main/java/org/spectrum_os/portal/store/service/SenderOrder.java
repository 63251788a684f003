// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.service;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;

/**
 * Makes a caller's reads wait for its own writes, and for nobody else's: with the stock service, too, whoever sends Set and then Lookup
 * finds what it set, without waiting for the answer to Set. Thread-safe; as many wait as calls may be unanswered.
 */
final class SenderOrder {
    /** Of each caller with an unfinished write: that (empty) and all that came after it, in order. */
    private final Map<String, Queue<Optional<Runnable>>> unfinished = new HashMap<>();

    /** Runs a read, now or when the writes before it are finished. */
    void read(String sender, Runnable read) {
        synchronized (this) {
            Queue<Optional<Runnable>> before = unfinished.get(sender);
            if (before != null) {
                before.add(Optional.of(read));
                return;
            }
        }
        read.run();
    }

    /** A write has come; {@link #endWrite} follows, in the order of the writes. */
    synchronized void beginWrite(String sender) {
        unfinished.computeIfAbsent(sender, _ -> new ArrayDeque<>()).add(Optional.empty());
    }

    /** The first of the unfinished writes is finished. */
    void endWrite(String sender) {
        List<Runnable> ready = new ArrayList<>();
        synchronized (this) {
            Queue<Optional<Runnable>> calls = unfinished.get(sender);
            if (calls == null) {
                throw new IllegalStateException("more writes have ended than begun");
            }
            calls.remove();
            for (var next = calls.peek(); next != null && next.isPresent(); next = calls.peek()) {
                ready.add(next.get());
                calls.remove();
            }
            if (calls.isEmpty()) {
                unfinished.remove(sender);
            }
        }
        ready.forEach(Runnable::run);
    }
}
