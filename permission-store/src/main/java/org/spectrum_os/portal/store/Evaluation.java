// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.dbus.marshal.MarshalException;
import org.spectrum_os.portal.dbus.marshal.MarshalledValue;
import org.spectrum_os.portal.store.json.Parts;

/** What a change makes of an entry. Pure. */
final class Evaluation {
    /** What the stock service stores for an entry that was made by setting a permission. */
    static final MarshalledValue NO_DATA = zeroByte();

    private final Instant now;
    private final Store.OnLastEnd onLastEnd;

    Evaluation(Instant now, Store.OnLastEnd onLastEnd) {
        this.now = now;
        this.onLastEnd = onLastEnd;
    }

    private static MarshalledValue zeroByte() {
        try {
            return MarshalledValue.of("y", new byte[1]);
        } catch (MarshalException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * The outcome of a change, if it can be written.
     *
     * @param before the entry as it is; null if there is none
     * @param over   whether the permission that the change is about is over
     */
    Outcome of(Change change, @Nullable Entry before, boolean over) {
        if (!fits(change)) {
            return new Outcome.Refused(Change.Refusal.UNFIT);
        }
        return switch (change) {
            case Change.Set set ->
                before == null && !set.create() ? refused(Change.Refusal.NO_ENTRY) : set(set, before);
            case Change.SetValue set ->
                before == null && !set.create()
                        ? refused(Change.Refusal.NO_ENTRY)
                        : done(before, before == null ? entry(set.data(), Permissions.NONE) : before.with(set.data()));
            case Change.SetPermission set ->
                before == null && !set.create() ? refused(Change.Refusal.NO_ENTRY) : setPermission(set, before);
            case Change.Grant grant ->
                before != null
                        ? refused(Change.Refusal.EXISTS)
                        : done(null, entry(grant.data(), Permissions.NONE.with(grant.owner(), grant.permission())));
            case Change.DeletePermission delete ->
                before == null
                        ? refused(Change.Refusal.NO_ENTRY)
                        : done(before, before.with(before.permissions().without(delete.app())));
            case Change.Delete _ -> before == null ? refused(Change.Refusal.NO_ENTRY) : done(before, null);
            case Change.Use use ->
                onPermission(before, use.app(), permission -> use(before, use.app(), permission, over));
            case Change.Finish finish ->
                onPermission(
                        before,
                        finish.app(),
                        permission -> finish.onlyIfOver() && !over
                                ? refused(Change.Refusal.NOT_OVER)
                                : finished(before, finish.app(), permission, finish.why()));
        };
    }

    private Outcome set(Change.Set set, @Nullable Entry before) {
        var permissions = new TreeMap<String, Permission>();
        set.permissions().forEach((app, access) -> permissions.put(app, Permission.plain(access, now)));
        return done(
                before,
                new Entry(set.data(), Permissions.of(permissions), before == null ? Unknown.NONE : before.unknown()));
    }

    private Outcome setPermission(Change.SetPermission set, @Nullable Entry before) {
        var permission = new Permission(set.access(), now, set.end(), set.reason(), 0, Unknown.NONE);
        Entry base = before == null ? entry(NO_DATA, Permissions.NONE) : before;
        return done(before, base.with(base.permissions().with(set.app(), permission)));
    }

    private interface PermissionStep {
        Outcome take(Permission permission);
    }

    private static Outcome onPermission(@Nullable Entry before, String app, PermissionStep step) {
        if (before == null) {
            return refused(Change.Refusal.NO_ENTRY);
        }
        Permission permission = before.permissions().get(app);
        return permission == null ? refused(Change.Refusal.NO_PERMISSION) : step.take(permission);
    }

    private Outcome use(@Nullable Entry before, String app, Permission permission, boolean over) {
        if (before == null || over) {
            return refused(Change.Refusal.NO_PERMISSION);
        }
        Permission used = permission.usedOnceMore();
        return used.end() instanceof End.Uses(long most) && used.uses() >= most
                ? finished(before, app, used, EndReason.USED_UP)
                : done(before, before.with(before.permissions().with(app, used)));
    }

    private Outcome finished(@Nullable Entry before, String app, Permission permission, EndReason why) {
        if (before == null) {
            return refused(Change.Refusal.NO_ENTRY);
        }
        Permissions left = before.permissions().without(app);
        Entry after = left.isEmpty() && onLastEnd == Store.OnLastEnd.DROP_ENTRY ? null : before.with(left);
        return new Outcome.Done(before, after, new Outcome.Ended(app, permission, why));
    }

    private static Entry entry(MarshalledValue data, Permissions permissions) {
        return new Entry(data, permissions, Unknown.NONE);
    }

    private static Outcome done(@Nullable Entry before, @Nullable Entry after) {
        return new Outcome.Done(before, after, null);
    }

    private static Outcome refused(Change.Refusal why) {
        return new Outcome.Refused(why);
    }

    /** Whether every text can be written, and all of it is not too much. */
    private static boolean fits(Change change) {
        Stream<String> own = switch (change) {
            case Change.Set set ->
                set.permissions().entrySet().stream()
                        .flatMap(entry -> Stream.concat(Stream.of(entry.getKey()), entry.getValue().stream()));
            case Change.SetValue _, Change.Delete _ -> Stream.of();
            case Change.SetPermission set -> Stream.concat(Stream.of(set.app(), set.reason()), set.access().stream());
            case Change.Grant grant ->
                Stream.concat(
                        Stream.of(grant.owner(), grant.permission().reason()), grant.permission().access().stream());
            case Change.DeletePermission delete -> Stream.of(delete.app());
            case Change.Use use -> Stream.of(use.app());
            case Change.Finish finish -> Stream.of(finish.app());
        };
        MarshalledValue data = switch (change) {
            case Change.Set set -> set.data();
            case Change.SetValue set -> set.data();
            case Change.Grant grant -> grant.data();
            default -> NO_DATA;
        };
        long applications = change instanceof Change.Set set ? set.permissions().size() : 0;
        var texts = Stream.concat(Stream.of(change.table(), change.id()), own).toList();
        long sum = data.size() + applications * 64;
        for (String text : texts) {
            sum += text.length() + 8L;
        }
        return sum <= Store.LARGEST_CHANGE
                && Parts.atMost(Store.MOST_PARTS, data)
                && texts.stream().allMatch(Evaluation::isStorable);
    }

    private static boolean isStorable(String text) {
        return text.indexOf('\0') < 0 && StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }
}
