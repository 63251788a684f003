// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.spectrum_os.portal.agent.bus.PortalClient.options;
import static org.spectrum_os.portal.agent.usb.UsbHost.expect;
import static org.spectrum_os.portal.agent.usb.UsbHost.id;
import static org.spectrum_os.portal.agent.usb.UsbHost.lent;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.freedesktop.dbus.types.Variant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.agent.usb.UsbHost;
import org.spectrum_os.portal.chooser.BackendFace;
import org.spectrum_os.portal.dbus.Values;
import org.spectrum_os.portal.protocol.LentDevice;
import org.spectrum_os.portal.protocol.MessageChannel;
import org.spectrum_os.portal.protocol.Outcome;
import org.spectrum_os.portal.protocol.UsbDeviceInfo;
import org.spectrum_os.portal.protocol.UsbMessage;
import org.spectrum_os.portal.transport.ErrnoException;

/** The whole interface on a real bus, with a host that the test speaks for. */
@Timeout(90)
final class FrontendUsbTest {
    private static final int VENDOR = 0x1d50;
    private static final int PRODUCT = 0x6018;

    private final ServedFace face;
    private final UsbHost host;
    private final UsbApp app;

    FrontendUsbTest(@TempDir Path folder) throws Exception {
        face = new ServedFace(Face.FRONTEND, folder.toRealPath());
        host = face.usbHost();
        app = new UsbApp(face.client());
    }

    @AfterEach
    void stop() throws Exception {
        face.close();
    }

    /** The conversation of {@link #app}, begun by its first call. */
    private MessageChannel seen(int devices) throws Exception {
        var listed = app.later("EnumerateDevices", "a{sv}", options());
        MessageChannel link = host.welcomed(devices);
        assertEquals(devices, Values.list(listed.get().getFirst()).size());
        return link;
    }

    private String session(MessageChannel link) throws Exception {
        String path = Values.string(app.call("CreateSession", "a{sv}", options("session_handle_token", "s", "tok"))
                .getFirst());
        link.send(new UsbMessage.Present(UsbHost.device(99)));
        String event = app.event();
        while (!event.equals("add " + id(99))) {
            event = app.event();
        }
        return path;
    }

    /** Has the first devices lent, at the ports of their numbers. */
    private String acquired(MessageChannel link, int devices) throws Exception {
        List<String> ids = new ArrayList<>();
        List<LentDevice> granted = new ArrayList<>();
        for (int i = 1; i <= devices; i++) {
            face.usb.plug(1, "1-" + i, i + 1, VENDOR, PRODUCT, "serial" + i);
            ids.add(id(i));
            granted.add(lent(i, i <= 8 ? i : null));
        }
        String handle = app.acquire(ids.toArray(String[]::new));
        var asked = expect(link, UsbMessage.Acquire.class);
        assertFalse(asked.keep());
        link.send(new UsbMessage.Granted(asked.request(), granted));
        app.assertResponds(0);
        return handle;
    }

    private static Map<String, String> udev(Object device) {
        Variant<?> properties = Values.dictionary(Values.list(device).get(1)).get("properties");
        assertNotNull(properties);
        return Values.dictionary(properties.getValue()).entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> (String) entry.getValue().getValue()));
    }

    @Test
    void devicesAreDescribedAsUdevWould() throws Exception {
        var listed = app.later("EnumerateDevices", "a{sv}", options());
        MessageChannel link = host.welcomed(0);
        listed.get();
        link.send(new UsbMessage.Present(new UsbDeviceInfo(
                id(7), 0x46d, 0xc52b, 0x1211, "Logitech, Inc.", "", " a/b <b>\ud800\u202e ", "", "s 1\n")));
        session(link);
        List<Object> devices =
                Values.list(app.call("EnumerateDevices", "a{sv}", options()).getFirst());
        Map<String, Variant<?>> device =
                Values.dictionary(Values.list(devices.getFirst()).get(1));
        assertEquals(List.of("readable", "writable", "properties"), List.copyOf(device.keySet()));
        assertEquals(
                Map.of(
                        "ID_VENDOR_ID", "046d",
                        "ID_MODEL_ID", "c52b",
                        "ID_REVISION", "1211",
                        "ID_VENDOR_FROM_DATABASE", "Logitech, Inc.",
                        "ID_VENDOR_ENC", "\\x20a\\x2fb\\x20\\x3cb\\x3e\\x3f\u202e\\x20",
                        "ID_MODEL_ENC", "c52b",
                        "ID_SERIAL", "a_b__b__\u202e_c52b_s_1",
                        "ID_SERIAL_SHORT", "s_1"),
                udev(devices.getFirst()));
    }

    @Test
    void aSessionHearsOfDevicesUntilItIsClosed() throws Exception {
        MessageChannel link = seen(2);
        String path = session(link);
        assertTrue(path.matches("/org/freedesktop/portal/desktop/session/[0-9_]+/tok"), path);
        link.send(new UsbMessage.Absent(id(1)));
        assertEquals("remove " + id(1), app.event());
        link.send(new UsbMessage.Present(UsbHost.device(2)));
        assertEquals("change " + id(2), app.event());
        var stranger = new UsbApp(face.client());
        stranger.portal.bus.nameOwner(BackendFace.FRONTEND_NAME);
        app.portal.bus.call(BackendFace.FRONTEND_NAME, path, UsbApp.SESSION, "Close", "");
        link.send(new UsbMessage.Absent(id(2)));
        assertNull(app.events.poll(300, TimeUnit.MILLISECONDS));
        assertTrue(stranger.events.isEmpty());
    }

    @Test
    void devicesAreLentUsedAndGivenBack() throws Exception {
        MessageChannel link = seen(2);
        session(link);
        String handle = acquired(link, 1);
        assertEquals("change " + id(1) + " " + face.usb.node(1, 2), app.event());
        assertEquals(List.of(id(1) + " ok", "finished"), app.finish(handle));
        assertEquals(
                "org.freedesktop.portal.Error.NotAllowed",
                app.refused("FinishAcquireDevices", "oa{sv}", handle, options()));
        // What it has it may have again, without a question.
        String again = app.acquire(id(1));
        app.assertResponds(0);
        assertEquals(List.of(id(1) + " ok", "finished"), app.finish(again));
        assertTrue(openings(face.usb.node(1, 2)) > 0);
        app.release(id(1), "unknown");
        assertEquals("lease-1", expect(link, UsbMessage.Release.class).lease());
        assertEquals("change " + id(1), app.event());
        // What went out with an answer is closed once that has been written.
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (openings(face.usb.node(1, 2)) > 0 && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertEquals(0, openings(face.usb.node(1, 2)));
    }

    @Test
    void whatWasLentTwiceIsGivenBackTwice() throws Exception {
        MessageChannel link = seen(1);
        String closed = app.acquire(id(1));
        long first = expect(link, UsbMessage.Acquire.class).request();
        String stays = app.acquire(id(1));
        long second = expect(link, UsbMessage.Acquire.class).request();
        link.send(new UsbMessage.Granted(first, List.of(lent(1, 1))));
        link.send(new UsbMessage.Granted(second, List.of(lent(1, 1))));
        session(link);
        // One of the two that wait for the node leaves; it takes nothing from the other.
        app.portal.close(closed);
        face.usb.plug(1, "1-1", 2, VENDOR, PRODUCT, "");
        app.assertResponds(0);
        assertEquals(List.of(id(1) + " ok", "finished"), app.finish(stays));
        app.release(id(1));
        assertEquals("lease-1", expect(link, UsbMessage.Release.class).lease());
        assertEquals("lease-1", expect(link, UsbMessage.Release.class).lease());
        // Nothing is left to give back.
        app.release(id(1));
        app.acquire(id(1));
        expect(link, UsbMessage.Acquire.class);
    }

    /** This process's descriptors of a file; the agent under test is in it. */
    private static long openings(Path file) throws IOException {
        try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors
                    .filter(descriptor -> {
                        try {
                            return Files.readSymbolicLink(descriptor).equals(file);
                        } catch (IOException e) {
                            return false; // the listing's own descriptor is gone by now
                        }
                    })
                    .count();
        }
    }

    @Test
    void descriptorsComeEightAtATimeAndFailuresDoNotCount() throws Exception {
        MessageChannel link = seen(20);
        String handle = acquired(link, 20);
        link.send(new UsbMessage.Taken("lease-3"));
        session(link);
        List<String> first = app.finish(handle);
        assertEquals(10, first.size());
        assertEquals(id(3) + " the device was taken away", first.get(2));
        assertEquals("more", first.getLast());
        assertEquals("more", app.finish(handle).getLast());
        List<String> last = app.finish(handle);
        assertEquals(List.of(id(18) + " ok", id(19) + " ok", id(20) + " ok", "finished"), last);
    }

    @Test
    void aDeviceThatIsTakenLooksPulledOutAndCanBeAskedForAgain() throws Exception {
        MessageChannel link = seen(1);
        session(link);
        String handle = acquired(link, 1);
        app.finish(handle);
        app.event();
        link.send(new UsbMessage.Taken("lease-1"));
        assertEquals("remove " + id(1), app.event());
        assertEquals("add " + id(1), app.event());
        app.acquire(id(1));
        expect(link, UsbMessage.Acquire.class);
    }

    @Test
    void aDeviceThatIsBackHasItsNewNode() throws Exception {
        MessageChannel link = seen(1);
        session(link);
        app.finish(acquired(link, 1));
        app.event();
        face.usb.unplug(1, "1-1", 2);
        face.usb.plug(1, "1-2", 3, VENDOR, PRODUCT, "");
        link.send(new UsbMessage.Again(lent(1, 2)));
        assertEquals("remove " + id(1), app.event());
        assertEquals("add " + id(1) + " " + face.usb.node(1, 3), app.event());
    }

    @Test
    void badArgumentsAreRefused() throws Exception {
        String invalid = "org.freedesktop.portal.Error.InvalidArgument";
        String acquire = "sa(sa{sv})a{sv}";
        assertEquals(invalid, app.refused("CreateSession", "a{sv}", options()));
        assertEquals(invalid, app.refused("CreateSession", "a{sv}", options("session_handle_token", "s", "a/b")));
        assertEquals(invalid, app.refused("CreateSession", "a{sv}", options("session_handle_token", "u", 1)));
        assertEquals(invalid, app.refused("AcquireDevices", acquire, UsbApp.wanted(false)));
        assertEquals(
                invalid,
                app.refused(
                        "AcquireDevices", acquire, "", List.of(List.of("x", options("writable", "u", 1))), options()));
        String handle = app.portal.expectedPath("t");
        String notAllowed = "org.freedesktop.portal.Error.NotAllowed";
        assertEquals(notAllowed, app.refused("FinishAcquireDevices", "oa{sv}", handle, options()));
        app.release("unknown");
        MessageChannel link = seen(1);
        assertEquals(invalid, app.refused("AcquireDevices", acquire, UsbApp.wanted(true, id(1), id(2))));
        assertEquals(
                invalid,
                app.refused(
                        "AcquireDevices",
                        acquire,
                        "",
                        List.of(List.of(id(1), options())),
                        options("handle_token", "s", "")));
        // Neither may what waits for its answer be fetched.
        String open = app.acquire(id(1));
        assertEquals(notAllowed, app.refused("FinishAcquireDevices", "oa{sv}", open, options()));
        assertEquals(1, expect(link, UsbMessage.Acquire.class).request());
    }

    @Test
    void nobodyFetchesWhatAnotherWasLent() throws Exception {
        MessageChannel link = seen(1);
        String handle = acquired(link, 1);
        var stranger = new UsbApp(face.client());
        assertEquals(
                "org.freedesktop.portal.Error.NotAllowed",
                stranger.refused("FinishAcquireDevices", "oa{sv}", handle, options()));
        stranger.release(id(1));
        assertEquals(List.of(id(1) + " ok", "finished"), app.finish(handle));
    }

    @Test
    void aNoIsAnswered() throws Exception {
        MessageChannel link = seen(1);
        for (Outcome outcome : Outcome.values()) {
            app.acquire(id(1));
            link.send(
                    new UsbMessage.Ended(expect(link, UsbMessage.Acquire.class).request(), outcome));
            app.assertResponds(outcome == Outcome.DENIED ? 1 : 2);
        }
    }

    @Test
    void aDeviceThatNeverAppearsIsGivenBack() throws Exception {
        MessageChannel link = seen(1);
        app.acquire(id(1));
        link.send(new UsbMessage.Granted(expect(link, UsbMessage.Acquire.class).request(), List.of(lent(1, 1))));
        app.assertResponds(2);
        assertEquals("lease-1", expect(link, UsbMessage.Release.class).lease());
    }

    @Test
    void takenWhileItsNodeIsAwaitedItIsNoSuccess() throws Exception {
        MessageChannel link = seen(1);
        long before = System.nanoTime();
        app.acquire(id(1));
        link.send(new UsbMessage.Granted(expect(link, UsbMessage.Acquire.class).request(), List.of(lent(1, 1))));
        link.send(new UsbMessage.Taken("lease-1"));
        app.assertResponds(2);
        assertTrue(System.nanoTime() - before < 2_900_000_000L);
    }

    @Test
    void whatIsClosedIsWithdrawnOrGivenBack() throws Exception {
        MessageChannel link = seen(1);
        String handle = app.acquire(id(1));
        expect(link, UsbMessage.Acquire.class);
        app.portal.close(handle);
        expect(link, UsbMessage.Withdraw.class);
        // Closed while the node is awaited.
        handle = app.acquire(id(1));
        long number = expect(link, UsbMessage.Acquire.class).request();
        link.send(new UsbMessage.Granted(number, List.of(lent(1, 1))));
        session(link);
        app.portal.close(handle);
        assertEquals("lease-1", expect(link, UsbMessage.Release.class).lease());
        assertTrue(app.portal.responses.isEmpty());
    }

    @Test
    void tenThousandRequestsAreNoMoreThanAllowedAtOnce() throws Exception {
        MessageChannel link = seen(1);
        int refused = 0;
        List<CompletableFuture<List<Object>>> calls = new ArrayList<>();
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < 500; i++) {
                calls.add(app.later("AcquireDevices", "sa(sa{sv})a{sv}", UsbApp.wanted(true, id(1))));
            }
            for (var call : calls) {
                refused +=
                        call.handle((reply, failure) -> failure == null ? 0 : 1).get();
            }
            calls.clear();
        }
        assertEquals(10_000 - 32, refused);
        for (int i = 1; i <= 32; i++) {
            assertEquals(i, expect(link, UsbMessage.Acquire.class).request());
        }
    }

    @Test
    void sessionsAreBoundedForOneAndForAll() throws Exception {
        for (int client = 0; client < 5; client++) {
            var one = new UsbApp(face.client());
            var listed = one.later("EnumerateDevices", "a{sv}", options());
            host.welcomed(0);
            listed.get();
            Map<String, Variant<?>> token = options("session_handle_token", "s", "same");
            for (int i = 0; i < 16 && client < 4; i++) {
                one.call("CreateSession", "a{sv}", token);
            }
            assertEquals("org.freedesktop.DBus.Error.LimitsExceeded", one.refused("CreateSession", "a{sv}", token));
        }
    }

    @Test
    void aClientThatLeavesGivesEverythingBackAtEachStep() throws Exception {
        for (int step = 0; step < 4; step++) {
            var leaving = new UsbApp(face.client());
            var listed = leaving.later("EnumerateDevices", "a{sv}", options());
            MessageChannel link = host.welcomed(1);
            listed.get();
            if (step > 0) {
                leaving.acquire(id(1));
                long number = expect(link, UsbMessage.Acquire.class).request();
                if (step == 3) {
                    face.usb.plug(1, "1-1", 2, VENDOR, PRODUCT, "");
                }
                if (step > 1) {
                    link.send(new UsbMessage.Granted(number, List.of(lent(1, 1))));
                }
                if (step == 3) {
                    leaving.assertResponds(0);
                }
            }
            leaving.portal.bus.close();
            expectGone(link);
        }
    }

    /** The conversation ends; a withdrawal may come before. What the host had said and the agent did not read makes of the end a reset. */
    private static void expectGone(MessageChannel link) throws Exception {
        try {
            while (true) {
                link.receive(UsbMessage.FromGuest.class, Duration.ofSeconds(15));
            }
        } catch (EOFException e) {
            // As it should be.
        } catch (ErrnoException e) {
            assertEquals(ErrnoException.ECONNRESET, e.errno());
        }
    }

    @Test
    void aHostThatLeavesEndsWhatStandsOnItAndIsFoundAgain() throws Exception {
        MessageChannel link = seen(1);
        session(link);
        app.finish(acquired(link, 1));
        app.event();
        app.acquire(id(99));
        expect(link, UsbMessage.Acquire.class);
        link.close();
        app.assertResponds(2);
        // Signals of the session and of the portal are heard apart from each other.
        Set<String> heard = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            heard.add(app.event());
        }
        assertEquals(Set.of("remove " + id(1), "remove " + id(99), "closed"), heard);
        assertEquals(
                "org.freedesktop.portal.Error.NotAllowed",
                app.refused("FinishAcquireDevices", "oa{sv}", app.portal.expectedPath("t"), options()));
        seen(2);
    }

    @Test
    void aHostThatIsAwayIsAnErrorInBoundedTime() throws Exception {
        host.close();
        long before = System.nanoTime();
        assertEquals("org.freedesktop.portal.Error.Failed", app.refused("EnumerateDevices", "a{sv}", options()));
        assertTrue(System.nanoTime() - before < 20_000_000_000L);
    }

    @Test
    void sixtyFourDevicesAreEnumerated() throws Exception {
        seen(64);
    }
}
