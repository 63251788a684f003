// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The demonstration's second part: a lease for a time, which the backend's death does not end and the time does. */
final class RestartAct {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    /** Enough for the backend and the mount to be there again, even if the machine is busy. */
    private static final Duration LENT = Duration.ofSeconds(60);

    private final Stage stage;
    private final GuestAgent agent;
    private final Narrator narrator;
    private final int answerSeconds;

    RestartAct(Stage stage, GuestAgent agent, Narrator narrator, int answerSeconds) {
        this.stage = stage;
        this.agent = agent;
        this.narrator = narrator;
        this.answerSeconds = answerSeconds;
    }

    private void startBackend() throws IOException {
        Path policy = stage.policyLendingFor(LENT.toSeconds() + "s", answerSeconds);
        stage.startBackend(policy);
    }

    /** Has the application ask once more, of a backend that lends for a time; it is to be answered now. */
    GuestApp ask(String title) throws IOException, InterruptedException {
        startBackend();
        remount();
        narrator.step("Now the policy says \"file-for\": \"" + LENT.toSeconds()
                + "s\". The backend was started anew and the guest has mounted again.");
        narrator.step("The application asks again.");
        return GuestApp.start(stage.guest(), agent, "open-file", "--title", "\"" + title + "\"", "--read-first");
    }

    /**
     * Goes on once it was lent; says whether everything was as it should be.
     *
     * @param read what the application said about the file it has read
     */
    boolean goOn(JsonNode read) throws IOException, InterruptedException {
        String path = read.get("path").asText();
        String sum = read.get("sha256").asText();
        Instant until =
                Instant.parse(stage.backend().json("leases").get(0).get("until").asText());
        stage.backend().kill();
        narrator.step("kill -9 of the backend; the file server and the mount went with it.");
        startBackend();
        narrator.step("Another backend runs. \"spectrum-portal leases\":");
        var listed = stage.backend().command("leases");
        listed.out().lines().forEach(narrator::more);
        if (!listed.out().contains("until")) {
            narrator.more("The lease is NOT there: it was lost, or this took longer than it lasted.");
            return false;
        }
        remount();
        String again = agent.sha256(path);
        narrator.step("The guest has mounted again, and reads the same path:");
        narrator.more("path     " + path);
        narrator.more("SHA-256  " + again);
        narrator.more(again.equals(sum) ? "         as before" : "         NOT as before");
        String error = agent.readUntilItFails(path, LENT.plus(PATIENCE));
        Instant now = Instant.now();
        String files = stage.guest().sh("ls -A /run/portal").text();
        narrator.step("Its time is over. The guest held the file open and read all the while:");
        narrator.more("its last read        " + error + ", "
                + (now.isBefore(until)
                        ? "BEFORE its time"
                        : "told " + until.until(now, ChronoUnit.MILLIS) + " ms after the moment it was lent until"));
        narrator.more("ls /run/portal       " + (files.isEmpty() ? "(nothing)" : files));
        narrator.more("portal leases        "
                + stage.backend().command("leases").out().strip());
        return again.equals(sum) && !now.isBefore(until) && files.isEmpty();
    }

    private void remount() throws IOException, InterruptedException {
        agent.mount().orThrow();
        stage.backend().awaitInstance(Stage.INSTANCE, "mounted", true);
    }
}
