// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.spectrum_os.portal.agent.ScriptedHost;
import org.spectrum_os.portal.chooser.BackendFace;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.protocol.ChosenOption;
import org.spectrum_os.portal.protocol.Message;
import org.spectrum_os.portal.protocol.MessageChannel;
import org.spectrum_os.portal.protocol.Outcome;

/** The backend beneath the xdg-desktop-portal that this machine has, with libportal above it. */
@Timeout(90)
final class StockPortalTest {
    private static final Path PORTAL = Path.of("/usr/libexec/xdg-desktop-portal");

    private final ServedFace face;
    private final Process portal;
    private final Path folder;

    StockPortalTest(@TempDir Path folder) throws Exception {
        assertTrue(Files.isExecutable(PORTAL), "install the package xdg-desktop-portal");
        this.folder = folder;
        Path portals = Files.createDirectories(folder.resolve("portals"));
        Path guest = Path.of("src/main/guest");
        Files.copy(guest.resolve("spectrum.portal"), portals.resolve("spectrum.portal"));
        // Where 1.18 and later look for it; earlier ones go by UseIn alone.
        Files.copy(guest.resolve("portals.conf"), portals.resolve("portals.conf"));
        face = new ServedFace(Face.BACKEND, Files.createDirectories(folder.resolve("mount")));
        var builder = face.bus.command(PORTAL.toString(), "--verbose");
        builder.environment().put("XDG_DESKTOP_PORTAL_DIR", portals.toString());
        builder.environment().put("XDG_CURRENT_DESKTOP", "spectrum");
        builder.environment().put("XDG_DATA_HOME", folder.resolve("data").toString());
        builder.environment().put("XDG_RUNTIME_DIR", folder.toString());
        portal = builder.redirectErrorStream(true)
                .redirectOutput(folder.resolve("portal.log").toFile())
                .start();
    }

    @BeforeEach
    void awaitPortal() throws Exception {
        try (var watcher = BusConnection.connect(face.bus.address())) {
            while (watcher.nameOwner(BackendFace.FRONTEND_NAME).isEmpty()) {
                assertTrue(portal.isAlive(), () -> "xdg-desktop-portal ended: " + log());
            }
        }
    }

    private String log() {
        try {
            return Files.readString(folder.resolve("portal.log"));
        } catch (java.io.IOException e) {
            return e.toString();
        }
    }

    @AfterEach
    void stop() throws Exception {
        portal.destroyForcibly().waitFor();
        face.close();
    }

    @Test
    void anApplicationGetsItsFiles() throws Exception {
        var host = face.host();
        Process app = Python.start(face.bus, "libportal-open.py");
        MessageChannel link = host.welcomed();
        var open = ScriptedHost.expect(link, Message.OpenFile.class);
        assertEquals("Open it", open.ask().title().<String>validate(text -> text));
        face.lend(
                link,
                open.request(),
                1,
                List.of(new ChosenOption("enc", "l1"), new ChosenOption("ro", "false")),
                "ü.txt");
        assertEquals("""
                choices [('enc', 'l1'), ('ro', 'false')]
                current_filter ('All', [(uint32 0, '*')])
                uris ['file://%s/lease-0/%%C3%%BC.txt']
                """.formatted(face.folder), Python.said(app));
    }

    @Test
    void anApplicationSavesAFile() throws Exception {
        var host = face.host();
        Process app = Python.start(face.bus, "libportal-save.py");
        MessageChannel link = host.welcomed();
        var save = ScriptedHost.expect(link, Message.SaveFile.class);
        assertEquals("Save it", save.ask().title().<String>validate(text -> text));
        assertEquals("new ü.txt", save.ask().currentName().<String>validate(text -> text));
        assertEquals("/home/user", save.ask().currentFolder().<String>validate(text -> text));
        assertEquals(1, save.ask().currentFilter());
        face.lendForWriting(
                link,
                save.request(),
                0,
                List.of(new ChosenOption("enc", "l1"), new ChosenOption("ro", "false")),
                "new ü.txt");
        assertEquals("""
                choices [('enc', 'l1'), ('ro', 'false')]
                current_filter ('Text', [(uint32 0, '*.txt')])
                uris ['file://%s/lease-0/new%%20%%C3%%BC.txt']
                """.formatted(face.folder), Python.said(app));
    }

    @Test
    void anApplicationSavesUnderTheNameOfTheFileItHas() throws Exception {
        var host = face.host();
        Process app = Python.start(face.bus, "dbus-python-save.py");
        MessageChannel link = host.welcomed();
        var save = ScriptedHost.expect(link, Message.SaveFile.class);
        assertEquals("old.txt", save.ask().currentName().<String>validate(text -> text));
        assertEquals("/home/user/Documents", save.ask().currentFolder().<String>validate(text -> text));
        face.lendForWriting(link, save.request(), null, List.of(), "old.txt");
        assertEquals(
                "handle True\nresponse 0\nuris ['file://" + face.folder + "/lease-0/old.txt']\n", Python.said(app));
    }

    @Test
    void anApplicationSavesSeveralFiles() throws Exception {
        var host = face.host();
        Process app = Python.start(face.bus, "libportal-save.py", "--several");
        MessageChannel link = host.welcomed();
        var saves = ScriptedHost.expect(link, Message.SaveFiles.class);
        assertEquals(
                List.of("a.txt", "ü 2.txt"),
                saves.ask().names().stream()
                        .map(name -> name.<String>validate(text -> text))
                        .toList());
        face.lendForWriting(
                link, saves.request(), null, List.of(new ChosenOption("ro", "true")), "a (1).txt", "ü 2.txt");
        assertEquals("""
                choices [('ro', 'true')]
                uris ['file://%s/lease-0/a%%20(1).txt', 'file://%s/lease-1/%%C3%%BC%%202.txt']
                """.formatted(face.folder, face.folder), Python.said(app));
    }

    @ParameterizedTest
    @CsvSource({"''", "--several"})
    void anApplicationIsDeniedAPlaceToSave(String several) throws Exception {
        var host = face.host();
        Process app = Python.start(face.bus, "libportal-save.py", several);
        MessageChannel link = host.welcomed();
        link.send(new Message.Ended(ScriptedHost.expect(link, Message.Ask.class).request(), Outcome.DENIED));
        assertEquals("error CANCELLED\n", Python.said(app));
    }

    @Test
    void anApplicationIsDenied() throws Exception {
        var host = face.host();
        Process app = Python.start(face.bus, "libportal-open.py");
        MessageChannel link = host.welcomed();
        link.send(new Message.Ended(
                ScriptedHost.expect(link, Message.OpenFile.class).request(), Outcome.DENIED));
        assertEquals("error CANCELLED\n", Python.said(app));
    }

    @Test
    void anApplicationThatIsKilledWithdraws() throws Exception {
        var host = face.host();
        Process app = Python.start(face.bus, "libportal-open.py");
        MessageChannel link = host.welcomed();
        long number = ScriptedHost.expect(link, Message.OpenFile.class).request();
        app.destroyForcibly().waitFor();
        assertEquals(number, ScriptedHost.expect(link, Message.Cancel.class).request());
    }

    @Test
    void anApplicationCancels() throws Exception {
        var host = face.host();
        Process app = Python.start(face.bus, "libportal-open.py", "--cancel");
        MessageChannel link = host.welcomed();
        long number = ScriptedHost.expect(link, Message.OpenFile.class).request();
        app.getOutputStream().write('\n');
        app.getOutputStream().flush();
        assertEquals(number, ScriptedHost.expect(link, Message.Cancel.class).request());
        assertEquals("error CANCELLED\n", Python.said(app));
    }
}
