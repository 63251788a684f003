// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.dbus.testing.PrivateBus;

/** Debian's own xdg-desktop-portal, unmodified, on top of our store, with a backend that grants what it is asked for. */
class StockPortalTest {
    private static final String PORTAL = "org.freedesktop.portal.Desktop";
    private static final String BACKEND = "org.example.TestBackend";
    private static final String APP = "org.example.App";
    private static final int PATIENCE_SECONDS = 60;

    @TempDir
    private Path folder;

    private final PrivateBus bus;
    private final StoreClient client;
    private final List<Process> processes = new ArrayList<>();
    private final LinkedBlockingQueue<String> asked = new LinkedBlockingQueue<>();
    private @Nullable StoreProcess store;
    private int roots;

    StockPortalTest() throws Exception {
        bus = PrivateBus.start();
        client = StoreClient.connect(bus);
    }

    @BeforeEach
    void start() throws Exception {
        store = StoreProcess.start(bus, folder.resolve("state"));
        Path portals = Files.createDirectory(folder.resolve("portals"));
        Files.createDirectory(folder.resolve("run"));
        Files.writeString(portals.resolve("test.portal"), """
                [portal]
                DBusName=%s
                Interfaces=org.freedesktop.impl.portal.Notification;org.freedesktop.impl.portal.Inhibit;org.freedesktop.impl.portal.Access;org.freedesktop.impl.portal.Screenshot;
                UseIn=test
                """.formatted(BACKEND));
        Process backend = launch("/usr/bin/python3", "src/test/python/portal_backend.py", BACKEND);
        Thread.startVirtualThread(() -> backend.inputReader().lines().forEach(asked::add));
        assertEquals("ready", next());
        launch("/usr/libexec/xdg-desktop-portal");
        assertEquals(
                0,
                bus.run("gdbus", "wait", "--session", "--timeout", "30", PORTAL).exitCode());
    }

    @AfterEach
    void close() throws Exception {
        for (Process process : processes.reversed()) {
            process.destroyForcibly().waitFor();
        }
        if (store != null) {
            store.close();
        }
        client.close();
        bus.close();
    }

    private Process launch(String... words) throws IOException {
        ProcessBuilder builder =
                bus.command(words).redirectError(folder.resolve("log").toFile());
        builder.environment()
                .putAll(Map.of(
                        "HOME", folder.toString(),
                        "XDG_DATA_HOME", folder.resolve("data").toString(),
                        "XDG_RUNTIME_DIR", folder.resolve("run").toString(),
                        "XDG_CURRENT_DESKTOP", "test",
                        "XDG_DESKTOP_PORTAL_DIR", folder.resolve("portals").toString()));
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    /** The next line of the backend. */
    private String next() throws InterruptedException {
        String line = asked.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        return line == null ? org.junit.jupiter.api.Assertions.fail("the backend was not asked") : line;
    }

    /** Calls the portal as a sandboxed application does, and returns what was said. */
    private String callAs(String app, String... call) throws Exception {
        Path root = Files.createDirectory(folder.resolve("root-" + roots++));
        var words = new ArrayList<>(List.of("src/test/sh/as-sandboxed-app", app, root.toString()));
        words.addAll(Arrays.asList(call));
        PrivateBus.Finished finished = bus.run(words.toArray(String[]::new));
        assertEquals(0, finished.exitCode(), finished.errors());
        return finished.output();
    }

    private void portal(String method, String... arguments) throws Exception {
        var words = new ArrayList<>(List.of(
                "gdbus",
                "call",
                "--session",
                "--dest",
                PORTAL,
                "--object-path",
                "/org/freedesktop/portal/desktop",
                "--method",
                "org.freedesktop.portal." + method));
        words.addAll(List.of(arguments));
        callAs(APP, words.toArray(String[]::new));
    }

    @Test
    void whatTheStoreForbidsIsNotNotified() throws Exception {
        portal("Notification.AddNotification", "first", "{'title': <'Hello'>}");
        assertTrue(next().startsWith("AddNotification ('" + APP + "', 'first'"));
        client.allow("notifications", "notification", APP, "no");
        portal("Notification.AddNotification", "second", "{'title': <'Hello'>}");
        client.allow("notifications", "notification", APP, "yes");
        portal("Notification.AddNotification", "third", "{'title': <'Hello'>}");
        assertTrue(next().startsWith("AddNotification ('" + APP + "', 'third'"), "the second was dropped");
        client.terms("RevokeApp", "s", APP);
        assertNull(asked.poll(), "nothing else was asked");
    }

    @Test
    void onlyTheWaysThatTheStoreAllowsAreInhibited() throws Exception {
        portal("Inhibit.Inhibit", "", "7", "{}");
        String all = next();
        assertTrue(all.startsWith("Inhibit (") && all.endsWith("'" + APP + "', '', 7, {})"), all);
        client.allow("inhibit", "inhibit", APP, "logout", "suspend");
        portal("Inhibit.Inhibit", "", "7", "{}");
        // 1 is logout, 2 switching the user, 4 suspend.
        String some = next();
        assertTrue(some.endsWith("'" + APP + "', '', 5, {})"), some);
    }

    @Test
    void anAnswerIsKeptAndNotAskedForAgain() throws Exception {
        var changes = client.changes();
        assertTrue(screenshot().contains("Response 0"));
        assertTrue(next().startsWith("AccessDialog "));
        assertTrue(next().startsWith("Screenshot "));
        var change = StoreClient.next(changes).arguments();
        assertEquals(List.of("screenshot", "screenshot", false), change.subList(0, 3));
        assertEquals(
                List.of("yes"),
                client.lookup("screenshot", "screenshot").permissions().get(APP));
        assertTrue(screenshot().contains("Response 0"));
        assertTrue(next().startsWith("Screenshot "), "it was asked again");
        client.allow("screenshot", "screenshot", APP, "no");
        assertTrue(screenshot().contains("Response 2"));
        assertEquals(
                1, (int) Long.parseLong("" + client.terms("RevokeApp", "s", APP).getFirst()));
        assertTrue(screenshot().contains("Response 0"));
        assertTrue(next().startsWith("AccessDialog "), "it was not asked again after it was revoked");
    }

    private String screenshot() throws Exception {
        return callAs(APP, "/usr/bin/python3", "-c", """
                from gi.repository import Gio, GLib
                bus = Gio.bus_get_sync(Gio.BusType.SESSION)
                loop = GLib.MainLoop()
                def response(_bus, _sender, _path, _interface, _name, arguments):
                    print("Response", arguments.unpack()[0])
                    loop.quit()
                bus.signal_subscribe(None, "org.freedesktop.portal.Request", "Response", None, None, 0, response)
                bus.call_sync("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop", "org.freedesktop.portal.Screenshot",
                              "Screenshot", GLib.Variant("(sa{sv})", ("", {})), None, 0, -1, None)
                loop.run()
                """);
    }
}
