// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class AuditBookTest {
    private static final InstantSource NOON = InstantSource.fixed(Instant.parse("2026-01-02T12:00:00Z"));

    @TempDir
    Path temp;

    private Path state() {
        return temp.resolve("new/state");
    }

    private List<String> lines(String folder) throws IOException {
        return Files.readAllLines(state().resolve(folder).resolve("audit.jsonl"));
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void eachEventStandsInTheFolderOfItsInstance() throws Exception {
        try (var book = AuditBook.open(state(), NOON)) {
            book.write(new AuditEvent.Used("mail", "a"));
            book.write(new AuditEvent.Used("web.2", "b"));
            book.write(new AuditEvent.LinkRefused("mail", "CID 3", "late"));
            book.write(new AuditEvent.LinkRefused(null, "CID 9", "unknown"));
            book.write(new AuditEvent.Decided("host:org.example.App", "host-1", "allowed", null));
        }
        assertEquals(2, lines("mail").size());
        assertEquals(1, lines("web.2").size());
        assertEquals(
                "{\"time\":\"2026-01-02T12:00:00Z\",\"event\":\"link-refused\",\"peer\":\"CID 9\",\"why\":\"unknown\"}",
                lines("host").getFirst());
        assertTrue(lines("host").getLast().contains("host:org.example.App"));
        try (var folders = Files.list(state())) {
            assertEquals(
                    Set.of("mail", "web.2", "host"),
                    folders.map(folder -> folder.getFileName().toString()).collect(Collectors.toSet()));
        }
        for (Path folder : List.of(temp.resolve("new"), state(), state().resolve("mail"))) {
            assertEquals("rwx------", mode(folder));
        }
        assertEquals("rw-------", mode(state().resolve("mail/audit.jsonl")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "host",
                "",
                ".",
                "..",
                "../mail",
                "a/b",
                "/etc",
                ".hidden",
                "-x",
                "host:x",
                "naïve",
                "a\u0000b",
                "a\n",
                "0123456789012345678901234567890123456789012345678"
            })
    void aNameThatIsNoVmsNeverBecomesAPath(String name) throws Exception {
        try (var book = AuditBook.open(state(), NOON)) {
            book.write(new AuditEvent.Used(name, "a"));
        }
        assertEquals(1, lines("host").size());
        try (var entries = Files.walk(temp)) {
            assertEquals(
                    List.of(
                            temp,
                            temp.resolve("new"),
                            state(),
                            state().resolve("host"),
                            state().resolve("host/audit.jsonl")),
                    entries.sorted().toList());
        }
        assertThrows(IllegalArgumentException.class, () -> new AuditSource.Vm(name));
    }

    @Test
    void oneInstancesFloodLeavesTheOthersLinesWhereTheyAre() throws Exception {
        long bound = 2_000;
        try (var book = AuditBook.open(state(), bound, NOON)) {
            book.write(new AuditEvent.Used("mail", "before"));
            book.write(new AuditEvent.LinkRefused(null, "CID 9", "before"));
            for (int i = 0; i < 500; i++) {
                book.write(new AuditEvent.Used("web", "lease-" + i));
            }
        }
        assertTrue(lines("mail").getFirst().contains("before"));
        assertTrue(lines("host").getFirst().contains("before"));
        assertTrue(Files.size(state().resolve("web/audit.1.jsonl")) <= bound);
    }

    @Test
    void strangersAndHostApplicationsHaveABudgetEachAndAVmCalledStrangersItsOwn() throws Exception {
        try (var book = AuditBook.open(state(), NOON)) {
            for (int i = 0; i < EventBudget.MOST + 5; i++) {
                book.writeWithinBudget(new AuditEvent.LinkRefused(null, "CID 9", "flood"));
                book.writeWithinBudget(new AuditEvent.Requested("host:" + i, "1", "file", "flood"));
            }
            book.writeWithinBudget(new AuditEvent.LinkEnded("strangers", "its own"));
        }
        assertEquals(2 * EventBudget.MOST + 2, lines("host").size());
        assertEquals(
                Set.of("host", "strangers"),
                lines("host").stream()
                        .filter(line -> line.contains("suppressed"))
                        .map(line -> line.replaceAll(".*\"source\":\"([^\"]*)\".*", "$1"))
                        .collect(Collectors.toSet()));
        assertEquals(1, lines("strangers").size());
    }

    @Test
    void whatWasThereOfAnEarlierVersionIsLeftAlone() throws Exception {
        Files.createDirectories(state());
        Files.writeString(state().resolve("audit.jsonl"), "earlier\n");
        try (var book = AuditBook.open(state(), NOON)) {
            book.write(new AuditEvent.Used("mail", "a"));
        }
        assertEquals("earlier\n", Files.readString(state().resolve("audit.jsonl")));
    }

    @Test
    void aLogThatCannotBeOpenedFailsItsInstanceAloneAndIsTriedAgain() throws Exception {
        try (var book = AuditBook.open(state(), NOON)) {
            Path inTheWay = Files.writeString(state().resolve("mail"), "");
            var error = assertThrows(IOException.class, () -> book.write(new AuditEvent.Used("mail", "a")));
            assertTrue(String.valueOf(error.getMessage()).contains("state/mail"), error.getMessage());
            book.write(new AuditEvent.Used("web", "a"));
            Files.delete(inTheWay);
            book.write(new AuditEvent.Used("mail", "b"));
        }
        assertEquals(1, lines("mail").size());
    }

    @Test
    void whereNothingCanBeWrittenNothingIsOpened() throws Exception {
        Files.createDirectories(state().getParent());
        Files.writeString(state(), "a file");
        assertThrows(IOException.class, () -> AuditBook.open(state(), NOON));
    }

    @Test
    void nothingIsWrittenOnceClosed() throws Exception {
        var book = AuditBook.open(state(), NOON);
        book.write(new AuditEvent.Used("mail", "a"));
        book.close();
        for (String instance : List.of("mail", "web", "host:x")) {
            var error = assertThrows(IOException.class, () -> book.write(new AuditEvent.Used(instance, "late")));
            assertTrue(String.valueOf(error.getMessage()).contains("closed"), error.getMessage());
        }
        assertEquals(1, lines("mail").size());
        assertFalse(Files.exists(state().resolve("web")));
    }

    /** The first log's clock, asked under that log's lock, stands for a disk that takes its time. */
    @Test
    void aSlowDiskHoldsUpNoOtherInstance() throws Exception {
        var reached = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        InstantSource slowForOne = () -> {
            if (Thread.currentThread().getName().equals("slow")) {
                reached.countDown();
                try {
                    release.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            return NOON.instant();
        };
        try (var book = AuditBook.open(state(), slowForOne)) {
            var failures = new ArrayList<Throwable>();
            Thread slow = Thread.ofPlatform().name("slow").start(() -> {
                try {
                    book.write(new AuditEvent.Used("mail", "slow"));
                } catch (IOException e) {
                    failures.add(e);
                }
            });
            reached.await();
            for (int i = 0; i < 64; i++) {
                book.write(new AuditEvent.Used("vm-" + i, "quick"));
            }
            assertTrue(slow.isAlive());
            release.countDown();
            slow.join();
            assertEquals(List.of(), failures);
        }
        assertEquals(1, lines("mail").size());
    }

    @Test
    void manyWritersLoseNothingAndKeepTheirOrder() throws Exception {
        int writers = 8;
        int each = 50;
        try (var book = AuditBook.open(state(), NOON);
                var pool = Executors.newFixedThreadPool(writers)) {
            var done = new ArrayList<Future<?>>();
            for (int writer = 0; writer < writers; writer++) {
                String instance = "vm-" + writer % 4;
                String name = "w" + writer;
                done.add(pool.submit(() -> {
                    for (int i = 0; i < each; i++) {
                        book.write(new AuditEvent.LinkEnded(instance, name + "." + i + "."));
                    }
                    return null;
                }));
            }
            for (Future<?> one : done) {
                one.get(50, TimeUnit.SECONDS);
            }
        }
        for (int writer = 0; writer < writers; writer++) {
            String name = "w" + writer + ".";
            List<String> own = lines("vm-" + writer % 4).stream()
                    .filter(line -> line.contains("\"" + name))
                    .toList();
            assertEquals(each, own.size());
            for (int i = 0; i < each; i++) {
                assertTrue(own.get(i).contains(name + i + "."), own.get(i));
            }
        }
    }

    @Test
    void theKindsAreTheWordsInTheLines() {
        assertEquals(
                Arrays.stream(AuditEvent.class.getAnnotation(JsonSubTypes.class).value())
                        .map(JsonSubTypes.Type::name)
                        .toList(),
                Arrays.stream(AuditKind.values()).map(AuditKind::word).toList());
    }
}
