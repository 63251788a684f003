// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.service;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.BusException;
import org.spectrum_os.portal.dbus.iface.PermissionStoreBackend;
import org.spectrum_os.portal.dbus.iface.Permissions1;
import org.spectrum_os.portal.dbus.marshal.MarshalException;
import org.spectrum_os.portal.dbus.marshal.MarshalWriter;
import org.spectrum_os.portal.store.Change;
import org.spectrum_os.portal.store.Entry;
import org.spectrum_os.portal.store.Outcome;
import org.spectrum_os.portal.store.Store;
import org.spectrum_os.portal.store.StoreListener;

/**
 * Tells the bus of every change: on the store's own thread, so each signal leaves before the reply to whoever caused it, and in the order
 * of the changes.
 */
final class ChangeSignals implements StoreListener {
    private static final System.Logger LOG = System.getLogger(ChangeSignals.class.getName());

    private final BusConnection bus;
    private final Store store;

    ChangeSignals(BusConnection bus, Store store) {
        this.bus = bus;
        this.store = store;
    }

    @Override
    public void changed(Change change, Outcome.Done done) {
        try {
            if (isPlain(change) || done.ended() != null) {
                emitChanged(change, done);
            }
            if (done.ended() != null) {
                emitEnded(change, done.ended());
            }
        } catch (MarshalException | IllegalStateException | IllegalArgumentException e) {
            // The change is made, and Lookup tells it; only that many bytes have no place in a signal.
            LOG.log(WARNING, "nobody was told that {0} has changed: {1}", change.table(), e.getMessage());
        } catch (BusException e) {
            LOG.log(DEBUG, "nobody can be told of changes any more: {0}", e.getMessage());
        }
    }

    /** As the stock service has it, also when the entry is as it was before. A use that ends nothing is nothing that anybody sees. */
    private static boolean isPlain(Change change) {
        return switch (change) {
            case Change.Set _,
                    Change.SetValue _,
                    Change.SetPermission _,
                    Change.Grant _,
                    Change.DeletePermission _,
                    Change.Delete _ -> true;
            case Change.Use _, Change.Finish _ -> false;
        };
    }

    private void emitChanged(Change change, Outcome.Done done) throws BusException, MarshalException {
        Entry before = done.before();
        // Without what is over and not yet written down as such.
        Entry after = store.entry(change.table(), change.id()).orElse(null);
        if (after != null) {
            emit(
                    PermissionStoreBackend.NAME,
                    PermissionStoreBackend.Changed.MEMBER,
                    PermissionStoreBackend.Changed.SIGNATURE,
                    PermissionStoreFace.changed(change.table(), change.id(), after));
        } else if (before != null) {
            emit(
                    PermissionStoreBackend.NAME,
                    PermissionStoreBackend.Changed.MEMBER,
                    PermissionStoreBackend.Changed.SIGNATURE,
                    PermissionStoreFace.deleted(change.table(), change.id(), before.data()));
        }
    }

    private void emitEnded(Change change, Outcome.Ended ended) throws BusException, MarshalException {
        var out = new MarshalWriter();
        out.writeString(change.table());
        out.writeString(change.id());
        out.writeString(ended.app());
        out.writeString(ended.why().toString());
        emit(Permissions1.NAME, Permissions1.Ended.MEMBER, Permissions1.Ended.SIGNATURE, out);
    }

    private void emit(String iface, String member, String signature, MarshalWriter body) throws BusException {
        bus.emit(null, PermissionStoreFace.PATH, iface, member, signature, body);
    }
}
