// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.audit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.io.TempDir;

/** A state folder, a clock, and what a reader said. */
abstract class AuditReading {
    static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");

    @TempDir
    Path state;

    final AtomicReference<Instant> now = new AtomicReference<>(NOON);
    final List<String> problems = new ArrayList<>();

    final AuditReader.Problems teller = new AuditReader.Problems() {
        @Override
        public void damaged(Path file, long line, String why) {
            problems.add(state.relativize(file) + ":" + line + " " + why);
        }

        @Override
        public void unreadable(Path file, IOException why) {
            problems.add(state.relativize(file) + " " + why.getClass().getSimpleName());
        }
    };

    void tick(int seconds) {
        now.set(now.get().plusSeconds(seconds));
    }

    void used(AuditBook book, String instance, String lease) throws IOException {
        tick(1);
        book.write(new AuditEvent.Used(instance, lease));
    }

    static List<String> all(AuditReader reader) {
        var lines = new ArrayList<String>();
        assertTrue(reader.read(
                line -> lines.add(line.instance() + " " + line.fields().getOrDefault("lease", "-"))));
        return lines;
    }

    List<String> all() throws IOException {
        try (var reader = AuditReader.open(state, _ -> true, teller)) {
            return all(reader);
        }
    }

    Path put(String folder, String... lines) throws IOException {
        Files.createDirectories(state.resolve(folder));
        return Files.writeString(
                state.resolve(folder).resolve("audit.jsonl"),
                String.join("\n", lines) + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    static String line(String time, String lease) {
        return "{\"time\":\"2026-01-02T%sZ\",\"event\":\"used\",\"instance\":\"mail\",\"lease\":\"%s\"}"
                .formatted(time, lease);
    }
}
