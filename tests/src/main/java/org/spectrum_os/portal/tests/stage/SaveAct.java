// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.spectrum_os.portal.tests.desktop.Patience;

/** The demonstration's part about saving: a file that an application makes, and a revoke while it writes to it. */
final class SaveAct {
    /** What the application would call its file. */
    static final String NAME = "Letter to Ada.txt";

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int LINES = 20;

    private final Stage stage;
    private final GuestAgent agent;
    private final Narrator narrator;

    SaveAct(Stage stage, GuestAgent agent, Narrator narrator) {
        this.stage = stage;
        this.agent = agent;
        this.narrator = narrator;
    }

    /** Has an application ask where to save; it is to be answered now. */
    GuestApp ask() throws IOException, InterruptedException {
        narrator.step("An application in the guest asks where to save a file.");
        return GuestApp.start(
                stage.guest(),
                agent,
                "write-files",
                "save",
                "\"" + NAME + "\"",
                "--content",
                "\"Dear Ada, the engine runs.\"",
                "--hold");
    }

    /** Goes on once the user has said where; says whether everything was as it should be. */
    boolean goOn(GuestApp app) throws IOException, InterruptedException {
        JsonNode written = event(app, "written");
        JsonNode lease = stage.backend().json("leases").get(0);
        Path file = Path.of(lease.get("resource").asText());
        String content = written.get("content").asText();
        boolean same = content.equals(firstLine(file));
        narrator.step("It has written a temporary beside the file and renamed it over, as applications save:");
        narrator.more("in the guest         " + written.get("path").asText());
        narrator.more("on the host          " + file);
        narrator.more("on the host it says  " + firstLine(file) + (same ? "" : "   which is NOT what was written"));
        narrator.more("beside it, in the guest's view: " + written.get("beside"));

        event(app, "holding");
        Patience.await(
                LINES + " lines on the host",
                PATIENCE,
                () -> lines(file) > LINES ? Optional.of(true) : Optional.empty());
        String name = lease.get("lease").asText();
        var printed = stage.backend().command("revoke", name);
        long atRevoke = lines(file);
        if (printed.status() != 0) {
            throw new IOException("\"spectrum-portal revoke " + name + "\" failed: " + printed.err());
        }
        narrator.step("\"spectrum-portal revoke " + name + "\" while it adds line after line, with fsync:");
        JsonNode lost = event(app, "lost");
        var _ = app.awaitEnd(PATIENCE);
        long told = lost.get("acknowledged").asLong();
        long there = lines(file) - 1;
        narrator.more("what stopped it      " + lost.get("first").asText());
        narrator.more("writing again        " + lost.get("write").asText());
        narrator.more("reading              " + lost.get("read").asText());
        narrator.more("truncating it        " + lost.get("truncate").asText());
        narrator.more("lines it was told are saved: " + told + "; on the host: " + there);
        return same && lost.get("read").asText().startsWith("E") && told <= there && there == atRevoke - 1;
    }

    private static JsonNode event(GuestApp app, String name) throws IOException, InterruptedException {
        Optional<JsonNode> found = app.await(name, PATIENCE);
        if (found.isEmpty()) {
            throw new IOException("the application ended without saying “" + name + "”: "
                    + app.report().everything());
        }
        return found.get();
    }

    private static String firstLine(Path file) throws IOException {
        try (var lines = Files.lines(file)) {
            return lines.findFirst().orElse("");
        }
    }

    private static long lines(Path file) {
        try (var lines = Files.lines(file)) {
            return lines.count();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
