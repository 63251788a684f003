// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.spectrum_os.portal.agent.bus.PortalClient.options;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.freedesktop.dbus.types.Variant;
import org.spectrum_os.portal.chooser.BackendFace;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.BusException;
import org.spectrum_os.portal.dbus.CallFailedException;
import org.spectrum_os.portal.dbus.SignalReceived;
import org.spectrum_os.portal.dbus.Values;

/** An application that calls the USB portal and collects what it is told. */
final class UsbApp {
    static final String USB = "org.freedesktop.portal.Usb";
    static final String SESSION = "org.freedesktop.portal.Session";

    final PortalClient portal;
    final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    UsbApp(BusConnection bus) throws BusException {
        portal = new PortalClient(bus);
        bus.onSignal(null, BackendFace.PATH, USB, "DeviceEvents", this::told);
        bus.onSignal(null, null, SESSION, "Closed", signal -> events.add("closed"));
    }

    /** Each as "add 00000001", with the node behind it while there is one. */
    private void told(SignalReceived signal) {
        for (Object event : Values.list(signal.arguments().get(1))) {
            List<Object> fields = Values.list(event);
            Variant<?> node = Values.dictionary(fields.get(2)).get("device-file");
            events.add(fields.get(0) + " " + fields.get(1) + (node == null ? "" : " " + node.getValue()));
        }
    }

    String event() throws InterruptedException {
        String event = events.poll(15, TimeUnit.SECONDS);
        assertNotNull(event, "no event came");
        return event;
    }

    List<Object> call(String member, String signature, Object... arguments) throws BusException {
        return portal.bus.call(BackendFace.FRONTEND_NAME, BackendFace.PATH, USB, member, signature, arguments);
    }

    CompletableFuture<List<Object>> later(String member, String signature, Object... arguments) {
        return portal.bus.callAsync(
                BusConnection.DEFAULT_TIMEOUT,
                BackendFace.FRONTEND_NAME,
                BackendFace.PATH,
                USB,
                member,
                signature,
                arguments);
    }

    String refused(String member, String signature, Object... arguments) {
        return assertThrows(CallFailedException.class, () -> call(member, signature, arguments))
                .name();
    }

    static Object[] wanted(boolean writable, String... ids) {
        List<Object> devices = new ArrayList<>();
        for (String id : ids) {
            devices.add(List.of(id, options("writable", "b", writable)));
        }
        return new Object[] {"", devices, options()};
    }

    /** Asks for devices, and returns the handle. */
    String acquire(String... ids) throws BusException {
        return Values.string(
                call("AcquireDevices", "sa(sa{sv})a{sv}", wanted(true, ids)).getFirst());
    }

    /** What came of a request that was granted: "00000001 ok" or the error, and at last "finished" or "more". */
    List<String> finish(String handle) throws BusException {
        List<Object> reply = call("FinishAcquireDevices", "oa{sv}", handle, options());
        List<String> results = new ArrayList<>();
        for (Object result : Values.list(reply.getFirst())) {
            List<Object> fields = Values.list(result);
            Map<String, Variant<?>> found = Values.dictionary(fields.get(1));
            Variant<?> success = found.get("success");
            assertNotNull(success);
            assertEquals(success.getValue().equals(true), found.containsKey("fd"));
            Variant<?> error = found.get("error");
            results.add(fields.get(0) + " " + (error == null ? "ok" : error.getValue()));
        }
        results.add(reply.get(1).equals(true) ? "finished" : "more");
        return results;
    }

    void release(String... ids) throws BusException {
        call("ReleaseDevices", "asa{sv}", List.of(ids), options());
    }

    void assertResponds(long code) throws InterruptedException {
        SignalReceived response = portal.response();
        assertEquals(code, Values.number(response.arguments().get(0)));
        assertEquals(Map.of(), PortalClient.results(response));
    }
}
