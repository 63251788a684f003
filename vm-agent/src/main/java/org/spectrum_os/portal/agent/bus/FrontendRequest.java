// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.bus;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.freedesktop.dbus.types.Variant;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.agent.AgentLog;
import org.spectrum_os.portal.chooser.Chooser;
import org.spectrum_os.portal.chooser.ChooserOptions;
import org.spectrum_os.portal.chooser.Refusals;
import org.spectrum_os.portal.chooser.ResultWriter;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.BusException;
import org.spectrum_os.portal.dbus.DBusErrorException;
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
    private final BusConnection bus;
    private final String sender;
    private final ChooserOptions options;

    private final List<Registration> held = new ArrayList<>();
    private @Nullable String path;
    private Chooser.@Nullable Pending request;
    private boolean over;

    FrontendRequest(BusConnection bus, String sender, ChooserOptions options) {
        this.bus = bus;
        this.sender = sender;
        this.options = options;
    }

    /** Says what stands behind this object, before the bus can reach it. */
    synchronized void prepare(String at, Chooser.Pending behind) {
        path = at;
        request = behind;
    }

    void exported(Registration registration) {
        hold(registration);
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

    void answered(Chooser.Result result) {
        if (!finish()) {
            return;
        }
        Map<String, Variant<?>> results = switch (result) {
            case Chooser.Result.Chosen chosen -> ResultWriter.granted(chosen, options);
            case Chooser.Result.None none -> Map.of("uris", ResultWriter.uris(List.of()));
        };
        try {
            bus.emit(
                    sender,
                    requiredPath(),
                    RequestPortal.NAME,
                    RequestPortal.Response.MEMBER,
                    RequestPortal.Response.SIGNATURE,
                    result.responseCode(),
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
