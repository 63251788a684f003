// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.lease;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.store.EndReason;
import org.spectrum_os.portal.store.StoreTime;
import org.spectrum_os.portal.store.lease.Lease;
import org.spectrum_os.portal.store.lease.Leases;

/**
 * Writes ends down, and remembers those that cannot be written: the guest has lost them all the same, and a restart must not bring them
 * back. Thread-safe; about one lease it is told one thing after the other.
 */
final class UnwrittenEnds {
    /** How often it is tried again. */
    static final Duration AGAIN = Duration.ofSeconds(5);

    private static final System.Logger LOG = System.getLogger(UnwrittenEnds.class.getName());

    private final Leases store;
    private final StoreTime time;
    private final Executor executor;
    private final Map<String, EndReason> unwritten = new LinkedHashMap<>();
    /** Those whose time had come just when they were ended for another reason: the store tells of their end once more. */
    private final Set<String> overtaken = new HashSet<>();

    private StoreTime.@Nullable Alarm alarm;

    /**
     * @param executor tries again when it is time to
     */
    UnwrittenEnds(Leases store, StoreTime time, Executor executor) {
        this.store = store;
        this.time = time;
        this.executor = executor;
    }

    /** Writes an end down, now or as soon as it can be. */
    synchronized void write(Lease lease, EndReason why) {
        String name = lease.name();
        try {
            if (store.end(name, why).isEmpty()) {
                overtaken.add(name);
            }
        } catch (IOException e) {
            LOG.log(
                    ERROR,
                    "the end of lease {0} cannot be written down yet: {1}. It is out of the guest''s reach; unless there is room on the"
                            + " disk before the backend ends, the next one would lend it again",
                    name,
                    e.getMessage());
            unwritten.put(name, why);
            setAlarm();
        }
    }

    /**
     * Hears from the store that a lease's time has come, or that it has been used up.
     *
     * @return whether its end is news
     */
    synchronized boolean isNews(Lease lease) {
        boolean ended = unwritten.remove(lease.name()) != null;
        return !overtaken.remove(lease.name()) && !ended;
    }

    /** The leases that are over and that the store still has. */
    synchronized Set<String> unwritten() {
        return Set.copyOf(unwritten.keySet());
    }

    /** Tries again. */
    synchronized void writeNow() {
        for (var end : Map.copyOf(unwritten).entrySet()) {
            try {
                if (store.end(end.getKey(), end.getValue()).isEmpty()) {
                    overtaken.add(end.getKey());
                }
                unwritten.remove(end.getKey());
                LOG.log(INFO, "the end of lease {0} is written down now", end.getKey());
            } catch (IOException e) {
                LOG.log(ERROR, "the end of lease {0} still cannot be written down: {1}", end.getKey(), e.getMessage());
            }
        }
        stopAlarm();
        if (!unwritten.isEmpty()) {
            setAlarm();
        }
    }

    private void setAlarm() {
        if (alarm == null) {
            alarm = time.after(AGAIN, () -> executor.execute(this::writeNow));
        }
    }

    synchronized void stopAlarm() {
        if (alarm != null) {
            alarm.cancel();
            alarm = null;
        }
    }
}
