// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.bus;

import static org.spectrum_os.portal.dbus.Values.dictionary;
import static org.spectrum_os.portal.dbus.Values.list;
import static org.spectrum_os.portal.dbus.Values.string;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.freedesktop.dbus.FileDescriptor;
import org.freedesktop.dbus.types.Variant;
import org.spectrum_os.portal.chooser.BackendFace;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.DBusErrorException;
import org.spectrum_os.portal.dbus.ErrorNames;
import org.spectrum_os.portal.dbus.InterfaceDescription;
import org.spectrum_os.portal.dbus.MethodCall;
import org.spectrum_os.portal.dbus.Reply;
import org.spectrum_os.portal.dbus.Variants;
import org.spectrum_os.portal.dbus.iface.UsbPortal;
import org.spectrum_os.portal.protocol.UsbMessage;
import org.spectrum_os.portal.transport.Descriptor;

/** {@code org.freedesktop.portal.Usb}, as applications see it: its devices are the host's. */
final class FrontendUsb implements UsbFace {
    /** Where the portal's interfaces are. */
    static final String PATH = BackendFace.PATH;

    private static final int VERSION = 1;
    private static final String TOKEN_KEY = "session_handle_token";
    /** Descriptors in one answer: buses allow few in a message. */
    private static final int MOST_DESCRIPTORS = 8;

    private final BusConnection bus;
    private final UsbClients clients;

    FrontendUsb(BusConnection bus, UsbClients clients) {
        this.bus = bus;
        this.clients = clients;
    }

    @Override
    public InterfaceDescription description() {
        return UsbPortal.DESCRIPTION;
    }

    @Override
    public Object property(String name) throws DBusErrorException {
        if (name.equals(UsbPortal.VERSION_PROPERTY)) {
            return VERSION;
        }
        return UsbFace.super.property(name);
    }

    @Override
    public Reply handle(MethodCall call) throws DBusErrorException {
        String sender = call.sender();
        return switch (UsbPortal.Call.of(call)) {
            case UsbPortal.CreateSession create -> createSession(sender, create.options());
            case UsbPortal.EnumerateDevices _ ->
                Reply.of(
                        UsbPortal.EnumerateDevices.REPLY_SIGNATURE,
                        clients.of(sender).enumerate());
            case UsbPortal.AcquireDevices acquire -> acquire(sender, wanted(acquire.devices()), acquire.options());
            case UsbPortal.FinishAcquireDevices finish -> finish(sender, finish.handle());
            case UsbPortal.ReleaseDevices release -> {
                clients.known(sender).ifPresent(client -> release(client, release.devices()));
                yield Reply.empty();
            }
        };
    }

    private Reply createSession(String sender, Map<String, Variant<?>> options) throws DBusErrorException {
        Optional<String> token = Variants.string(options, TOKEN_KEY);
        if (token.isEmpty()) {
            throw new DBusErrorException(
                    ErrorNames.PORTAL_INVALID_ARGUMENT, "Missing token: " + TOKEN_KEY + " must be given");
        }
        String checked = CallerPaths.checked(TOKEN_KEY, token.get());
        UsbClient client = clients.of(sender);
        clients.reserveSession(client);
        var session = new UsbSession(bus, client, sender);
        String path;
        try {
            path = session.export(checked);
        } catch (DBusErrorException e) {
            client.unreserveSession();
            throw e;
        }
        return Reply.of(UsbPortal.CreateSession.REPLY_SIGNATURE, path).then(() -> client.begin(session));
    }

    /** By id, whether it is to be written to; of several mentions of one device the more demanding counts. */
    private static Map<String, Boolean> wanted(List<Object> devices) throws DBusErrorException {
        if (devices.isEmpty() || devices.size() > UsbMessage.MOST_DEVICES) {
            throw new DBusErrorException(
                    ErrorNames.PORTAL_INVALID_ARGUMENT,
                    devices.isEmpty()
                            ? "Must pass at least one device"
                            : "At most " + UsbMessage.MOST_DEVICES + " devices can be asked for at once");
        }
        Map<String, Boolean> wanted = new LinkedHashMap<>();
        for (Object device : devices) {
            boolean writable =
                    Variants.bool(dictionary(list(device).get(1)), "writable").orElse(false);
            wanted.merge(string(list(device).get(0)), writable, Boolean::logicalOr);
        }
        return wanted;
    }

    private Reply acquire(String sender, Map<String, Boolean> wanted, Map<String, Variant<?>> options)
            throws DBusErrorException {
        String token = FrontendRequest.token(options);
        UsbClient client = clients.of(sender);
        client.requireKnown(wanted.keySet());
        var shown = new FrontendRequest(bus, sender);
        var acquisition = new UsbAcquisition(client, wanted, code -> shown.answered(code, Map.of()));
        client.acquisitions().add(acquisition);
        String path = shown.export(token, acquisition);
        client.acquisitions().name(acquisition, path);
        return Reply.of(UsbPortal.AcquireDevices.REPLY_SIGNATURE, path).then(shown::start);
    }

    private Reply finish(String sender, String handle) throws DBusErrorException {
        Optional<UsbClient> client = clients.known(sender);
        UsbAcquisition acquisition = client.flatMap(one -> one.acquisitions().granted(handle))
                .orElseThrow(() -> new DBusErrorException(
                        ErrorNames.PORTAL_NOT_ALLOWED,
                        "There is no device being acquired; ask for devices and wait for the response"));
        List<Descriptor> descriptors = new ArrayList<>();
        List<Object> results = new ArrayList<>();
        while (descriptors.size() < MOST_DESCRIPTORS) {
            UsbAcquisition.Result next = acquisition.poll();
            if (next == null) {
                break;
            }
            results.add(List.of(next.id(), fetched(next, descriptors)));
        }
        boolean finished = acquisition.isEmpty();
        if (finished) {
            client.get().acquisitions().settled(acquisition);
        }
        // The bus connection has passed them on when the reply is written; what the application gets are others.
        return Reply.of(UsbPortal.FinishAcquireDevices.REPLY_SIGNATURE, results, finished)
                .then(() -> descriptors.forEach(Descriptor::close));
    }

    private static Map<String, Variant<?>> fetched(UsbAcquisition.Result result, List<Descriptor> descriptors) {
        if (result.node() == null) {
            return failed(result.error());
        }
        try {
            Descriptor descriptor = result.node().open(result.writable());
            descriptors.add(descriptor);
            return Map.of(
                    "success", Variants.of("b", true), "fd", Variants.of("h", new FileDescriptor(descriptor.number())));
        } catch (IOException e) {
            return failed(String.valueOf(e.getMessage()));
        }
    }

    private static Map<String, Variant<?>> failed(String why) {
        return Map.of("success", Variants.of("b", false), "error", Variants.of("s", why));
    }

    private static void release(UsbClient client, List<String> ids) {
        ids.forEach(id -> client.held(id).ifPresent(client::giveBack));
    }

    @Override
    public boolean isInUse() {
        return clients.size() > 0;
    }

    @Override
    public Duration idle() {
        return clients.idle();
    }

    @Override
    public void close() {
        clients.close();
    }
}
