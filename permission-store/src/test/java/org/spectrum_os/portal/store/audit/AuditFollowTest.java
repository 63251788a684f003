// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Reading while another writes. */
@Timeout(60)
class AuditFollowTest extends AuditReading {
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
