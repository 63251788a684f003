// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.bus;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.spectrum_os.portal.dbus.DBusErrorException;
import org.spectrum_os.portal.dbus.ErrorNames;
import org.spectrum_os.portal.dbus.ExportedInterface;
import org.spectrum_os.portal.dbus.InterfaceDescription;
import org.spectrum_os.portal.dbus.MethodCall;
import org.spectrum_os.portal.dbus.Reply;
import org.spectrum_os.portal.dbus.iface.Management1;

/**
 * {@link Management} from the moment on when its bus name is owned, which is before there is anything to manage: calls that come
 * while the backend starts wait for it. Thread-safe.
 */
public final class ManagementWhenReady implements ExportedInterface {
    /** Below the 25 s after which most callers give up. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final CompletableFuture<Management> management = new CompletableFuture<>();

    /** The backend has started: answers what waits, and all that comes. */
    public void ready(Management started) {
        management.complete(started);
    }

    @Override
    public InterfaceDescription description() {
        return Management1.DESCRIPTION;
    }

    @Override
    public Object property(String name) {
        return Management.VERSION;
    }

    @Override
    public Reply handle(MethodCall call) throws DBusErrorException {
        Management started;
        try {
            started = management.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new DBusErrorException(ErrorNames.FAILED, "The backend is still starting; try again");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DBusErrorException(ErrorNames.FAILED, "The backend stops before it has started");
        }
        return started.handle(call);
    }
}
