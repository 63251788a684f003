// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.bus;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.agent.AgentLog;
import org.spectrum_os.portal.chooser.Refusals;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.BusException;
import org.spectrum_os.portal.dbus.DBusErrorException;
import org.spectrum_os.portal.dbus.ErrorNames;
import org.spectrum_os.portal.dbus.ExportedInterface;
import org.spectrum_os.portal.dbus.InterfaceDescription;
import org.spectrum_os.portal.dbus.MethodCall;
import org.spectrum_os.portal.dbus.Registration;
import org.spectrum_os.portal.dbus.Reply;
import org.spectrum_os.portal.dbus.iface.SessionPortal;
import org.spectrum_os.portal.dbus.iface.UsbPortal;

/** {@code org.freedesktop.portal.Session} of one application that wants to hear of devices. Its {@link UsbClient} calls it in order. */
final class UsbSession implements ExportedInterface {
    private static final int VERSION = 1;

    private final BusConnection bus;
    private final UsbClient client;
    private final String sender;
    private @Nullable String path;
    private @Nullable Registration exported;
    private boolean over;

    UsbSession(BusConnection bus, UsbClient client, String sender) {
        this.bus = bus;
        this.client = client;
        this.sender = sender;
    }

    /** Puts it on the bus and returns its path. */
    String export(String token) throws DBusErrorException {
        CallerPaths.Place place = CallerPaths.SESSION
                .export(bus, sender, token, this, this::prepare)
                .orElseThrow(() ->
                        new DBusErrorException(ErrorNames.PORTAL_FAILED, "No free path for the session " + token));
        synchronized (this) {
            if (!over) {
                exported = place.registration();
                return place.path();
            }
        }
        place.registration().close();
        return place.path();
    }

    private synchronized void prepare(String at) {
        path = at;
    }

    @Override
    public InterfaceDescription description() {
        return SessionPortal.DESCRIPTION;
    }

    @Override
    public Object property(String name) throws DBusErrorException {
        if (name.equals(SessionPortal.VERSION_PROPERTY)) {
            return VERSION;
        }
        return ExportedInterface.super.property(name);
    }

    @Override
    public Reply handle(MethodCall call) throws DBusErrorException {
        return switch (SessionPortal.Call.of(call)) {
            case SessionPortal.Close close -> {
                Refusals.requireCreator(call, sender);
                client.forget(this);
                end();
                yield Reply.empty();
            }
        };
    }

    synchronized boolean isOver() {
        return over;
    }

    /** Tells of devices: triples of action, id and description. */
    void tell(List<List<Object>> events) {
        if (!events.isEmpty()) {
            emit(UsbPortal.NAME, UsbPortal.DeviceEvents.MEMBER, UsbPortal.DeviceEvents.SIGNATURE, true, events);
        }
    }

    /** Ends it from the portal's side. */
    void close() {
        emit(SessionPortal.NAME, SessionPortal.Closed.MEMBER, SessionPortal.Closed.SIGNATURE, false, Map.of());
        end();
    }

    /** Ends it without a word. */
    void end() {
        Optional<Registration> last;
        synchronized (this) {
            over = true;
            last = Optional.ofNullable(exported);
            exported = null;
        }
        last.ifPresent(Registration::close);
    }

    /** A signal of the portal's object names the session; one of the session comes from it. */
    private void emit(String iface, String member, String signature, boolean ofPortal, Object body) {
        String own;
        synchronized (this) {
            if (over || path == null) {
                return;
            }
            own = path;
        }
        try {
            if (ofPortal) {
                bus.emit(sender, FrontendUsb.PATH, iface, member, signature, own, body);
            } else {
                bus.emit(sender, own, iface, member, signature, body);
            }
        } catch (BusException e) {
            AgentLog.warn("an application could not be told of USB devices: " + e.getMessage());
        }
    }
}
