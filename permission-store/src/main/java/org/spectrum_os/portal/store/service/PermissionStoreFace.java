// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.service;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.spectrum_os.portal.dbus.DBusErrorException;
import org.spectrum_os.portal.dbus.InterfaceDescription;
import org.spectrum_os.portal.dbus.OrderedCall;
import org.spectrum_os.portal.dbus.OrderedInterface;
import org.spectrum_os.portal.dbus.iface.PermissionStoreBackend;
import org.spectrum_os.portal.dbus.marshal.MarshalException;
import org.spectrum_os.portal.dbus.marshal.MarshalReader;
import org.spectrum_os.portal.dbus.marshal.MarshalWriter;
import org.spectrum_os.portal.dbus.marshal.MarshalledValue;
import org.spectrum_os.portal.store.Change;
import org.spectrum_os.portal.store.End;
import org.spectrum_os.portal.store.Entry;
import org.spectrum_os.portal.store.Permission;
import org.spectrum_os.portal.store.Permissions;
import org.spectrum_os.portal.store.Store;

/**
 * org.freedesktop.impl.portal.PermissionStore, version 2, as the stock service (xdg-permission-store 1.16 to 1.22) answers it: error names
 * and texts, order, and what is hidden were compared with it call by call.
 *
 * <p>It differs where the stock service fails: every text is a name of a table, and a change is on the disk before it is told or seen.
 */
final class PermissionStoreFace implements OrderedInterface {
    /** Of the bus name and of the interface. */
    static final String NAME = PermissionStoreBackend.NAME;

    static final String PATH = "/org/freedesktop/impl/portal/PermissionStore";
    private static final int VERSION = 2;
    private static final End NEVER = new End.Never();

    private final Gate gate;

    PermissionStoreFace(Gate gate) {
        this.gate = gate;
    }

    @Override
    public InterfaceDescription description() {
        return PermissionStoreBackend.DESCRIPTION;
    }

    @Override
    public Object property(String name) throws DBusErrorException {
        return name.equals(PermissionStoreBackend.VERSION_PROPERTY) ? VERSION : OrderedInterface.super.property(name);
    }

    @Override
    public void accept(OrderedCall call) {
        gate.pass(call, store -> answer(call, store));
    }

    private void answer(OrderedCall call, Store store) throws MarshalException {
        MarshalReader in = call.reader();
        String table = in.readString();
        switch (call.member()) {
            case PermissionStoreBackend.Lookup.MEMBER -> {
                String id = in.readString();
                gate.read(call, () -> lookup(call, store, table, id));
            }
            case PermissionStoreBackend.GetPermission.MEMBER -> {
                String id = in.readString();
                String app = in.readString();
                gate.read(call, () -> getPermission(call, store, table, id, app));
            }
            case PermissionStoreBackend.List.MEMBER -> gate.read(call, () -> list(call, store, table));
            case PermissionStoreBackend.Set.MEMBER -> {
                boolean create = in.readBoolean();
                String id = in.readString();
                Map<String, List<String>> permissions = readPermissions(in);
                gate.write(call, store, new Change.Set(table, create, id, permissions, in.readVariant()));
            }
            case PermissionStoreBackend.SetValue.MEMBER -> {
                boolean create = in.readBoolean();
                String id = in.readString();
                gate.write(call, store, new Change.SetValue(table, create, id, in.readVariant()));
            }
            case PermissionStoreBackend.SetPermission.MEMBER -> {
                boolean create = in.readBoolean();
                String id = in.readString();
                String app = in.readString();
                gate.write(call, store, new Change.SetPermission(table, create, id, app, in.readStrings(), NEVER, ""));
            }
            case PermissionStoreBackend.DeletePermission.MEMBER -> {
                String id = in.readString();
                gate.write(call, store, new Change.DeletePermission(table, id, in.readString()));
            }
            case PermissionStoreBackend.Delete.MEMBER ->
                gate.write(call, store, new Change.Delete(table, in.readString()));
            default -> throw new IllegalStateException("the dispatcher checked the member " + call.member());
        }
    }

    private static void lookup(OrderedCall call, Store store, String table, String id) throws MarshalException {
        Entry entry = store.entry(table, id).orElse(null);
        if (entry == null) {
            Errors.noEntry(call, id);
            return;
        }
        var out = new MarshalWriter();
        writePermissions(out, entry.permissions());
        out.writeVariant(entry.data());
        call.reply(out);
    }

    private static void getPermission(OrderedCall call, Store store, String table, String id, String app)
            throws MarshalException {
        Entry entry = store.entry(table, id).orElse(null);
        if (entry == null) {
            Errors.noEntry(call, id);
            return;
        }
        Permission permission = entry.permissions().get(app);
        var out = new MarshalWriter();
        out.writeStrings(permission == null ? List.of() : permission.access());
        call.reply(out);
    }

    private static void list(OrderedCall call, Store store, String table) throws MarshalException {
        var out = new MarshalWriter();
        out.writeStrings(store.ids(table));
        call.reply(out);
    }

    /** The body of Changed for an entry that is there. */
    static MarshalWriter changed(String table, String id, Entry entry) throws MarshalException {
        MarshalWriter out = changed(table, id, false, entry.data());
        writePermissions(out, entry.permissions());
        return out;
    }

    /** The body of Changed for one that is not there any more: its last value, and no permissions. */
    static MarshalWriter deleted(String table, String id, MarshalledValue data) throws MarshalException {
        MarshalWriter out = changed(table, id, true, data);
        out.endArray(out.beginArray("{sas}"));
        return out;
    }

    private static MarshalWriter changed(String table, String id, boolean deleted, MarshalledValue data)
            throws MarshalException {
        var out = new MarshalWriter();
        out.writeString(table);
        out.writeString(id);
        out.writeBoolean(deleted);
        out.writeVariant(data);
        return out;
    }

    /** Of an application that occurs twice the last list counts. */
    static Map<String, List<String>> readPermissions(MarshalReader in) throws MarshalException {
        Map<String, List<String>> permissions = new HashMap<>();
        for (int end = in.beginArray("{sas}"); in.hasNext(end); ) {
            in.beginStruct();
            String app = in.readString();
            permissions.put(app, in.readStrings());
        }
        return permissions;
    }

    /** In the order of the names' bytes. An application whose list is empty is not shown. */
    private static void writePermissions(MarshalWriter out, Permissions permissions) throws MarshalException {
        int array = out.beginArray("{sas}");
        for (String app : permissions.apps()) {
            Permission permission = permissions.get(app);
            if (permission != null && !permission.access().isEmpty()) {
                out.beginStruct();
                out.writeString(app);
                out.writeStrings(permission.access());
            }
        }
        out.endArray(array);
    }
}
