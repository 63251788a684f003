// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {
    private static final InstantSource NOON = InstantSource.fixed(Instant.parse("2026-01-02T12:00:00Z"));

    @TempDir
    Path folder;

    @Test
    void writesOneJsonObjectALine() throws Exception {
        try (var log = AuditLog.open(folder.resolve("new"), AuditLog.DEFAULT_BOUND, NOON)) {
            log.write(new AuditEvent.Decided("mail", "1", "denied", null));
            log.write(new AuditEvent.Granted(
                    "mail", "2", "k3v9q2mw", "line\nbreak \"quoted\"", "read", "instance-stops"));
            var lines = Files.readAllLines(log.file());
            assertEquals(2, lines.size());
            assertEquals(
                    "{\"time\":\"2026-01-02T12:00:00Z\",\"event\":\"decided\",\"instance\":\"mail\",\"request\":\"1\","
                            + "\"decision\":\"denied\"}",
                    lines.getFirst());
            assertEquals(
                    "line\nbreak \"quoted\"",
                    new JsonMapper().readTree(lines.getLast()).get("resource").asText());
        }
    }

    @Test
    void onlyTheUserCanReadIt() throws Exception {
        try (var log = AuditLog.open(folder.resolve("new"), AuditLog.DEFAULT_BOUND, NOON)) {
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(log.file())));
            assertEquals(
                    "rwx------",
                    PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(log.file().getParent())));
        }
    }

    @Test
    void continuesAnOlderLog() throws Exception {
        for (int run = 0; run < 3; run++) {
            try (var log = AuditLog.open(folder, AuditLog.DEFAULT_BOUND, NOON)) {
                log.write(new AuditEvent.Used("mail", "run-" + run));
            }
        }
        assertEquals(3, Files.readAllLines(folder.resolve("audit.jsonl")).size());
    }

    @Test
    void neverTakesMoreThanTwiceItsBound() throws Exception {
        long bound = 2_000;
        try (var log = AuditLog.open(folder, bound, NOON)) {
            for (int i = 0; i < 500; i++) {
                log.write(new AuditEvent.Used("mail", "lease-" + i));
            }
        }
        var sizes = new ArrayList<Long>();
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                sizes.add(Files.size(file));
            }
        }
        assertEquals(2, sizes.size());
        assertTrue(sizes.stream().allMatch(size -> size > 0 && size <= bound), sizes.toString());
        assertTrue(Files.readString(folder.resolve("audit.jsonl")).contains("lease-499"));
    }

    @Test
    void aFloodIsCountedNotKept() throws Exception {
        var now = new AtomicReference<>(Instant.parse("2026-01-02T12:00:00Z"));
        try (var log = AuditLog.open(folder, AuditLog.DEFAULT_BOUND, now::get)) {
            for (int i = 0; i < 500; i++) {
                log.writeWithinBudget(new AuditEvent.LinkRefused("mail", "vsock 3", "flood"));
            }
            log.writeWithinBudget(new AuditEvent.LinkRefused("web", "vsock 4", "once"));
            log.write(new AuditEvent.Used("mail", "always"));
            var lines = Files.readAllLines(log.file());
            assertEquals(EventBudget.MOST + 2, lines.size());
            assertTrue(lines.getLast().contains("always"), "what is no flood is always written");

            now.set(now.get().plus(EventBudget.MINUTE));
            log.writeWithinBudget(new AuditEvent.LinkRefused("mail", "vsock 3", "next minute"));
            lines = Files.readAllLines(log.file());
            assertEquals(EventBudget.MOST + 4, lines.size());
            assertEquals(
                    "{\"time\":\"2026-01-02T12:01:00Z\",\"event\":\"suppressed\",\"source\":\"mail\",\"events\":440,"
                            + "\"since\":\"2026-01-02T12:00:00Z\"}",
                    lines.get(EventBudget.MOST + 2));
            assertTrue(lines.getLast().contains("next minute"));
        }
    }

    @Test
    void whatWasLeftOutIsToldAtTheEnd() throws Exception {
        try (var log = AuditLog.open(folder, AuditLog.DEFAULT_BOUND, NOON)) {
            for (int i = 0; i < EventBudget.MOST + 7; i++) {
                log.writeWithinBudget(new AuditEvent.LinkRefused("mail", "vsock 3", "flood"));
            }
        }
        var lines = Files.readAllLines(folder.resolve("audit.jsonl"));
        assertEquals(EventBudget.MOST + 1, lines.size());
        assertTrue(lines.getLast().contains("\"events\":7"), lines.getLast());
    }

    @Test
    void halfALineOfACrashDoesNotSwallowTheNext() throws Exception {
        Path file = folder.resolve("audit.jsonl");
        Files.writeString(file, "{\"time\":\"2026-01-02T11:00:00Z\",\"ev");
        try (var log = AuditLog.open(folder, AuditLog.DEFAULT_BOUND, NOON)) {
            log.write(new AuditEvent.Used("mail", "a"));
            log.write(new AuditEvent.Used("mail", "b"));
        }
        var lines = Files.readAllLines(file);
        assertEquals(3, lines.size());
        assertTrue(lines.get(1).contains("\"lease\":\"a\""), lines.toString());
        assertTrue(lines.get(2).contains("\"lease\":\"b\""), lines.toString());
    }

    @Test
    void aRotationThatFailedIsTriedAgain() throws Exception {
        try (var log = AuditLog.open(folder, 100, NOON)) {
            log.write(new AuditEvent.Used("mail", "a"));
            Path inTheWay = Files.createDirectories(folder.resolve("audit.1.jsonl/full"));
            var error = assertThrows(IOException.class, () -> log.write(new AuditEvent.Used("mail", "b")));
            assertTrue(String.valueOf(error.getMessage()).contains("audit.jsonl"), error.getMessage());
            Files.delete(inTheWay);
            Files.delete(inTheWay.getParent());
            log.write(new AuditEvent.Used("mail", "c"));
        }
        assertTrue(Files.readString(folder.resolve("audit.1.jsonl")).contains("\"a\""));
        String now = Files.readString(folder.resolve("audit.jsonl"));
        assertTrue(now.contains("\"c\"") && !now.contains("\"b\""), now);
    }

    @Test
    void failedWriteIsAnErrorThatNamesTheFile() throws Exception {
        var log = AuditLog.open(folder, AuditLog.DEFAULT_BOUND, NOON);
        log.close();
        var error = assertThrows(IOException.class, () -> log.write(new AuditEvent.Used("mail", "a")));
        assertTrue(String.valueOf(error.getMessage()).contains("audit.jsonl"));
    }
}
