// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.bus;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.freedesktop.dbus.types.Variant;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.agent.AgentLog;
import org.spectrum_os.portal.chooser.Chooser;
import org.spectrum_os.portal.chooser.OptionReader;
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
import org.spectrum_os.portal.dbus.iface.RequestPortal;

/**
 * {@code org.freedesktop.portal.Request} of one open request. It ends once: with a Response to the caller alone, or silently, because
 * the caller closed it or left the bus. Thread-safe.
 */
final class FrontendRequest implements ExportedInterface {
    private static final String TOKEN_KEY = "handle_token";

    private final BusConnection bus;
    private final String sender;

    private final List<Registration> held = new ArrayList<>();
    private @Nullable String path;
    private Chooser.@Nullable Pending request;
    private boolean over;

    FrontendRequest(BusConnection bus, String sender) {
        this.bus = bus;
        this.sender = sender;
    }

    /** What stands behind this object, before the bus can reach it. */
    private synchronized void prepare(String at, Chooser.Pending behind) {
        path = at;
        request = behind;
    }

    /** The token of a request's options, or the one that stands for none. */
    static String token(Map<String, Variant<?>> options) throws DBusErrorException {
        return CallerPaths.checked(
                TOKEN_KEY, OptionReader.lenientString(options, TOKEN_KEY).orElse("t"));
    }

    /**
     * Puts this object on the bus and returns its path.
     *
     * @param behind what happens from {@link #start} on; withdrawn if there is no place
     */
    String export(String token, Chooser.Pending behind) throws DBusErrorException {
        Optional<CallerPaths.Place> place =
                CallerPaths.REQUEST.export(bus, sender, token, this, at -> prepare(at, behind));
        if (place.isEmpty()) {
            boolean _ = behind.withdraw();
            throw new DBusErrorException(ErrorNames.PORTAL_FAILED, "No free path for the request " + token);
        }
        hold(place.get().registration());
        return place.get().path();
    }

    /** Once the caller has the handle: the Response cannot overtake it. */
    void start() {
        hold(bus.onNameVanished(sender, this::callerLeft));
        required().start();
    }

    private void callerLeft() {
        if (finish()) {
            boolean _ = required().withdraw();
            release();
        }
    }

    @Override
    public InterfaceDescription description() {
        return RequestPortal.DESCRIPTION;
    }

    @Override
    public Reply handle(MethodCall call) throws DBusErrorException {
        return switch (RequestPortal.Call.of(call)) {
            case RequestPortal.Close close -> {
                Refusals.requireCreator(call, sender);
                callerLeft();
                yield Reply.empty();
            }
        };
    }

    void answered(int responseCode, Map<String, Variant<?>> results) {
        if (!finish()) {
            return;
        }
        try {
            bus.emit(
                    sender,
                    requiredPath(),
                    RequestPortal.NAME,
                    RequestPortal.Response.MEMBER,
                    RequestPortal.Response.SIGNATURE,
                    responseCode,
                    results);
        } catch (BusException e) {
            AgentLog.warn("a response could not be sent: " + e.getMessage());
        } finally {
            release();
        }
    }

    private synchronized boolean finish() {
        boolean first = !over;
        over = true;
        return first;
    }

    private synchronized Chooser.Pending required() {
        if (request == null) {
            throw new IllegalStateException("not prepared");
        }
        return request;
    }

    private synchronized String requiredPath() {
        if (path == null) {
            throw new IllegalStateException("not prepared");
        }
        return path;
    }

    private void hold(Registration registration) {
        synchronized (this) {
            if (!over) {
                held.add(registration);
                return;
            }
        }
        registration.close();
    }

    private void release() {
        List<Registration> all;
        synchronized (this) {
            all = List.copyOf(held);
            held.clear();
        }
        all.forEach(Registration::close);
    }
}
