// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.service;

import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.spectrum_os.portal.dbus.DBusErrorException;
import org.spectrum_os.portal.dbus.InterfaceDescription;
import org.spectrum_os.portal.dbus.OrderedCall;
import org.spectrum_os.portal.dbus.OrderedInterface;
import org.spectrum_os.portal.dbus.iface.Permissions1;
import org.spectrum_os.portal.dbus.marshal.MarshalException;
import org.spectrum_os.portal.dbus.marshal.MarshalReader;
import org.spectrum_os.portal.dbus.marshal.MarshalWriter;
import org.spectrum_os.portal.store.Change;
import org.spectrum_os.portal.store.End;
import org.spectrum_os.portal.store.EndReason;
import org.spectrum_os.portal.store.Entry;
import org.spectrum_os.portal.store.Outcome;
import org.spectrum_os.portal.store.Permission;
import org.spectrum_os.portal.store.Store;

/**
 * org.spectrum_os.Portal.Permissions1: terms, uses, and all that one application may do. What goes through all tables (ListByApp,
 * RevokeApp) is done elsewhere than on the bus's reading thread, one after the other; a change that is sent while it is under way may or
 * may not be part of it.
 */
final class PermissionsFace implements OrderedInterface {
    private static final int VERSION = 1;

    /** In Use's answer: uses do not end it. 18446744073709551615 on the wire. */
    private static final long NO_LIMIT = -1;

    /** So many ends are under way at once. */
    private static final int MOST_AT_ONCE = 1024;

    private final Gate gate;
    private final InstantSource clock;
    private final Executor elsewhere;

    /**
     * @param elsewhere runs one task at a time, and may take long over it
     */
    PermissionsFace(Gate gate, InstantSource clock, Executor elsewhere) {
        this.gate = gate;
        this.clock = clock;
        this.elsewhere = elsewhere;
    }

    private record Found(String table, String id, Permission permission) {}

    @Override
    public InterfaceDescription description() {
        return Permissions1.DESCRIPTION;
    }

    @Override
    public Object property(String name) throws DBusErrorException {
        return name.equals(Permissions1.VERSION_PROPERTY) ? VERSION : OrderedInterface.super.property(name);
    }

    @Override
    public void accept(OrderedCall call) {
        gate.pass(call, store -> answer(call, store));
    }

    private void answer(OrderedCall call, Store store) throws MarshalException {
        MarshalReader in = call.reader();
        switch (call.member()) {
            case Permissions1.ListTables.MEMBER -> gate.read(call, () -> listTables(call, store));
            case Permissions1.ListByApp.MEMBER -> {
                String app = in.readString();
                gate.readElsewhere(call, elsewhere, () -> listByApp(call, store, app));
            }
            case Permissions1.Describe.MEMBER -> {
                String table = in.readString();
                String id = in.readString();
                gate.read(call, () -> describe(call, store, table, id));
            }
            case Permissions1.SetPermissionWithTerms.MEMBER -> {
                String table = in.readString();
                boolean create = in.readBoolean();
                String id = in.readString();
                String app = in.readString();
                List<String> access = in.readStrings();
                Terms terms = Terms.read(in, clock.instant());
                gate.write(
                        call,
                        store,
                        new Change.SetPermission(table, create, id, app, access, terms.end(), terms.reason()));
            }
            case Permissions1.Use.MEMBER -> {
                String table = in.readString();
                String id = in.readString();
                String app = in.readString();
                gate.write(call, store, new Change.Use(table, id, app), done -> call.reply(usesLeft(done, app)));
            }
            case Permissions1.RevokeApp.MEMBER -> {
                String app = in.readString();
                gate.readElsewhere(call, elsewhere, () -> revokeApp(call, store, app));
            }
            default -> throw new IllegalStateException("the dispatcher checked the member " + call.member());
        }
    }

    private static void listTables(OrderedCall call, Store store) throws MarshalException {
        var out = new MarshalWriter();
        out.writeStrings(store.tables());
        call.reply(out);
    }

    private static void listByApp(OrderedCall call, Store store, String app) throws MarshalException {
        var out = new MarshalWriter();
        int array = out.beginArray("(ssa{sv})");
        for (Found found : permissionsOf(store, app)) {
            out.beginStruct();
            out.writeString(found.table());
            out.writeString(found.id());
            writeDetails(out, found.permission());
        }
        out.endArray(array);
        call.reply(out);
    }

    private static void describe(OrderedCall call, Store store, String table, String id) throws MarshalException {
        Entry entry = store.entry(table, id).orElse(null);
        if (entry == null) {
            Errors.noEntry(call, id);
            return;
        }
        var out = new MarshalWriter();
        int array = out.beginArray("{sa{sv}}");
        for (String app : entry.permissions().apps()) {
            Permission permission = entry.permissions().get(app);
            if (permission != null && isShown(permission)) {
                out.beginStruct();
                out.writeString(app);
                writeDetails(out, permission);
            }
        }
        out.endArray(array);
        call.reply(out);
    }

    /** As in the plain interface, an application whose list is empty has no permission. */
    private static boolean isShown(Permission permission) {
        return !permission.access().isEmpty();
    }

    private static List<Found> permissionsOf(Store store, String app) {
        var found = new ArrayList<Found>();
        for (String table : store.tables()) {
            for (String id : store.ids(table)) {
                store.entry(table, id)
                        .map(entry -> entry.permissions().get(app))
                        .filter(PermissionsFace::isShown)
                        .ifPresent(permission -> found.add(new Found(table, id, permission)));
            }
        }
        return found;
    }

    private static void revokeApp(OrderedCall call, Store store, String app) {
        var endings = new ArrayList<CompletableFuture<Outcome>>();
        int ended = 0;
        IOException failure = null;
        List<Found> all = permissionsOf(store, app);
        for (int from = 0; from < all.size() && failure == null; from += MOST_AT_ONCE) {
            endings.clear();
            for (Found found : all.subList(from, Math.min(all.size(), from + MOST_AT_ONCE))) {
                var ending = new CompletableFuture<Outcome>();
                endings.add(ending);
                store.submit(
                        new Change.Finish(found.table(), found.id(), app, EndReason.REVOKED, false), ending::complete);
            }
            for (var ending : endings) {
                switch (ending.join()) {
                    case Outcome.Done _ -> ended++;
                    // Somebody else has ended it meanwhile.
                    case Outcome.Refused _ -> {}
                    case Outcome.Failed(IOException cause) -> failure = cause;
                }
            }
        }
        if (failure != null) {
            Errors.partly(call, ended, all.size(), failure);
            return;
        }
        var out = new MarshalWriter();
        out.writeInt32(ended);
        call.reply(out);
    }

    private static MarshalWriter usesLeft(Outcome.Done done, String app) {
        Entry after = done.after();
        Permission permission = after == null ? null : after.permissions().get(app);
        long left = NO_LIMIT;
        if (permission == null) {
            left = 0;
        } else if (permission.end() instanceof End.Uses(long most)) {
            left = most - permission.uses();
        }
        var out = new MarshalWriter();
        out.writeInt64(left);
        return out;
    }

    private static void writeDetails(MarshalWriter out, Permission permission) throws MarshalException {
        int array = out.beginArray("{sv}");
        key(out, "access", "as");
        out.writeStrings(permission.access());
        text(out, "created", permission.created().toString());
        text(out, "reason", permission.reason());
        text(out, "end", permission.end().word());
        if (permission.end() instanceof End.At at) {
            text(out, "until", at.when().toString());
        }
        if (permission.end() instanceof End.Uses(long most)) {
            number(out, "uses-left", most - permission.uses());
        }
        number(out, "uses", permission.uses());
        out.endArray(array);
    }

    private static void text(MarshalWriter out, String key, String text) throws MarshalException {
        key(out, key, "s");
        out.writeString(text);
    }

    private static void number(MarshalWriter out, String key, long number) throws MarshalException {
        key(out, key, "t");
        out.writeInt64(number);
    }

    private static void key(MarshalWriter out, String key, String type) throws MarshalException {
        out.beginStruct();
        out.writeString(key);
        out.writeSignature(type);
    }
}
