// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.spectrum_os.portal.agent.bus.PortalClient.options;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.freedesktop.dbus.types.Variant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.spectrum_os.portal.agent.ScriptedHost;
import org.spectrum_os.portal.dbus.SignalReceived;
import org.spectrum_os.portal.dbus.Values;
import org.spectrum_os.portal.dbus.Variants;
import org.spectrum_os.portal.protocol.ChosenOption;
import org.spectrum_os.portal.protocol.FileFilter;
import org.spectrum_os.portal.protocol.Message;
import org.spectrum_os.portal.protocol.MessageChannel;
import org.spectrum_os.portal.protocol.Outcome;
import org.spectrum_os.portal.protocol.Untrusted;

/** SaveFile, SaveFiles and folders through the frontend. */
@Timeout(60)
final class FrontendSaveTest {
    private static final List<Object> TEXT = List.of("Text", List.of(List.of(0, "*.txt"), List.of(1, "text/plain")));
    private static final List<Object> ALL = List.of("All", List.of(List.of(0, "*")));
    private static final List<Object> ENCODING =
            List.of("enc", "Encoding", List.of(List.of("u8", "UTF-8"), List.of("l1", "Latin-1")), "l1");

    private final ServedFace face;
    private final PortalClient app;

    FrontendSaveTest(@TempDir Path folder) throws Exception {
        face = new ServedFace(Face.FRONTEND, folder);
        app = new PortalClient(face.client());
    }

    @AfterEach
    void stop() throws Exception {
        face.close();
    }

    private static byte[] bytes(String path) {
        return (path + "\0").getBytes(StandardCharsets.UTF_8);
    }

    private static String raw(Untrusted<String> text) {
        return text.validate(t -> t);
    }

    private Map<String, Variant<?>> results(long code) throws InterruptedException {
        SignalReceived response = app.response();
        assertEquals(code, Values.number(response.arguments().get(0)));
        return PortalClient.results(response);
    }

    @Test
    void savesAFileWithEverythingThatWasAskedFor() throws Exception {
        var host = face.host();
        String handle = app.call(
                "SaveFile",
                "Save it",
                options(
                        "handle_token",
                        "s",
                        "tok1",
                        "accept_label",
                        "s",
                        "_Keep",
                        "modal",
                        "b",
                        false,
                        "current_name",
                        "s",
                        "Ünï 1.txt",
                        "current_folder",
                        "ay",
                        bytes("/home/user"),
                        "current_file",
                        "ay",
                        bytes("/elsewhere/old.txt"),
                        "filters",
                        "a(sa(us))",
                        List.of(TEXT, ALL),
                        "current_filter",
                        "(sa(us))",
                        ALL,
                        "choices",
                        "a(ssa(ss)s)",
                        List.of(ENCODING),
                        "future_key",
                        "x",
                        7));
        assertEquals(app.expectedPath("tok1"), handle);
        MessageChannel link = host.welcomed();
        var save = ScriptedHost.expect(link, Message.SaveFile.class);
        assertEquals("Save it", raw(save.ask().title()));
        assertEquals("Ünï 1.txt", raw(save.ask().currentName()));
        assertEquals("/home/user", raw(save.ask().currentFolder()));
        assertEquals(2, save.ask().filters().size());
        assertEquals(
                List.of(FileFilter.Kind.GLOB, FileFilter.Kind.MIME),
                save.ask().filters().getFirst().patterns().stream()
                        .map(FileFilter.Pattern::kind)
                        .toList());
        assertEquals(1, save.ask().currentFilter());
        assertEquals("l1", raw(save.ask().choices().getFirst().initial()));
        face.lendForWriting(link, save.request(), 0, List.of(new ChosenOption("enc", "u8")), "other name.txt");
        Map<String, Variant<?>> results = results(0);
        assertEquals(Set.of("uris", "choices", "current_filter"), results.keySet());
        assertEquals(
                List.of("file://" + face.folder + "/lease-0/other%20name.txt"), PortalClient.list(results, "uris"));
        assertEquals(
                List.of(List.of("enc", "u8")),
                Variants.value(results, "choices", "a(ss)").orElseThrow());
        assertEquals(
                "Text",
                Values.list(Variants.value(results, "current_filter", "(sa(us))")
                                .orElseThrow())
                        .getFirst());
    }

    @Test
    void theCurrentFileStandsInForNameAndFolder() throws Exception {
        var host = face.host();
        app.call("SaveFile", "", options("current_file", "ay", bytes("/home/user/old ü.txt")));
        var save = ScriptedHost.expect(host.welcomed(), Message.SaveFile.class);
        assertEquals("old ü.txt", raw(save.ask().currentName()));
        assertEquals("/home/user", raw(save.ask().currentFolder()));
    }

    @Test
    void savesWithoutAnyOption() throws Exception {
        var host = face.host();
        app.call("SaveFile", "", options());
        MessageChannel link = host.welcomed();
        var save = ScriptedHost.expect(link, Message.SaveFile.class);
        assertEquals("", raw(save.ask().currentName()));
        assertNull(save.ask().currentFilter());
        face.lendForWriting(link, save.request(), null, List.of(), "f");
        assertEquals(Set.of("uris"), results(0).keySet());
    }

    @Test
    void savesSeveralFilesInTheirOrder() throws Exception {
        var host = face.host();
        var options = options(
                "handle_token",
                "s",
                "tok2",
                "accept_label",
                "s",
                "Keep",
                "modal",
                "b",
                true,
                "current_folder",
                "ay",
                bytes("/home/user"),
                "choices",
                "a(ssa(ss)s)",
                List.of(List.of("zip", "Packed", List.of(), "true")));
        options.putAll(PortalClient.files(List.of("b.txt", "a ü.txt")));
        assertEquals(app.expectedPath("tok2"), app.call("SaveFiles", "Save them", options));
        MessageChannel link = host.welcomed();
        var saves = ScriptedHost.expect(link, Message.SaveFiles.class);
        assertEquals("Save them", raw(saves.ask().title()));
        assertEquals(
                List.of("b.txt", "a ü.txt"),
                saves.ask().names().stream().map(FrontendSaveTest::raw).toList());
        assertEquals("/home/user", raw(saves.ask().currentFolder()));
        face.lendForWriting(
                link, saves.request(), null, List.of(new ChosenOption("zip", "false")), "b (1).txt", "a ü.txt");
        Map<String, Variant<?>> results = results(0);
        assertEquals(Set.of("uris", "choices"), results.keySet());
        assertEquals(
                List.of(
                        "file://" + face.folder + "/lease-0/b%20(1).txt",
                        "file://" + face.folder + "/lease-1/a%20%C3%BC.txt"),
                PortalClient.list(results, "uris"));
    }

    @Test
    void savesAsManyFilesAsAreAllowed() throws Exception {
        var host = face.host();
        List<String> names =
                java.util.stream.IntStream.range(0, 256).mapToObj(i -> "n" + i).toList();
        app.call("SaveFiles", "", PortalClient.files(names));
        var saves = ScriptedHost.expect(host.welcomed(), Message.SaveFiles.class);
        assertEquals(
                names, saves.ask().names().stream().map(FrontendSaveTest::raw).toList());
    }

    @Test
    void lendsFolders() throws Exception {
        var host = face.host();
        app.openFile("", options("directory", "b", true, "multiple", "b", true));
        MessageChannel link = host.welcomed();
        var open = ScriptedHost.expect(link, Message.OpenFile.class);
        assertTrue(open.ask().directory() && open.ask().multiple());
        face.lend(link, open.request(), null, List.of(), "Music", "Photos");
        assertEquals(
                List.of("file://" + face.folder + "/lease-0/Music", "file://" + face.folder + "/lease-1/Photos"),
                PortalClient.list(results(0), "uris"));
    }

    @ParameterizedTest
    @CsvSource({"SaveFile,DENIED,1", "SaveFile,EXPIRED,2", "SaveFiles,DENIED,1", "SaveFiles,CANCELLED,2"})
    void endsAsTheHostSays(String member, Outcome outcome, int code) throws Exception {
        var host = face.host();
        app.call(member, "", PortalClient.files(List.of("a")));
        MessageChannel link = host.welcomed();
        link.send(new Message.Ended(ScriptedHost.expect(link, Message.Ask.class).request(), outcome));
        app.assertEnds(code);
    }

    @ParameterizedTest
    @CsvSource({"SaveFile", "SaveFiles"})
    void closingWithdraws(String member) throws Exception {
        var host = face.host();
        String handle = app.call(member, "", PortalClient.files(List.of("a")));
        MessageChannel link = host.welcomed();
        long number = ScriptedHost.expect(link, Message.Ask.class).request();
        app.close(handle);
        assertEquals(number, ScriptedHost.expect(link, Message.Cancel.class).request());
        assertNull(app.responses.poll());
    }

    @Test
    void aPlaceThatCannotBeWrittenIsNoSuccess() throws Exception {
        var host = face.host();
        app.call("SaveFile", "", options());
        MessageChannel link = host.welcomed();
        face.lend(link, ScriptedHost.expect(link, Message.SaveFile.class).request(), null, List.of(), "f");
        app.assertEnds(2);
        assertFalse(face.end.isDone());
    }
}
