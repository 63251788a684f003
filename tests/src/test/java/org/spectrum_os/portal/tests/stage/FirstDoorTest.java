// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.spectrum_os.portal.tests.desktop.ConsentDialog;
import org.spectrum_os.portal.tests.desktop.Patience;
import org.spectrum_os.portal.tests.stage.GuestAgent.Face;

/**
 * The product's main job on real parts: an unmodified application in a real guest, a stock portal or our own in front of it, the real link, the
 * real window answered by accessibility and keyboard, the real file server, the kernel's own 9P client.
 */
@Tag("guest")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FirstDoorTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String NAME = "Ünïcode & \"quotes\" 100%.txt";
    private static final Path SCREENSHOTS = Path.of("target", "screenshots");

    private static @Nullable Stage shared;
    private static @Nullable GuestAgent sharedAgent;

    @BeforeAll
    static void raiseTheCurtain() throws Exception {
        Stage stage = new Stage();
        shared = stage;
        big(stage.documents().resolve(NAME), 200 << 20);
        big(stage.documents().resolve("empty"), 0);
        big(stage.documents().resolve("one byte"), 1);
        stage.own(stage.documents());
        stage.startBackend(stage.policy("ask", 120));
        stage.startGuest(line -> System.err.println("guest: " + line), true);
        sharedAgent = new GuestAgent(stage.guest());
        agent().mount().orThrow();
        stage.backend().awaitInstance(Stage.INSTANCE, "mounted", true);
    }

    @AfterAll
    static void drop() throws Exception {
        if (shared != null) {
            shared.close();
        }
    }

    /** What a failed test left behind must not be the next one's trouble. */
    @AfterEach
    void nothingIsLeft(TestInfo test) throws Exception {
        Stage stage = stage();
        if (ConsentDialog.find(stage.desktop()).isPresent()) {
            stage.desktop()
                    .screenshot(SCREENSHOTS.resolve(
                            "left by " + test.getDisplayName().replaceAll("[^A-Za-z0-9]+", " ") + ".png"));
            dialog().deny();
            ConsentDialog.awaitNone(stage.desktop(), PATIENCE);
        }
        if (stage.guest().qemu().isAlive()) {
            stage.guest().sh("pkill -u app open-file; true", PATIENCE).orThrow();
            revokeAll();
        }
    }

    private static Stage stage() {
        Stage stage = shared;
        assertNotNull(stage);
        return stage;
    }

    private static GuestAgent agent() {
        GuestAgent agent = sharedAgent;
        assertNotNull(agent);
        return agent;
    }

    private static void big(Path file, long size) throws IOException {
        var random = new Random(42);
        byte[] block = new byte[1 << 20];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (long left = size; left > 0; left -= block.length) {
                random.nextBytes(block);
                out.write(block, 0, (int) Math.min(left, block.length));
            }
        }
    }

    private static String sha256(Path file) throws Exception {
        var digest = MessageDigest.getInstance("SHA-256");
        try (var in = Files.newInputStream(file)) {
            byte[] block = new byte[1 << 20];
            for (int count = in.read(block); count >= 0; count = in.read(block)) {
                digest.update(block, 0, count);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static ConsentDialog dialog() throws IOException {
        return ConsentDialog.await(stage().desktop(), PATIENCE);
    }

    private static void lend(Path file, @Nullable String picture) throws IOException {
        ConsentDialog dialog = dialog();
        if (picture != null) {
            dialog.awaitArmed();
            stage().desktop().screenshot(SCREENSHOTS.resolve(picture + " asked.png"));
        }
        dialog.choose(file);
        dialog.awaitText("will be able to read");
        if (picture != null) {
            stage().desktop().screenshot(SCREENSHOTS.resolve(picture + " chosen.png"));
        }
        dialog.lend();
    }

    private static AppReport ended(CompletableFuture<AppReport> app) throws Exception {
        return app.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private static JsonNode leases() throws Exception {
        return stage().backend().json("leases");
    }

    private static void revokeAll() throws Exception {
        var printed = stage().backend().command("revoke", "--all");
        assertEquals(0, printed.status(), printed.err());
        assertEquals(0, leases().size());
    }

    @Order(1)
    @ParameterizedTest
    @EnumSource(Face.class)
    void anAppReadsExactlyTheFileTheUserChose(Face face) throws Exception {
        agent().installFace(face);
        for (String name : List.of(NAME, "empty", "one byte")) {
            Path file = stage().documents().resolve(name);
            var app = agent().openFile("--title", "Attach a file");
            lend(file, name.equals(NAME) ? "first door " + face.name().toLowerCase(java.util.Locale.ROOT) : null);
            AppReport report = ended(app);
            assertEquals(0, report.response(), report.everything());
            JsonNode read = report.event("read");
            assertEquals(sha256(file), read.get("sha256").asText(), report.everything());
            assertEquals(Files.size(file), read.get("size").asLong());
            assertTrue(read.get("path").asText().endsWith("/" + name), report.everything());
        }
        assertEquals(3, leases().size());
        String seen = stage().guest().sh("ls /run/portal | wc -l").orThrow().text();
        assertEquals("3", seen.strip());
        revokeAll();
        assertEquals(
                "0",
                stage().guest().sh("ls /run/portal | wc -l").orThrow().text().strip());
    }

    @Order(2)
    @ParameterizedTest
    @EnumSource(Face.class)
    void optionsCrossAndTheirAnswersComeBack(Face face) throws Exception {
        agent().installFace(face);
        var app = agent().openFile("--filters", "--choices", "--title", "Pick a text");
        lend(stage().documents().resolve(NAME), null);
        JsonNode answer = ended(app).event("answered");
        assertEquals(
                "[[\"encoding\",\"latin15\"],[\"backup\",\"true\"]]",
                answer.get("choices").toString());
        assertEquals("Text", answer.get("current_filter").get(0).asText());
        assertEquals(
                "[[0,\"*.txt\"],[1,\"text/plain\"]]",
                answer.get("current_filter").get(1).toString());
        revokeAll();
    }

    @Order(3)
    @ParameterizedTest
    @EnumSource(Face.class)
    void denyingIsResponseOne(Face face) throws Exception {
        agent().installFace(face);
        var app = agent().openFile();
        dialog().deny();
        assertEquals(1, ended(app).response());
        assertEquals(0, leases().size());
    }

    @Order(4)
    @Test
    void severalFilesAreLentTogether() throws Exception {
        agent().installFace(Face.FRONTEND);
        var app = agent().openFile("--multiple");
        ConsentDialog dialog = dialog();
        dialog.chooseLast(2);
        dialog.awaitText("2 files");
        dialog.lend();
        AppReport report = ended(app);
        assertEquals(2, report.all("read").size(), report.everything());
        revokeAll();
    }

    @Order(5)
    @Test
    void revokingReachesAFileThatIsHeldOpen() throws Exception {
        var app = agent().openFile("--hold", "60");
        lend(stage().documents().resolve(NAME), null);
        awaitAudit("\"event\":\"used\"");
        String lease = leases().get(0).get("lease").asText();
        assertEquals(0, stage().backend().command("revoke", lease).status());
        AppReport report = ended(app);
        assertEquals("ESTALE", report.event("read-failed").get("name").asText(), report.everything());
        // The kernel may still hold the lease's folder, then the server says it is gone; or look it up anew and find
        // nothing.
        assertTrue(
                List.of("ESTALE", "ENOENT")
                        .contains(report.event("open-failed").get("name").asText()),
                report.everything());
        assertTrue(report.first("still-readable").isEmpty());
    }

    private static void awaitAudit(String text) throws IOException {
        Path log = stage().folder()
                .resolve("desk/state/spectrum-portal")
                .resolve(Stage.INSTANCE)
                .resolve("audit.jsonl");
        int before = Files.readString(log).lastIndexOf("\"event\":\"granted\"");
        Patience.await("the audit log to say " + text, PATIENCE, () -> {
            try {
                return Files.readString(log).indexOf(text, before) >= 0
                        ? java.util.Optional.of(true)
                        : java.util.Optional.empty();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    @Order(6)
    @Test
    void aHugeHostileTitleIsShownShortAndHarmless() throws Exception {
        var app = agent().openFile("--title", "<b>Host</b>\u202egnp\u0007 ", "--title-repeat", "6000");
        ConsentDialog dialog = dialog();
        dialog.awaitText("<b>Host</b>⟨U+202E⟩gnp⟨U+0007⟩");
        dialog.awaitArmed();
        stage().desktop().screenshot(SCREENSHOTS.resolve("first door hostile title.png"));
        dialog.deny();
        assertEquals(1, ended(app).response());
    }

    @Order(7)
    @ParameterizedTest
    @EnumSource(Face.class)
    void anAppThatWithdrawsTakesTheDialogWithIt(Face face) throws Exception {
        agent().installFace(face);
        var app = agent().openFile("--cancel-when", "/tmp/cancel-now");
        dialog();
        stage().guest().sh("touch /tmp/cancel-now", PATIENCE).orThrow();
        ConsentDialog.awaitNone(stage().desktop(), PATIENCE);
        ended(app);
        stage().guest().sh("rm /tmp/cancel-now", PATIENCE).orThrow();
        assertEquals(0, leases().size());
    }

    @Order(8)
    @Test
    void aCallerThatLeavesTheBusTakesTheDialogWithIt() throws Exception {
        agent().installFace(Face.FRONTEND);
        // gdbus leaves as soon as it has the request's handle, which is the method's whole reply.
        var call = agent().asApp(
                        "gdbus call --session --dest org.freedesktop.portal.Desktop --object-path /org/freedesktop/portal/desktop"
                                + " --method org.freedesktop.portal.FileChooser.OpenFile '' Title '{\"handle_token\": <\"plain\">}'",
                        PATIENCE);
        assertTrue(
                call.orThrow()
                        .text()
                        .matches("(?s)\\(objectpath '/org/freedesktop/portal/desktop/request/1_[0-9]+/plain',\\)\\s*"),
                call.text());
        ConsentDialog.awaitNone(stage().desktop(), PATIENCE);
        stage().backend().awaitLog("is linked");
        assertEquals(0, leases().size());
    }

    @Order(9)
    @Test
    void plainGdbusSeesAProperPortal() throws Exception {
        String version = agent().asApp(
                        "gdbus call --session --dest org.freedesktop.portal.Desktop --object-path"
                                + " /org/freedesktop/portal/desktop --method org.freedesktop.DBus.Properties.Get"
                                + " org.freedesktop.portal.FileChooser version",
                        PATIENCE)
                .orThrow()
                .text();
        assertEquals("(<uint32 4>,)", version.strip());
        var wrong = agent().asApp(
                        "gdbus call --session --dest org.freedesktop.portal.Desktop --object-path /org/freedesktop/portal/desktop"
                                + " --method org.freedesktop.portal.FileChooser.OpenFile '' Title '{\"multiple\": <\"yes\">}'",
                        PATIENCE);
        assertTrue(wrong.errors().contains("org.freedesktop.portal.Error.InvalidArgument"), wrong.errors());
        String introspection = agent().asApp(
                        "gdbus introspect --session --dest org.freedesktop.portal.Desktop --object-path"
                                + " /org/freedesktop/portal/desktop",
                        PATIENCE)
                .orThrow()
                .text();
        assertTrue(introspection.contains("interface org.freedesktop.portal.FileChooser"), introspection);
    }

    @Order(10)
    @Test
    void aKilledWindowMeansNoAndTheNextRequestIsAsked() throws Exception {
        var app = agent().openFile();
        dialog().awaitArmed();
        ProcessHandle window = stage().backend().child("consent.ui.Main");
        assertTrue(window.destroyForcibly());
        assertEquals(1, ended(app).response());
        assertEquals(0, leases().size());
        Patience.await("another window process", PATIENCE, () -> {
            try {
                return java.util.Optional.of(stage().backend().child("consent.ui.Main"))
                        .filter(next -> next.pid() != window.pid());
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        var next = agent().openFile();
        lend(stage().documents().resolve("one byte"), null);
        assertEquals(0, ended(next).response());
        revokeAll();
    }

    @Order(11)
    @Test
    void anUnknownContextIdOnTheKernelsVsockIsTurnedAway() throws Exception {
        // The whole backend inside the guest, whose kernel has the real vsock with a loopback: connections come from
        // CID 1.
        String test = """
                modprobe vsock_loopback
                mkdir -p /tmp/vsock/run && chmod 777 /tmp/vsock && chown app /tmp/vsock/run && chmod 700 /tmp/vsock/run
                cat >/tmp/vsock/policy.json <<'END'
                {"version": 1, "instances": {"mail": {"colour": "#112233", "link": {"vsock": 77}, "rules": {"file": "ask"}}}}
                END
                cat >/tmp/vsock/window <<'END'
                #!/bin/sh
                echo '{"type":"ready","contract":4}'; exec cat >/dev/null
                END
                chmod 755 /tmp/vsock/window
                cat >/tmp/vsock/stranger.py <<'END'
                import socket, sys
                for port in (5219, 5220):
                    s = socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM); s.settimeout(30); s.connect((1, port))
                    try: print(port, repr(s.recv(10)))
                    except ConnectionResetError: print(port, "b''")
                END
                cat >/tmp/vsock/run.sh <<'END'
                cd /tmp/vsock; export XDG_RUNTIME_DIR=/tmp/vsock/run XDG_STATE_HOME=/tmp/vsock
                export SPECTRUM_CONSENT_UI=/tmp/vsock/window
                p=/opt/spectrum-portal/build/programs
                n=org.spectrum_os.portal.protocol
                cat >/tmp/vsock/fs <<'END2'
                #!/bin/sh
                exec java -XX:TieredStopAtLevel=1 --enable-native-access=org.spectrum_os.portal.protocol -p /opt/spectrum-portal/build/programs/file-server -m org.spectrum_os.portal.files/org.spectrum_os.portal.files.FileServerMain "$@"
                END2
                chmod 755 /tmp/vsock/fs
                java -XX:TieredStopAtLevel=1 --enable-native-access=$n -p $p/portal-backend -m org.spectrum_os.portal.backend/org.spectrum_os.portal.backend.cli.SpectrumPortal run --policy policy.json --file-server /tmp/vsock/fs >log 2>&1 &
                b=$!
                for i in $(seq 600); do grep -q 'ready:' log && break; sleep 0.1; done
                python3 stranger.py
                for i in $(seq 100); do [ "$(grep -c link-refused spectrum-portal/host/audit.jsonl)" = 2 ] && break; sleep 0.1; done
                kill $b; wait $b
                cat spectrum-portal/host/audit.jsonl; cat log
                END
                as-app dbus-run-session -- sh /tmp/vsock/run.sh
                """;
        String seen = stage().guest().sh(test, Duration.ofMinutes(3)).text();
        assertTrue(seen.contains("5219 b''") && seen.contains("5220 b''"), seen);
        assertEquals(2, seen.split("\"event\":\"link-refused\",\"peer\":\"CID 1\"", -1).length - 1, seen);
    }

    @Order(12)
    @Test
    void nobodyAnsweringIsResponseTwoAndPolicyDenialAsksNobody() throws Exception {
        stage().startBackend(stage().policy("ask", 4));
        String remounted = agent().mount().orThrow().text();
        stage().backend().awaitInstance(Stage.INSTANCE, "mounted", true);
        for (Face face : Face.values()) {
            agent().installFace(face);
            var app = agent().openFile();
            dialog();
            AppReport report = ended(app);
            assertEquals(2, report.response(), report.everything() + remounted);
            ConsentDialog.awaitNone(stage().desktop(), PATIENCE);
        }
        stage().startBackend(stage().policy("deny", 4));
        agent().mount().orThrow();
        assertEquals(1, ended(agent().openFile()).response());
        assertTrue(ConsentDialog.find(stage().desktop()).isEmpty());
    }

    @Order(13)
    @Test
    void aGuestThatVanishesTakesItsDialogAndLeasesWithIt() throws Exception {
        stage().startBackend(stage().policy("ask", 120));
        agent().mount().orThrow();
        stage().backend().awaitInstance(Stage.INSTANCE, "mounted", true);
        var first = agent().openFile();
        lend(stage().documents().resolve("one byte"), null);
        assertEquals(0, ended(first).response());
        assertEquals(1, leases().size());
        var app = agent().openFile();
        dialog().awaitArmed();
        stage().guest().qemu().destroyForcibly();
        ConsentDialog.awaitNone(stage().desktop(), PATIENCE);
        stage().backend().awaitInstance(Stage.INSTANCE, "mounted", false);
        assertEquals(0, leases().size());
        assertTrue(app.isCompletedExceptionally()
                || !app.isDone()
                || app.get().first("answered").isEmpty());
    }
}
