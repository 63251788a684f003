// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store;

import java.util.List;
import java.util.Map;
import org.spectrum_os.portal.dbus.marshal.MarshalledValue;

/**
 * Something to be done to one entry. Where {@code create} is false the entry must exist. Texts must have a UTF-8 form and hold no NUL;
 * otherwise any text is a name, also the empty one.
 */
public sealed interface Change {
    String table();

    String id();

    /** Makes or replaces the entry. What newer versions wrote in it stays. */
    record Set(String table, boolean create, String id, Map<String, List<String>> permissions, MarshalledValue data)
            implements Change {
        public Set {
            permissions = Map.copyOf(permissions);
        }
    }

    /** Replaces the entry's value and keeps its permissions. */
    record SetValue(String table, boolean create, String id, MarshalledValue data) implements Change {}

    /** Replaces one application's permission. A new entry's value is one zero byte. */
    record SetPermission(
            String table, boolean create, String id, String app, List<String> access, End end, String reason)
            implements Change {
        public SetPermission {
            access = List.copyOf(access);
        }
    }

    /** Makes an entry that belongs to one owner; {@link Refusal#EXISTS} if there is one of that id. */
    record Grant(String table, String id, String owner, Permission permission, MarshalledValue data)
            implements Change {}

    /** Removes one application's permission; the entry stays. No such permission: nothing to do, and no refusal. */
    record DeletePermission(String table, String id, String app) implements Change {}

    /** Removes the entry. */
    record Delete(String table, String id) implements Change {}

    /** Counts one use, and ends the permission when it was the last. */
    record Use(String table, String id, String app) implements Change {}

    /**
     * Ends one permission for a reason.
     *
     * @param onlyIfOver not unless its time has come
     */
    record Finish(String table, String id, String app, EndReason why, boolean onlyIfOver) implements Change {}

    /** Why a change was not made. Nothing has happened then. */
    enum Refusal {
        /** There is no such entry. */
        NO_ENTRY,
        /** The entry is there, but no permission of that application. */
        NO_PERMISSION,
        EXISTS,
        /** The permission's time has not come. */
        NOT_OVER,
        /** It holds more than {@link Store#LARGEST_CHANGE}, or a text that has no UTF-8 form. */
        UNFIT,
        /** The store holds {@link Store#LARGEST} already. */
        FULL
    }
}
