// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AuditReaderTest extends AuditReading {
    @Test
    void nothingIsNothing() throws Exception {
        assertEquals(List.of(), all());
        try (var reader = AuditReader.open(state.resolve("absent"), _ -> true, teller)) {
            assertEquals(List.of(), all(reader));
        }
        assertThrows(NoSuchFileException.class, () -> AuditReader.follow(state.resolve("absent"), _ -> true, teller));
        assertEquals(List.of(), problems);
    }

    @Test
    void readsAllLogsAsOneByTime() throws Exception {
        put("", line("11:00:00", "earlier"));
        try (var book = AuditBook.open(state, 200, now::get)) {
            for (int i = 0; i < 3; i++) {
                used(book, "mail", "m" + i);
                used(book, "web", "w" + i);
                used(book, "host:org.example.App", "h" + i);
            }
        }
        assertTrue(Files.exists(state.resolve("mail/audit.1.jsonl")), "a log of two files is among them");
        assertEquals(
                List.of(
                        "mail earlier",
                        "mail m0",
                        "web w0",
                        "host:org.example.App h0",
                        "mail m1",
                        "web w1",
                        "host:org.example.App h1",
                        "mail m2",
                        "web w2",
                        "host:org.example.App h2"),
                all());
        try (var reader = AuditReader.open(state, "web"::equals, teller)) {
            assertEquals(List.of("mail earlier", "web w0", "web w1", "web w2"), all(reader));
        }
        assertEquals(List.of(), problems);
    }

    @Test
    void aClockSetBackTurnsNoLogAround() throws Exception {
        try (var book = AuditBook.open(state, now::get)) {
            used(book, "mail", "m0");
            used(book, "web", "w0");
            used(book, "mail", "m1");
            tick(-3600);
            used(book, "mail", "m2");
            used(book, "mail", "m3");
            used(book, "web", "w1");
            tick(7200);
            used(book, "mail", "m4");
        }
        List<String> lines = all();
        assertEquals(7, lines.size());
        assertEquals(
                List.of("mail m0", "mail m1", "mail m2", "mail m3", "mail m4"),
                lines.stream().filter(line -> line.startsWith("mail")).toList());
        assertEquals(
                List.of("web w0", "web w1"),
                lines.stream().filter(line -> line.startsWith("web")).toList());
    }

    @Test
    void aLineBelongsToItsFolderAndTheEarlierLogSaysItself() throws Exception {
        put("copied", line("12:00:00", "a"));
        put("host", line("12:00:01", "claims to be a VM's"));
        put(
                "",
                line("12:00:02", "earlier"),
                "{\"time\":\"2026-01-02T12:00:03Z\",\"event\":\"suppressed\",\"source\":\"mail\"}",
                "{\"time\":\"2026-01-02T12:00:04Z\",\"event\":\"suppressed\",\"source\":\"strangers\"}");
        var lines = new ArrayList<AuditLine>();
        try (var reader = AuditReader.open(state, _ -> true, teller)) {
            reader.read(lines::add);
        }
        assertEquals(
                List.of("copied", "host", "mail", "mail", "host"),
                lines.stream().map(AuditLine::instance).toList());
        assertTrue(lines.get(1).isOf("host")
                && lines.get(4).isOf("host")
                && !lines.get(0).isOf("host"));
        assertTrue(lines.get(2).isOf("mail") && !lines.get(1).isOf("mail"));
    }

    @Test
    void damagedLinesAreToldAndTheRestIsRead() throws Exception {
        Path file = put(
                "mail",
                line("12:00:00", "a"),
                "{\"time\":\"2026-01-02T12:0",
                "[]",
                "",
                "{} {}",
                "{\"time\":\"yesterday\",\"event\":\"used\"}",
                "{\"time\":\"-1000000-01-01T00:00:00Z\",\"event\":\"used\"}",
                "{\"time\":\"2026-01-02T12:00:00Z\"}",
                "\u001b[31m",
                line("12:00:01", "b"));
        Files.write(file, new byte[] {'"', (byte) 0xff, '"', '\n'}, StandardOpenOption.APPEND);
        Files.writeString(
                file,
                "x".repeat(LineFile.LONGEST + 10) + "\n" + line("12:00:02", "c") + "\n{\"half",
                StandardOpenOption.APPEND);
        put("web", line("12:00:01", "other"));
        assertEquals(List.of("mail a", "mail b", "web other", "mail c"), all());
        String log = "mail/audit.jsonl:";
        assertEquals(
                List.of(
                        log + "2 not JSON",
                        log + "3 not a JSON object",
                        log + "5 not JSON",
                        log + "6 without a time",
                        log + "7 of a time that cannot be",
                        log + "8 without the word that says which event it is",
                        log + "9 not JSON",
                        log + "11 not UTF-8",
                        log + "12 longer than any event"),
                problems);
        // What stands behind the last whole line may be being written; once more follows, it is damage.
        Files.writeString(file, "\n" + line("12:00:03", "d") + "\n", StandardOpenOption.APPEND);
        problems.clear();
        assertEquals("mail d", all().getLast());
        assertEquals(log + "14 not JSON", problems.getLast());
    }

    @Test
    void whateverStandsInAFileNothingIsThrown() throws Exception {
        var random = new Random(20260102);
        String whole = IntStream.range(0, 20)
                .mapToObj(i -> line("12:00:0" + i % 10, "l" + i) + "\n")
                .reduce("", String::concat);
        for (int round = 0; round < 300; round++) {
            byte[] bytes = whole.getBytes(StandardCharsets.UTF_8);
            for (int edits = 1 + random.nextInt(20); edits > 0; edits--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            Files.createDirectories(state.resolve("mail"));
            Files.write(state.resolve("mail/audit.jsonl"), bytes);
            problems.clear();
            assertTrue(all().size() <= 40);
        }
    }

    @Test
    void aLogThatCannotBeReadHidesNoOther() throws Exception {
        Path closed = put("mail", line("12:00:00", "a"));
        Files.createDirectories(state.resolve("vault/audit.jsonl"));
        put("web", line("12:00:01", "b"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
        boolean root = Files.isReadable(closed);
        assertEquals(root ? List.of("mail a", "web b") : List.of("web b"), all());
        assertEquals(root ? List.of() : List.of("mail/audit.jsonl AccessDeniedException"), problems);
    }
}
