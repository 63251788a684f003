// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.spectrum_os.portal.tests.desktop.ConsentDialog;
import org.spectrum_os.portal.tests.stage.GuestAgent.Face;

/** A lease for a time in a real guest: past the backend's death and its successor's restart, to its end. */
@Tag("guest")
class LastingLeaseTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** Long enough for two starts of the backend and two mounts under emulation. */
    private static final Duration LENT = Duration.ofSeconds(75);

    @Test
    void aFileIsReadAgainAtTheSamePlaceUntilItsTimeIsOver() throws Exception {
        try (var stage = new Stage()) {
            Path file = stage.documents().resolve("one page.txt");
            Files.writeString(file, "Lent, not given.\n".repeat(1000));
            stage.own(stage.documents());
            String sum = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
            Path policy = stage.policyLendingFor(LENT.toSeconds() + "s", 120);
            stage.startBackend(policy);
            stage.startGuest(line -> System.err.println("guest: " + line), false);
            var agent = new GuestAgent(stage.guest());
            remount(stage, agent);
            agent.installFace(Face.FRONTEND);
            var app = agent.openFile();
            ConsentDialog dialog = ConsentDialog.await(stage.desktop(), PATIENCE);
            dialog.choose(file);
            dialog.awaitText("for " + LENT.toSeconds() + " seconds, also if it is restarted.");
            dialog.lend();
            AppReport report = app.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertEquals(0, report.response(), report.everything());
            String path = report.event("read").get("path").asText();
            assertEquals(sum, report.event("read").get("sha256").asText());
            Instant until = Instant.parse(
                    stage.backend().json("leases").get(0).get("until").asText());

            stage.backend().kill();
            stage.startBackend(policy);
            remount(stage, agent);
            assertEquals(sum, agent.sha256(path));
            // In order this time.
            stage.startBackend(policy);
            remount(stage, agent);
            assertEquals(sum, agent.sha256(path));
            assertTrue(Instant.now().isBefore(until), "the machine is too slow for this test's time");

            assertEquals("ESTALE", agent.readUntilItFails(path, LENT.plus(PATIENCE)));
            assertFalse(Instant.now().isBefore(until), "it ended before its time");
            assertEquals(0, stage.backend().json("leases").size());
            assertEquals("", stage.guest().sh("ls -A /run/portal").text().strip());
            String audit =
                    Files.readString(stage.state().resolve(Stage.INSTANCE).resolve("audit.jsonl"));
            assertTrue(audit.contains("\"event\":\"ended\"") && audit.contains("\"why\":\"expired\""), audit);
        }
    }

    private static void remount(Stage stage, GuestAgent agent) throws Exception {
        agent.mount().orThrow();
        stage.backend().awaitInstance(Stage.INSTANCE, "mounted", true);
    }
}
