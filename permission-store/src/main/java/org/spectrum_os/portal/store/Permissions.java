// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The permissions of one entry, by application, in the order of the names' UTF-8 bytes. Immutable, and two arrays: there may be a hundred
 * thousand of these, most with one application.
 */
public final class Permissions {
    static final Permissions NONE = new Permissions(new String[0], new Permission[0]);

    /** The order of UTF-8 bytes, which for texts without halves of surrogate pairs is the order of code points. */
    static final Comparator<String> ORDER = Permissions::compare;

    private final String[] apps;
    private final Permission[] permissions;
    private final boolean ending;

    private Permissions(String[] apps, Permission[] permissions) {
        this.apps = apps;
        this.permissions = permissions;
        this.ending = anyEnds(permissions);
    }

    private static boolean anyEnds(Permission[] permissions) {
        for (Permission permission : permissions) {
            if (!(permission.end() instanceof End.Never)) {
                return true;
            }
        }
        return false;
    }

    static Permissions of(Map<String, Permission> map) {
        if (map.isEmpty()) {
            return NONE;
        }
        if (map.size() == 1) {
            var only = map.entrySet().iterator().next();
            return new Permissions(new String[] {only.getKey()}, new Permission[] {only.getValue()});
        }
        var sorted = new TreeMap<String, Permission>(ORDER);
        sorted.putAll(map);
        return new Permissions(
                sorted.keySet().toArray(String[]::new), sorted.values().toArray(Permission[]::new));
    }

    public int size() {
        return apps.length;
    }

    public boolean isEmpty() {
        return apps.length == 0;
    }

    /** Whether any of them ends by itself. */
    public boolean ending() {
        return ending;
    }

    public @Nullable Permission get(String app) {
        int at = find(app);
        return at < 0 ? null : permissions[at];
    }

    /** The applications, in order. */
    public List<String> apps() {
        return List.of(apps);
    }

    public void forEach(BiConsumer<String, Permission> action) {
        for (int i = 0; i < apps.length; i++) {
            action.accept(apps[i], permissions[i]);
        }
    }

    Permissions with(String app, Permission permission) {
        int at = find(app);
        if (at >= 0) {
            Permission[] changed = permissions.clone();
            changed[at] = permission;
            return new Permissions(apps, changed);
        }
        int place = -at - 1;
        String[] names = Arrays.copyOf(apps, apps.length + 1);
        Permission[] values = Arrays.copyOf(permissions, apps.length + 1);
        System.arraycopy(apps, place, names, place + 1, apps.length - place);
        System.arraycopy(permissions, place, values, place + 1, apps.length - place);
        names[place] = app;
        values[place] = permission;
        return new Permissions(names, values);
    }

    Permissions without(String app) {
        int at = find(app);
        if (at < 0) {
            return this;
        }
        String[] names = new String[apps.length - 1];
        Permission[] values = new Permission[names.length];
        System.arraycopy(apps, 0, names, 0, at);
        System.arraycopy(apps, at + 1, names, at, names.length - at);
        System.arraycopy(permissions, 0, values, 0, at);
        System.arraycopy(permissions, at + 1, values, at, names.length - at);
        return new Permissions(names, values);
    }

    private int find(String app) {
        return Arrays.binarySearch(apps, app, ORDER);
    }

    private static int compare(String a, String b) {
        int shorter = Math.min(a.length(), b.length());
        for (int i = 0; i < shorter; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                boolean xPair = Character.isSurrogate(x);
                return xPair == Character.isSurrogate(y) ? x - y : xPair ? 1 : -1;
            }
        }
        return a.length() - b.length();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Permissions that
                && Arrays.equals(apps, that.apps)
                && Arrays.equals(permissions, that.permissions);
    }

    @Override
    public int hashCode() {
        return Objects.hash(Arrays.hashCode(apps), Arrays.hashCode(permissions));
    }

    @Override
    public String toString() {
        return apps.length + " permission(s)";
    }
}
