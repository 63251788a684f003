// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.spectrum_os.portal.agent.ScriptedHost;
import org.spectrum_os.portal.chooser.BackendFace;
import org.spectrum_os.portal.dbus.testing.PrivateBus;
import org.spectrum_os.portal.protocol.ChosenOption;
import org.spectrum_os.portal.protocol.Message;
import org.spectrum_os.portal.protocol.MessageChannel;
import org.spectrum_os.portal.protocol.Outcome;

/** The frontend as programs see it that are not ours: gdbus, GLib's own D-Bus, and libportal. */
@Timeout(90)
final class ForeignClientsTest {
    private final ServedFace face;

    ForeignClientsTest(@TempDir Path folder) throws Exception {
        face = new ServedFace(Face.FRONTEND, folder);
    }

    @AfterEach
    void stop() throws Exception {
        face.close();
    }

    private PrivateBus.Finished gdbus(String method, String... arguments) throws Exception {
        List<String> words = new java.util.ArrayList<>(List.of(
                "gdbus",
                "call",
                "--session",
                "--dest",
                BackendFace.FRONTEND_NAME,
                "--object-path",
                BackendFace.PATH,
                "--method",
                method));
        words.addAll(List.of(arguments));
        return face.bus.run(words.toArray(String[]::new));
    }

    private Message.OpenFile asked(MessageChannel link) throws Exception {
        return ScriptedHost.expect(link, Message.OpenFile.class);
    }

    @Test
    void libportalGetsFilesChoicesAndFilter() throws Exception {
        var host = face.host();
        Process app = Python.start(face.bus, "libportal-open.py");
        MessageChannel link = host.welcomed();
        var open = asked(link);
        assertEquals("Open it", open.ask().title().<String>validate(text -> text));
        assertTrue(open.ask().multiple());
        assertEquals(1, open.ask().currentFilter());
        assertEquals(2, open.ask().choices().size());
        face.lend(
                link,
                open.request(),
                1,
                List.of(new ChosenOption("enc", "l1"), new ChosenOption("ro", "false")),
                "Ünïcode & \"quotes\" 100%.txt",
                "b");
        assertEquals("""
                choices [('enc', 'l1'), ('ro', 'false')]
                current_filter ('All', [(uint32 0, '*')])
                uris ['file://%s/lease-0/%%C3%%9Cn%%C3%%AFcode%%20&%%20%%22quotes%%22%%20100%%25.txt', 'file://%s/lease-1/b']
                """.formatted(face.folder, face.folder), Python.said(app));
    }

    @ParameterizedTest
    @CsvSource({"DENIED,CANCELLED", "EXPIRED,FAILED"})
    void libportalIsToldHowItEnded(Outcome outcome, String error) throws Exception {
        var host = face.host();
        Process app = Python.start(face.bus, "libportal-open.py");
        MessageChannel link = host.welcomed();
        link.send(new Message.Ended(asked(link).request(), outcome));
        assertEquals("error " + error + "\n", Python.said(app));
    }

    @Test
    void libportalCanCancel() throws Exception {
        var host = face.host();
        Process app = Python.start(face.bus, "libportal-open.py", "--cancel");
        MessageChannel link = host.welcomed();
        long number = asked(link).request();
        app.getOutputStream().write('\n');
        app.getOutputStream().flush();
        assertEquals(number, ScriptedHost.expect(link, Message.Cancel.class).request());
        assertEquals("error CANCELLED\n", Python.said(app));
    }

    @Test
    void anApplicationThatIsKilledWithdraws() throws Exception {
        var host = face.host();
        Process app = Python.start(face.bus, "libportal-open.py");
        MessageChannel link = host.welcomed();
        long number = asked(link).request();
        app.destroyForcibly().waitFor();
        assertEquals(number, ScriptedHost.expect(link, Message.Cancel.class).request());
    }

    @Test
    void libportalSavesAFile() throws Exception {
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
    void libportalSavesSeveralFiles() throws Exception {
        var host = face.host();
        Process app = Python.start(face.bus, "libportal-save.py", "--several");
        MessageChannel link = host.welcomed();
        var saves = ScriptedHost.expect(link, Message.SaveFiles.class);
        assertEquals(
                List.of("a.txt", "ü 2.txt"),
                saves.ask().names().stream()
                        .map(name -> name.<String>validate(text -> text))
                        .toList());
        assertEquals(2, saves.ask().choices().size());
        face.lendForWriting(link, saves.request(), null, List.of(new ChosenOption("ro", "true")), "a.txt", "ü 2.txt");
        assertEquals("""
                choices [('ro', 'true')]
                uris ['file://%s/lease-0/a.txt', 'file://%s/lease-1/%%C3%%BC%%202.txt']
                """.formatted(face.folder, face.folder), Python.said(app));
    }

    @ParameterizedTest
    @CsvSource({"''", "--several"})
    void libportalCanCancelSaving(String several) throws Exception {
        var host = face.host();
        Process app = Python.start(face.bus, "libportal-save.py", "--cancel", several);
        MessageChannel link = host.welcomed();
        long number = ScriptedHost.expect(link, Message.Ask.class).request();
        app.getOutputStream().write('\n');
        app.getOutputStream().flush();
        assertEquals(number, ScriptedHost.expect(link, Message.Cancel.class).request());
        assertEquals("error CANCELLED\n", Python.said(app));
    }

    @Test
    void dbusPythonSavesUnderTheNameOfTheFileItHas() throws Exception {
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
    void theReturnComesBeforeTheResponse() throws Exception {
        var host = face.host();
        Process app = Python.start(face.bus, "gio-open.py");
        MessageChannel link = host.welcomed();
        face.lend(link, asked(link).request(), null, List.of(), "f");
        assertEquals(
                "return True\nresponse True (uint32 0, {'uris': <['file://" + face.folder + "/lease-0/f']>})\n",
                Python.said(app));
    }

    @Test
    void gdbusReadsTheVersionAndTheInterface() throws Exception {
        assertEquals(
                "(<uint32 4>,)\n",
                gdbus("org.freedesktop.DBus.Properties.Get", PortalClient.FILE_CHOOSER, "version")
                        .output());
        String seen = face.bus
                .run(
                        "gdbus",
                        "introspect",
                        "--session",
                        "--dest",
                        BackendFace.FRONTEND_NAME,
                        "--object-path",
                        BackendFace.PATH)
                .output();
        assertTrue(seen.contains("interface org.freedesktop.portal.FileChooser") && seen.contains("OpenFile("), seen);
    }

    @Test
    void gdbusIsToldWhatIsWrong() throws Exception {
        var wrongType = gdbus("org.freedesktop.portal.FileChooser.OpenFile", "", "t", "{'multiple': <'yes'>}");
        assertEquals(1, wrongType.exitCode());
        assertTrue(
                wrongType
                        .errors()
                        .contains("org.freedesktop.portal.Error.InvalidArgument: Expected type 'b' for option"
                                + " 'multiple', got 's'"),
                wrongType.errors());
        var path = gdbus("org.freedesktop.portal.FileChooser.SaveFile", "", "t", "{'current_name': <'../x'>}");
        assertTrue(
                path.errors().contains("org.freedesktop.portal.Error.InvalidArgument: current_name is not a file name"),
                path.errors());
        var nothing = gdbus("org.freedesktop.portal.FileChooser.SaveFiles", "", "t", "@a{sv} {}");
        assertTrue(
                nothing.errors().contains("org.freedesktop.portal.Error.InvalidArgument: files names no file"),
                nothing.errors());
        var strings = gdbus("org.freedesktop.portal.FileChooser.SaveFiles", "", "t", "{'files': <['a']>}");
        assertTrue(strings.errors().contains("Expected type 'aay' for option 'files', got 'as'"), strings.errors());
        var unknown = gdbus("org.freedesktop.portal.OpenURI.OpenURI", "", "x:", "@a{sv} {}");
        assertTrue(unknown.errors().contains("org.freedesktop.DBus.Error.UnknownInterface"), unknown.errors());
    }
}
