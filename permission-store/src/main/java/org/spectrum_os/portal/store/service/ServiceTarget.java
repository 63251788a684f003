// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.service;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.BusException;
import org.spectrum_os.portal.dbus.iface.PermissionStoreBackend;
import org.spectrum_os.portal.dbus.marshal.MarshalException;
import org.spectrum_os.portal.store.gvdb.StockEntry;

/** A store that a service on the session bus has open. */
final class ServiceTarget implements ImportTarget {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final BusConnection bus;

    ServiceTarget(BusConnection bus) {
        this.bus = bus;
    }

    @Override
    public Set<String> ids(String table) throws StopException {
        try {
            var reply = bus.call(
                    PermissionStoreFace.NAME,
                    PermissionStoreFace.PATH,
                    PermissionStoreBackend.NAME,
                    PermissionStoreBackend.List.MEMBER,
                    PermissionStoreBackend.List.SIGNATURE,
                    table);
            var ids = new HashSet<String>();
            ((Iterable<?>) reply.getFirst()).forEach(id -> ids.add((String) id));
            return ids;
        } catch (BusException e) {
            throw new StopException("the running permission store did not list its entries: " + e.getMessage(), e);
        }
    }

    @Override
    public CompletableFuture<@Nullable String> set(String table, StockEntry entry) {
        try {
            return bus.callAsync(
                            PATIENCE,
                            PermissionStoreFace.NAME,
                            PermissionStoreFace.PATH,
                            PermissionStoreBackend.NAME,
                            PermissionStoreBackend.Set.MEMBER,
                            PermissionStoreBackend.Set.SIGNATURE,
                            table,
                            true,
                            entry.id(),
                            entry.permissions(),
                            JavaForms.variant(entry.data()))
                    .handle((_, failure) -> failure == null ? null : reason(failure));
        } catch (MarshalException | IllegalArgumentException e) {
            return CompletableFuture.completedFuture("it cannot be sent: " + e.getMessage());
        }
    }

    private static String reason(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return String.valueOf(cause.getMessage());
    }

    @Override
    public void close() {
        bus.close();
    }
}
