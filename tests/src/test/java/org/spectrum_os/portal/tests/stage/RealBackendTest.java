// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.spectrum_os.portal.protocol.Message;
import org.spectrum_os.portal.protocol.MessageChannel;
import org.spectrum_os.portal.protocol.Outcome;
import org.spectrum_os.portal.protocol.Ports;
import org.spectrum_os.portal.tests.desktop.Patience;

/**
 * The real backend and file server as processes of an ordinary user, with a scripted window, and this test in the place of a guest: what
 * happens when a part dies, lies, or is started twice.
 */
@Tag("window")
class RealBackendTest extends BackendOnStage {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    RealBackendTest() throws Exception {
        super(PATIENCE);
    }

    private BackendProcess start(String... window) throws Exception {
        return stage.startBackend(stage.policy("ask", 120), stage.scriptedWindow(window));
    }

    /** A guest that has mounted its lent files and linked its agent. */
    private MessageChannel guest(BackendProcess backend) throws Exception {
        connections.add(connect(Ports.FILES));
        backend.awaitInstance(Stage.INSTANCE, "mounted", true);
        return link();
    }

    /** The instance's log, and the host's behind it. */
    private String audit() throws IOException {
        var all = new StringBuilder();
        for (String folder : List.of(Stage.INSTANCE, "host")) {
            Path log = stage.folder()
                    .resolve("desk/state/spectrum-portal")
                    .resolve(folder)
                    .resolve("audit.jsonl");
            all.append(Files.exists(log) ? Files.readString(log) : "");
        }
        return all.toString();
    }

    private List<String> events() throws IOException {
        return audit().lines()
                .map(line -> line.replaceAll(".*\"event\":\"([^\"]*)\".*", "$1"))
                .toList();
    }

    @Test
    void aGrantIsALeaseFromTheFirstMomentToTheLast() throws Exception {
        BackendProcess backend = start("lend", file.toString());
        var granted = assertInstanceOf(Message.Granted.class, ask(guest(backend), 1));
        assertEquals("report.txt", granted.files().getFirst().name());
        assertFalse(granted.writable());
        JsonNode lease = backend.json("leases").get(0);
        assertEquals(granted.files().getFirst().lease(), lease.get("lease").asText());
        assertEquals(file.toRealPath().toString(), lease.get("resource").asText());
        assertEquals("read", lease.get("access").asText());
        assertEquals(0, backend.command("revoke", lease.get("lease").asText()).status());
        var again = backend.command("revoke", lease.get("lease").asText());
        assertEquals(1, again.status());
        assertTrue(again.out().contains("no lease of this name"), again.out());
        assertEquals(List.of("linked", "requested", "decided", "granted", "ended"), events());
        var log = backend.command("log", "--instance", Stage.INSTANCE, "--json");
        assertEquals(audit().lines().toList(), log.out().lines().toList());
    }

    @Test
    void denyingIsNo() throws Exception {
        var guest = guest(start("deny"));
        assertEquals(new Message.Ended(1, Outcome.DENIED), ask(guest, 1));
    }

    @Test
    void aBlockedInstanceStaysBlockedAndTheUserSeesIt() throws Exception {
        BackendProcess backend = start("block");
        var guest = guest(backend);
        assertEquals(new Message.Ended(1, Outcome.DENIED), ask(guest, 1));
        assertEquals(new Message.Ended(2, Outcome.DENIED), ask(guest, 2));
        assertTrue(backend.json("instances").get(0).get("blocked").asBoolean());
        assertTrue(audit().contains("instance-blocked"), audit());
    }

    @Test
    void aWindowThatTalksNonsenseMeansNoAndIsReplaced() throws Exception {
        BackendProcess backend = start(
                "garbage", "--once", stage.folder().resolve("desk/home/once").toString());
        var guest = guest(backend);
        assertEquals(new Message.Ended(1, Outcome.DENIED), ask(guest, 1));
        assertTrue(audit().contains("window-lost"), audit());
        assertEquals(new Message.Ended(2, Outcome.DENIED), ask(guest, 2));
        assertTrue(audit().contains("\"why\":\"user\""), "the next window asked: " + audit());
    }

    @Test
    void aWindowThatDiesMeansNoAndIsReplaced() throws Exception {
        BackendProcess backend = start(
                "crash", "--once", stage.folder().resolve("desk/home/once").toString());
        var guest = guest(backend);
        assertEquals(new Message.Ended(1, Outcome.DENIED), ask(guest, 1));
        assertEquals(new Message.Ended(2, Outcome.DENIED), ask(guest, 2));
        assertTrue(audit().contains("window-lost") && audit().contains("\"why\":\"user\""), audit());
    }

    @Test
    void aDeadFileServerEndsItsLeasesAndIsReplaced() throws Exception {
        BackendProcess backend = start("lend", file.toString());
        assertInstanceOf(Message.Granted.class, ask(guest(backend), 1));
        ProcessHandle server = backend.child("files.FileServerMain");
        assertTrue(server.destroyForcibly());
        backend.awaitInstance(Stage.INSTANCE, "mounted", false);
        assertEquals(0, backend.json("leases").size());
        assertTrue(audit().contains("file-server-lost"), audit());
        connections.add(connect(Ports.FILES));
        backend.awaitInstance(Stage.INSTANCE, "mounted", true);
    }

    @Test
    void aGuestWithoutItsMountIsNotLentAnything() throws Exception {
        start("lend", file.toString());
        assertEquals(new Message.Ended(1, Outcome.DENIED), ask(link(), 1));
    }

    @Test
    void aSecondBackendStopsBeforeItTouchesTheFirst() throws Exception {
        BackendProcess first = start("lend", file.toString());
        var guest = guest(first);
        var second = BackendProcess.launch(
                stage.desktop(), stage.programs(), stage.policy("ask", 120), stage.scriptedWindow("deny"));
        assertTrue(second.process().waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        assertEquals(1, second.process().exitValue());
        assertTrue(second.log().contains("another backend is running"), second.log());
        assertInstanceOf(Message.Granted.class, ask(guest, 1));
    }

    @Test
    void endingItEndsEveryLeaseAndLeavesNoSocket() throws Exception {
        BackendProcess backend = start("lend", file.toString());
        assertInstanceOf(Message.Granted.class, ask(guest(backend), 1));
        backend.close();
        assertTrue(audit().contains("backend-stopped"), audit());
        try (var left = Files.list(stage.folder().resolve("vm"))) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void withoutItsBusItEndsByItself() throws Exception {
        BackendProcess backend = start("deny");
        stage.desktop().endSessionBus();
        assertTrue(backend.process().waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS), backend.log());
        assertEquals(1, backend.process().exitValue());
        assertTrue(backend.log().contains("the session bus is gone"), backend.log());
    }

    @Test
    void aBrokenOrMissingPolicyRefusesToStart() throws Exception {
        Path broken = stage.folder().resolve("broken.json");
        Files.writeString(broken, "{\n  \"version\": 1,\n  \"instances\": {\"mail\": {\"colour\": \"blue\"}}\n}\n");
        var refused = BackendProcess.launch(stage.desktop(), stage.programs(), stage.own(broken), List.of());
        assertTrue(refused.process().waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        assertEquals(2, refused.process().exitValue());
        assertTrue(refused.log().contains("broken.json: line 3, column"), refused.log());
        assertTrue(refused.log().contains("not started"), refused.log());
        var missing = BackendProcess.launch(
                stage.desktop(), stage.programs(), stage.folder().resolve("absent.json"), List.of());
        assertTrue(missing.process().waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        assertEquals(2, missing.process().exitValue());
        assertTrue(missing.log().contains("there is no such file"), missing.log());
    }

    @Test
    void commandsWithoutABackendSayHowToStartIt() throws Exception {
        var programs = stage.programs().command("spectrum-portal");
        var command = new ArrayList<>(programs);
        command.add("leases");
        Process run = stage.desktop().launch("leases", false, command);
        assertTrue(run.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        assertEquals(1, run.exitValue());
        assertTrue(
                stage.desktop().log("leases").contains("spectrum-portal run"),
                stage.desktop().log("leases"));
    }

    /** Debian's own portal on the host's bus, a stock client, and ours behind: the host's applications use the same window. */
    @Test
    void theHostsOwnPortalUsesThisBackend() throws Exception {
        start("lend", file.toString());
        Path portals = Files.createDirectories(stage.folder().resolve("portals"));
        Files.writeString(portals.resolve("spectrum.portal"), """
                [portal]
                DBusName=org.freedesktop.impl.portal.desktop.spectrum
                Interfaces=org.freedesktop.impl.portal.FileChooser;
                UseIn=spectrum
                """);
        Files.writeString(portals.resolve("spectrum-portals.conf"), "[preferred]\ndefault=spectrum\n");
        stage.own(portals);
        stage.desktop()
                .launch(
                        "portal",
                        false,
                        List.of(
                                "env",
                                "XDG_DESKTOP_PORTAL_DIR=" + portals,
                                "XDG_CURRENT_DESKTOP=spectrum",
                                "/usr/libexec/xdg-desktop-portal"));
        Path app = stage.programs().root().resolve("bin/open-file");
        if (!Files.exists(app)) {
            app = Installation.checkout().resolve("tests/guest/apps/open-file");
        }
        String program = app.toString();
        JsonNode answered = Patience.await("the host's portal to answer the application", PATIENCE, () -> {
            try {
                Process run = stage.desktop().launch("app", true, List.of(program, "--filters"));
                String out = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                return out.lines()
                        .filter(line -> line.contains("\"answered\"") && line.contains("\"response\": 0"))
                        .findFirst()
                        .map(RealBackendTest::json);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        assertEquals("file://" + file.toRealPath(), answered.get("uris").get(0).asText());
        assertEquals("Text", answered.get("current_filter").get(0).asText());
        assertTrue(audit().contains("\"instance\":\"host:"), audit());
        // Only the portal may call the backend; anybody else is sent away.
        Process stranger = stage.desktop()
                .launch(
                        "stranger",
                        false,
                        List.of(
                                "gdbus",
                                "call",
                                "--session",
                                "--dest",
                                "org.freedesktop.impl.portal.desktop.spectrum",
                                "--object-path",
                                "/org/freedesktop/portal/desktop",
                                "--method",
                                "org.freedesktop.impl.portal.FileChooser.OpenFile",
                                "/org/freedesktop/portal/desktop/request/a/b",
                                "app",
                                "",
                                "Title",
                                "{}"));
        assertTrue(stranger.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        assertTrue(
                stage.desktop().log("stranger").contains("AccessDenied"),
                stage.desktop().log("stranger"));
    }

    private static JsonNode json(String line) {
        try {
            return new com.fasterxml.jackson.databind.json.JsonMapper().readTree(line);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
