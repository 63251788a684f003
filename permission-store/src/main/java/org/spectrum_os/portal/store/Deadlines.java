// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * When permissions end that end at a moment. Each has two ends, and the earlier counts: the moment by the wall clock, and the same span
 * by a clock that cannot be set. So a clock set back makes nothing last longer, and a machine that was suspended finds out when it wakes.
 * Thread-safe.
 */
final class Deadlines {
    /** While there is a deadline the clocks are looked at this often: after a suspension the alarm alone would come late. */
    static final Duration LOOK = Duration.ofSeconds(5);

    private final Map<Place, Due> dues = new ConcurrentHashMap<>();
    private final StoreTime time;
    private final Consumer<Place> over;
    private StoreTime.@Nullable Alarm alarm;
    private Duration alarmAt = Duration.ZERO;
    private boolean stopped;

    /** One permission. */
    record Place(String table, String id, String app) {}

    private record Due(Permission permission, Instant when, Duration sinceBoot) {}

    /**
     * @param over called on the timer's thread, again and again while a permission is over and still there
     */
    Deadlines(StoreTime time, Consumer<Place> over) {
        this.time = time;
        this.over = over;
    }

    /**
     * Follows what became of one entry.
     *
     * @param notBefore what the wall clock is held to show at least
     */
    void follow(String table, String id, @Nullable Entry before, @Nullable Entry after, Instant notBefore) {
        Permissions old = before == null ? Permissions.NONE : before.permissions();
        Permissions now = after == null ? Permissions.NONE : after.permissions();
        if (!old.ending() && !now.ending()) {
            return;
        }
        old.forEach((app, permission) -> {
            if (permission.end() instanceof End.At && now.get(app) == null) {
                dues.remove(new Place(table, id, app));
            }
        });
        now.forEach((app, permission) -> set(new Place(table, id, app), permission, notBefore));
        schedule(time.now(), time.sinceBoot());
    }

    private void set(Place place, Permission permission, Instant notBefore) {
        if (!(permission.end() instanceof End.At(Instant when))) {
            dues.remove(place);
            return;
        }
        Due known = dues.get(place);
        if (known != null
                && known.when().equals(when)
                && known.permission().created().equals(permission.created())) {
            return;
        }
        Instant now = time.now();
        Duration left = Duration.between(now.isBefore(notBefore) ? notBefore : now, when);
        dues.put(place, new Due(permission, when, time.sinceBoot().plus(left.isNegative() ? Duration.ZERO : left)));
    }

    /** Whether a permission of an entry is over, by either clock. */
    boolean isOver(String table, String id, String app) {
        Due due = dues.get(new Place(table, id, app));
        return due != null && isOver(due);
    }

    private boolean isOver(Due due) {
        return isOver(due, time.now(), time.sinceBoot());
    }

    private static boolean isOver(Due due, Instant now, Duration boot) {
        return !now.isBefore(due.when()) || boot.compareTo(due.sinceBoot()) >= 0;
    }

    /** What is left of the permissions of an entry. */
    Entry visible(String table, String id, Entry entry) {
        Permissions left = entry.permissions();
        for (String app : entry.permissions().apps()) {
            if (isOver(table, id, app)) {
                left = left.without(app);
            }
        }
        return left.size() == entry.permissions().size() ? entry : entry.with(left);
    }

    /** Sets the alarm for the next deadline. Those that are over and still there wait for the next look: writing their end failed. */
    private synchronized void schedule(Instant now, Duration boot) {
        if (stopped || dues.isEmpty()) {
            return;
        }
        Duration next = LOOK;
        for (Due due : dues.values()) {
            Duration left =
                    shorter(Duration.between(now, due.when()), due.sinceBoot().minus(boot));
            if (left.isPositive()) {
                next = shorter(next, left);
            }
        }
        if (alarm == null || boot.plus(next).compareTo(alarmAt) < 0) {
            setAlarm(boot, next);
        }
    }

    private void setAlarm(Duration boot, Duration next) {
        if (alarm != null) {
            alarm.cancel();
        }
        alarmAt = boot.plus(next);
        alarm = time.after(next, this::look);
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    private void look() {
        // One look at the clocks for both: what comes due between two would be neither over nor waited for.
        Instant now = time.now();
        Duration boot = time.sinceBoot();
        dues.entrySet().stream()
                .filter(entry -> isOver(entry.getValue(), now, boot))
                .map(Map.Entry::getKey)
                .toList()
                .forEach(over);
        synchronized (this) {
            alarm = null;
        }
        schedule(now, boot);
    }

    synchronized void stop() {
        stopped = true;
        if (alarm != null) {
            alarm.cancel();
            alarm = null;
        }
    }
}
