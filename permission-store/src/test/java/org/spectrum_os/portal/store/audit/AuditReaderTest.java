// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AuditReaderTest {
    private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");

    @TempDir
    Path state;

    private final AtomicReference<Instant> now = new AtomicReference<>(NOON);
    private final List<String> problems = new ArrayList<>();

    private final AuditReader.Problems teller = new AuditReader.Problems() {
        @Override
        public void damaged(Path file, long line, String why) {
            problems.add(state.relativize(file) + ":" + line + " " + why);
        }

        @Override
        public void unreadable(Path file, IOException why) {
            problems.add(state.relativize(file) + " " + why.getClass().getSimpleName());
        }
    };

    private void tick(int seconds) {
        now.set(now.get().plusSeconds(seconds));
    }

    private void used(AuditBook book, String instance, String lease) throws IOException {
        tick(1);
        book.write(new AuditEvent.Used(instance, lease));
    }

    private static List<String> all(AuditReader reader) {
        var lines = new ArrayList<String>();
        assertTrue(reader.read(
                line -> lines.add(line.instance() + " " + line.fields().getOrDefault("lease", "-"))));
        return lines;
    }

    private List<String> all() throws IOException {
        try (var reader = AuditReader.open(state, _ -> true, teller)) {
            return all(reader);
        }
    }

    private Path put(String folder, String... lines) throws IOException {
        Files.createDirectories(state.resolve(folder));
        return Files.writeString(
                state.resolve(folder).resolve("audit.jsonl"),
                String.join("\n", lines) + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    private static String line(String time, String lease) {
        return "{\"time\":\"2026-01-02T%sZ\",\"event\":\"used\",\"instance\":\"mail\",\"lease\":\"%s\"}"
                .formatted(time, lease);
    }

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
                        log + "12 longer than any event",
                        log + "14 not JSON"),
                problems);
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

    @Test
    void followsThroughRotationsAndIntoNewFolders() throws Exception {
        var seen = new ArrayList<String>();
        var expected = new ArrayList<String>();
        try (var book = AuditBook.open(state, 300, now::get);
                var reader = AuditReader.follow(state, _ -> true, teller)) {
            for (int i = 0; i < 200; i++) {
                // A new instance now and then, and more than one rotation between two looks.
                String instance = "vm-" + i / 20;
                used(book, instance, "l" + i);
                expected.add(instance + " l" + i);
                if (i % 2 == 1) {
                    while (seen.size() < expected.size()) {
                        seen.addAll(all(reader));
                        if (seen.size() < expected.size()) {
                            reader.await();
                        }
                    }
                }
            }
            assertTrue(Files.exists(state.resolve("vm-0/audit.1.jsonl")));
        }
        assertEquals(expected, seen);
        assertEquals(List.of(), problems);
    }

    @Test
    void aLineIsShownOnceItIsWhole() throws Exception {
        try (var reader = AuditReader.follow(state, _ -> true, teller)) {
            String whole = line("12:00:00", "a");
            Path file = put("mail", line("11:00:00", "first"));
            List<String> seen = List.of();
            while (seen.isEmpty()) {
                reader.await();
                seen = all(reader);
            }
            Files.writeString(file, whole.substring(0, 20), StandardOpenOption.APPEND);
            reader.await();
            assertEquals(List.of(), all(reader));
            Files.writeString(file, whole.substring(20) + "\n", StandardOpenOption.APPEND);
            seen = List.of();
            while (seen.isEmpty()) {
                reader.await();
                seen = all(reader);
            }
            assertEquals(List.of("mail a"), seen);
        }
        assertEquals(List.of(), problems);
    }

    @Test
    void aStateFolderThatGoesEndsTheFollowing() throws Exception {
        Path folder = Files.createDirectory(state.resolve("going"));
        try (var reader = AuditReader.follow(folder, _ -> true, teller)) {
            assertEquals(List.of(), all(reader));
            Files.delete(folder);
            assertThrows(NoSuchFileException.class, reader::await);
        }
    }

    @Test
    void readingWhileItIsBegunAnewLosesAndRepeatsNothingInBetween() throws Exception {
        int total = 2_000;
        try (var book = AuditBook.open(state, 20_000, now::get)) {
            Thread writer = Thread.ofPlatform().start(() -> {
                try {
                    for (int i = 0; i < total; i++) {
                        used(book, "mail", "%05d".formatted(i));
                    }
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            int rounds = 0;
            while (writer.isAlive()) {
                List<String> lines = all();
                for (int i = 1; i < lines.size(); i++) {
                    int before = Integer.parseInt(lines.get(i - 1).substring(5));
                    assertEquals(before + 1, Integer.parseInt(lines.get(i).substring(5)));
                }
                rounds++;
            }
            writer.join();
            assertTrue(rounds > 3, rounds + " rounds");
        }
        List<String> last = all();
        assertFalse(last.isEmpty());
        assertEquals("mail %05d".formatted(total - 1), last.getLast());
        assertEquals(List.of(), problems);
    }
}
