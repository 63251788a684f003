// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.agent.ScriptedHost;
import org.spectrum_os.portal.agent.usb.UsbHost;
import org.spectrum_os.portal.chooser.BackendFace;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.NameFlag;
import org.spectrum_os.portal.dbus.testing.PrivateBus;
import org.spectrum_os.portal.protocol.LentFile;
import org.spectrum_os.portal.protocol.Message;
import org.spectrum_os.portal.protocol.Outcome;

@Timeout(60)
final class FaceEndTest {
    @TempDir
    Path folder;

    @Test
    void leavesWhenAnotherTakesTheName() throws Exception {
        try (var face = new ServedFace(Face.FRONTEND, folder)) {
            face.client().requestName(BackendFace.FRONTEND_NAME, Set.of(NameFlag.REPLACE_EXISTING));
            assertEquals(Face.End.REPLACED, face.end.get(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void leavesWhenTheBusGoesAway() throws Exception {
        try (var face = new ServedFace(Face.BACKEND, folder)) {
            face.bus.kill();
            assertEquals(Face.End.NO_BUS, face.end.get(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void leavesWhenIdleButNotBeforeTheAnswer() throws Exception {
        try (var face = new ServedFace(Face.FRONTEND, folder, Duration.ofSeconds(1))) {
            var app = new PortalClient(face.client());
            var host = face.host();
            app.openFile("", PortalClient.options());
            var link = host.welcomed();
            long number = ScriptedHost.expect(link, Message.OpenFile.class).request();
            ScriptedHost.expectSilence(link, Duration.ofMillis(1_500));
            assertFalse(face.end.isDone());
            link.send(new Message.Ended(number, Outcome.DENIED));
            app.assertEnds(1);
            assertEquals(Face.End.IDLE, face.end.get(10, TimeUnit.SECONDS));
            assertTrue(app.bus.nameOwner(BackendFace.FRONTEND_NAME).isEmpty());
        }
    }

    /** It would lose the devices, and the ids by which it knows them. */
    @Test
    void doesNotLeaveAnApplicationThatUsesUsb() throws Exception {
        try (var face = new ServedFace(Face.FRONTEND, folder, Duration.ofSeconds(1));
                var host = face.usbHost()) {
            var app = new UsbApp(face.client());
            var listed = app.later("EnumerateDevices", "a{sv}", PortalClient.options());
            var link = host.welcomed(1);
            listed.get(10, TimeUnit.SECONDS);
            assertThrows(TimeoutException.class, () -> face.end.get(1_500, TimeUnit.MILLISECONDS));
            app.portal.bus.close();
            UsbHost.expectEnd(link);
            assertEquals(Face.End.IDLE, face.end.get(10, TimeUnit.SECONDS));
        }
    }

    private static Process program(PrivateBus bus, String... words) throws Exception {
        return programIn("C.UTF-8", bus, words);
    }

    private static Process programIn(String locale, PrivateBus bus, String... words) throws Exception {
        var builder = bus.command(ProcessHandle.current().info().command().orElseThrow());
        builder.command()
                .addAll(List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "org.spectrum_os.portal.agent.SpectrumAgent"));
        builder.command().addAll(List.of(words));
        builder.environment().put("LC_ALL", locale);
        return builder.redirectErrorStream(true).start();
    }

    /** A bus in a bare guest starts it without any locale. */
    @Test
    void theProgramLendsAnyNameInAnyLocale() throws Exception {
        String name = "Ünïcode & \"quotes\" 100%.txt";
        Files.createDirectory(folder.resolve("a"));
        Files.createFile(folder.resolve("a").resolve(name));
        try (var bus = PrivateBus.start();
                var host = new ScriptedHost(folder.resolve("vm"));
                var client = BusConnection.connect(bus.address())) {
            Process program = programIn(
                    "C", bus, "frontend", "--host", "unix:" + folder.resolve("vm"), "--mount-point", folder + "/");
            while (client.nameOwner(BackendFace.FRONTEND_NAME).isEmpty()) {
                assertTrue(program.isAlive());
            }
            var app = new PortalClient(client);
            app.openFile("", PortalClient.options());
            var link = host.welcomed();
            long number = ScriptedHost.expect(link, Message.OpenFile.class).request();
            link.send(new Message.Granted(number, List.of(new LentFile("a", name)), List.of(), null, false));
            assertEquals(
                    List.of("file://" + folder + "/a/%C3%9Cn%C3%AFcode%20&%20%22quotes%22%20100%25.txt"),
                    PortalClient.list(PortalClient.results(app.response()), "uris"));
            program.destroy();
            assertTrue(program.waitFor(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void theProgramFailsAloudWhenTheBusGoesAway() throws Exception {
        try (var bus = PrivateBus.start()) {
            Process program = program(bus, "frontend");
            try (var client = BusConnection.connect(bus.address())) {
                while (client.nameOwner(BackendFace.FRONTEND_NAME).isEmpty()) {
                    assertTrue(program.isAlive());
                }
            }
            bus.kill();
            assertTrue(program.waitFor(5, TimeUnit.SECONDS));
            assertEquals(1, program.exitValue());
            String said = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(said.contains("session bus went away"), said);
        }
    }

    @Test
    void theProgramSaysWhoHasTheName() throws Exception {
        try (var face = new ServedFace(Face.FRONTEND, folder)) {
            Process program = program(face.bus, "frontend");
            assertTrue(program.waitFor(20, TimeUnit.SECONDS));
            assertEquals(1, program.exitValue());
            String said = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(said.contains("org.freedesktop.portal.Desktop belongs to another program"), said);
            Process replacing = program(face.bus, "frontend", "--replace");
            assertEquals(Face.End.REPLACED, face.end.get(20, TimeUnit.SECONDS));
            replacing.destroy();
            assertTrue(replacing.waitFor(5, TimeUnit.SECONDS));
        }
    }
}
