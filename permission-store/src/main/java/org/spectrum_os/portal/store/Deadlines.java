// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
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

    /** The end of the permission that was granted at {@code created} until {@code when}; by then another may be in its place. */
    private record Due(Instant created, Instant when, Duration sinceBoot) {
        boolean isOf(Permission permission) {
            return permission.end() instanceof End.At(Instant end)
                    && end.equals(when)
                    && permission.created().equals(created);
        }
    }

    /** Both clocks, looked at once for all that is asked of them. */
    private record Moment(Instant wall, Duration sinceBoot) {}

    /**
     * @param over called on the timer's thread, again and again while a permission is over and still there
     */
    Deadlines(StoreTime time, Consumer<Place> over) {
        this.time = time;
        this.over = over;
    }

    /** Follows what has been read; {@code notBefore} as in {@link #follow}. */
    void begin(List<Tables.Row> rows, Instant notBefore) {
        Moment now = moment();
        for (Tables.Row row : rows) {
            Permissions permissions = row.entry().permissions();
            if (permissions.ending()) {
                permissions.forEach(
                        (app, permission) -> set(new Place(row.table(), row.id(), app), permission, now, notBefore));
            }
        }
        schedule(now);
    }

    /**
     * Follows what became of one entry.
     *
     * @param notBefore what the wall clock is held to show at least
     */
    void follow(String table, String id, @Nullable Entry before, @Nullable Entry after, Instant notBefore) {
        Permissions old = before == null ? Permissions.NONE : before.permissions();
        Permissions left = after == null ? Permissions.NONE : after.permissions();
        if (!old.ending() && !left.ending()) {
            return;
        }
        old.forEach((app, permission) -> {
            if (permission.end() instanceof End.At && left.get(app) == null) {
                dues.remove(new Place(table, id, app));
            }
        });
        Moment now = moment();
        Duration[] next = {LOOK};
        left.forEach((app, permission) ->
                next[0] = shorter(next[0], set(new Place(table, id, app), permission, now, notBefore)));
        // What was there before has its alarm already.
        schedule(now, next[0]);
    }

    /** Returns when to look at it at the latest. */
    private Duration set(Place place, Permission permission, Moment now, Instant notBefore) {
        if (!(permission.end() instanceof End.At(Instant when))) {
            dues.remove(place);
            return LOOK;
        }
        Due known = dues.get(place);
        if (known != null && known.isOf(permission)) {
            return LOOK;
        }
        Duration left = Duration.between(now.wall().isBefore(notBefore) ? notBefore : now.wall(), when);
        dues.put(
                place,
                new Due(permission.created(), when, now.sinceBoot().plus(left.isNegative() ? Duration.ZERO : left)));
        return left.isPositive() ? left : LOOK;
    }

    private Moment moment() {
        return new Moment(time.now(), time.sinceBoot());
    }

    /** Whether a permission of an entry, which may be one that is not followed yet, is over by either clock. */
    boolean isOver(String table, String id, String app, Permission permission) {
        return permission.end() instanceof End.At && isOver(new Place(table, id, app), permission, moment());
    }

    private boolean isOver(Place place, Permission permission, Moment now) {
        Due due = dues.get(place);
        return permission.end() instanceof End.At(Instant when)
                && (!now.wall().isBefore(when) || (due != null && due.isOf(permission) && isOver(due, now)));
    }

    private static boolean isOver(Due due, Moment now) {
        return !now.wall().isBefore(due.when()) || now.sinceBoot().compareTo(due.sinceBoot()) >= 0;
    }

    /** What is left of the permissions of an entry. */
    Entry visible(String table, String id, Entry entry) {
        Permissions left = entry.permissions();
        Moment now = null;
        for (String app : entry.permissions().apps()) {
            Permission permission = entry.permissions().get(app);
            if (permission != null && permission.end() instanceof End.At) {
                now = now == null ? moment() : now;
                if (isOver(new Place(table, id, app), permission, now)) {
                    left = left.without(app);
                }
            }
        }
        return left.size() == entry.permissions().size() ? entry : entry.with(left);
    }

    /** Sets the alarm for the next deadline. Those that are over and still there wait for the next look: writing their end failed. */
    private void schedule(Moment now) {
        Duration next = LOOK;
        for (Due due : dues.values()) {
            Duration left = shorter(
                    Duration.between(now.wall(), due.when()), due.sinceBoot().minus(now.sinceBoot()));
            if (left.isPositive()) {
                next = shorter(next, left);
            }
        }
        schedule(now, next);
    }

    private synchronized void schedule(Moment now, Duration next) {
        boolean wanted = !stopped && !dues.isEmpty();
        if (wanted && (alarm == null || now.sinceBoot().plus(next).compareTo(alarmAt) < 0)) {
            setAlarm(now.sinceBoot(), next);
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
        Moment now = moment();
        dues.entrySet().stream()
                .filter(entry -> isOver(entry.getValue(), now))
                .map(Map.Entry::getKey)
                .toList()
                .forEach(over);
        synchronized (this) {
            alarm = null;
        }
        schedule(now);
    }

    synchronized void stop() {
        stopped = true;
        if (alarm != null) {
            alarm.cancel();
            alarm = null;
        }
    }
}
