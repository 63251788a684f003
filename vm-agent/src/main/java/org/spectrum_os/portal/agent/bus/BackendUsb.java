// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.bus;

import static org.spectrum_os.portal.dbus.Values.dictionary;
import static org.spectrum_os.portal.dbus.Values.list;
import static org.spectrum_os.portal.dbus.Values.string;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.freedesktop.dbus.types.Variant;
import org.spectrum_os.portal.agent.usb.GuestNodes;
import org.spectrum_os.portal.chooser.Refusals;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.DBusErrorException;
import org.spectrum_os.portal.dbus.ErrorNames;
import org.spectrum_os.portal.dbus.InterfaceDescription;
import org.spectrum_os.portal.dbus.MethodCall;
import org.spectrum_os.portal.dbus.Reply;
import org.spectrum_os.portal.dbus.Variants;
import org.spectrum_os.portal.dbus.iface.UsbBackend;
import org.spectrum_os.portal.protocol.Outcome;
import org.spectrum_os.portal.protocol.ResponseCode;
import org.spectrum_os.portal.protocol.UsbMessage;

/**
 * {@code org.freedesktop.impl.portal.Usb}, for a portal that knows this VM's devices and no others. The user has lent those that there are
 * to the whole VM already, so they are granted; nothing else can be named here, and nothing is asked of the host. The host says on a
 * connection what was lent on that connection, and never where a device is that it lent otherwise; so what is lent is known by where it
 * hangs ({@link GuestNodes#isLent}).
 */
final class BackendUsb implements UsbFace {
    private static final int VERSION = 1;

    private final BusConnection bus;
    private final GuestNodes nodes;
    private final long start = System.nanoTime();

    BackendUsb(BusConnection bus, GuestNodes nodes) {
        this.bus = bus;
        this.nodes = nodes;
    }

    @Override
    public InterfaceDescription description() {
        return UsbBackend.DESCRIPTION;
    }

    @Override
    public Object property(String name) throws DBusErrorException {
        if (name.equals(UsbBackend.VERSION_PROPERTY)) {
            return VERSION;
        }
        return UsbFace.super.property(name);
    }

    @Override
    public Reply handle(MethodCall call) throws DBusErrorException {
        Refusals.requireFrontend(bus, call.sender());
        return switch (UsbBackend.Call.of(call)) {
            case UsbBackend.AcquireDevices acquire -> answer(acquire.devices());
        };
    }

    private Reply answer(List<Object> devices) throws DBusErrorException {
        if (devices.size() > UsbMessage.MOST_DEVICES) {
            throw new DBusErrorException(
                    ErrorNames.PORTAL_INVALID_ARGUMENT,
                    "At most " + UsbMessage.MOST_DEVICES + " devices can be asked for at once");
        }
        List<Object> granted = new ArrayList<>();
        for (Object device : devices) {
            List<Object> fields = list(device);
            Map<String, Variant<?>> options = dictionary(fields.get(2));
            boolean writable = Variants.bool(options, "writable").orElse(false);
            Optional<String> node = Variants.string(dictionary(fields.get(1)), "device-file");
            if (node.isPresent() && nodes.isLent(node.get())) {
                granted.add(List.of(string(fields.get(0)), Map.of("writable", Variants.of("b", writable))));
            }
        }
        int code = granted.isEmpty() ? ResponseCode.of(Outcome.DENIED) : ResponseCode.SUCCESS;
        Map<String, Variant<?>> results =
                granted.isEmpty() ? Map.of() : Map.of("devices", Variants.of("a(sa{sv})", granted));
        return Reply.of(UsbBackend.AcquireDevices.REPLY_SIGNATURE, code, results);
    }

    @Override
    public boolean isInUse() {
        return false;
    }

    @Override
    public Duration idle() {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    @Override
    public void close() {}
}
