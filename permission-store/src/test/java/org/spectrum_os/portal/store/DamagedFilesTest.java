// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are not as the store left them. Nothing of what can be read is lost, and nothing of the rest is deleted. */
class DamagedFilesTest {
    /** More by {@code -Dfuzz.rounds=N}. */
    private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 800);

    private static final Logger LOADER_LOG = Logger.getLogger(StoreFolder.class.getName());

    @TempDir
    private Path folder;

    private final FakeTime time = new FakeTime();

    private Store open() throws IOException {
        return Store.open(folder, time, Store.OnLastEnd.KEEP_ENTRY);
    }

    private static void allow(Store store, String id, String word) {
        assertInstanceOf(
                Outcome.Done.class,
                store.apply(new Change.SetPermission("t", true, id, "app", List.of(word), new End.Never(), "")));
    }

    private static String word(Store store, String id) {
        return store.entry("t", id)
                .map(entry -> entry.permissions().get("app"))
                .map(permission -> permission.access().getFirst())
                .orElse("(none)");
    }

    private Path journal() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith("journal-"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private List<Path> aside() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith("damaged-"))
                    .toList();
        }
    }

    private void write(int entries) throws IOException {
        time.pass(Duration.ofSeconds(1));
        try (Store store = open()) {
            for (int i = 0; i < entries; i++) {
                allow(store, "entry" + i, "word" + i);
            }
        }
    }

    @Test
    void aJournalCutAnywhereKeepsEveryWholeLine() throws IOException {
        write(3);
        Path journal = journal();
        byte[] whole = Files.readAllBytes(journal);
        int header = new String(whole, StandardCharsets.UTF_8).indexOf('\n') + 1;
        for (int cut = header; cut < whole.length; cut++) {
            Files.write(journal, Arrays.copyOf(whole, cut));
            long lines = new String(whole, 0, cut, StandardCharsets.UTF_8)
                    .chars()
                    .filter(c -> c == '\n')
                    .count();
            try (Store store = open()) {
                assertEquals(lines - 1, store.ids("t").size(), "cut at " + cut);
                allow(store, "after", "cut");
            }
            try (Store store = open()) {
                assertEquals(lines, store.ids("t").size(), "after a change behind the cut at " + cut);
            }
            assertEquals(List.of(), aside(), "a cut is no damage");
        }
    }

    @Test
    void aJournalWhoseHeaderNeverReachedTheDiskIsNoDamage() throws IOException {
        write(3);
        Path journal = journal();
        Files.write(journal.resolveSibling("journal-2.jsonl"), new byte[0]);
        try (Store store = open()) {
            assertEquals("word2", word(store, "entry2"));
            allow(store, "more", "words");
        }
        try (Store store = open()) {
            assertEquals("words", word(store, "more"));
            assertEquals("word0", word(store, "entry0"));
        }
        assertEquals(List.of(), aside());
    }

    @Test
    void anUnreadableLineCostsThatLineOnly() throws IOException {
        write(5);
        Path journal = journal();
        List<String> lines = Files.readAllLines(journal);
        lines.set(2, lines.get(2).replace("\"table\":\"t\"", "\"table\":t"));
        Files.write(journal, lines);
        byte[] damaged = Files.readAllBytes(journal);
        try (Store store = open()) {
            assertEquals("(none)", word(store, "entry1"));
            for (int i : new int[] {0, 2, 3, 4}) {
                assertEquals("word" + i, word(store, "entry" + i));
            }
            allow(store, "entry1", "again");
        }
        assertEquals(1, aside().size());
        assertArrayEquals(damaged, Files.readAllBytes(aside().getFirst()), "as it was, and not appended to");
        try (Store store = open()) {
            assertEquals("again", word(store, "entry1"));
        }
        assertEquals(1, aside().size(), "told once");
    }

    @Test
    void foreignAndEmptyStoreFilesAreSetAside() throws IOException {
        for (String content :
                List.of("", "\n", "GVariant\0\0\0", "{}\n", "{\"format\":\"something\",\"version\":1}\n", "[")) {
            write(2);
            int before = aside().size();
            Files.writeString(folder.resolve("store.jsonl"), content);
            try (Store store = open()) {
                assertEquals("word1", word(store, "entry1"), "the journal is whole");
                allow(store, "entry9", "new");
            }
            assertEquals(before + 1, aside().size(), "after " + content);
            try (Store store = open()) {
                assertEquals("new", word(store, "entry9"));
            }
        }
    }

    @Test
    void aNewerVersionsFilesAreLeftForIt() throws IOException {
        write(2);
        Path store = folder.resolve("store.jsonl");
        String newer = Files.readString(store).replace("\"version\":1", "\"version\":2");
        Files.writeString(store, newer);
        open().close();
        assertEquals(newer, Files.readString(aside().getFirst()));
    }

    @Test
    void aFolderInTheFilesPlaceIsMovedAway() throws IOException {
        write(2);
        Files.delete(folder.resolve("store.jsonl"));
        Files.createDirectories(folder.resolve("store.jsonl/inside"));
        try (Store store = open()) {
            assertEquals("word1", word(store, "entry1"));
            allow(store, "entry9", "new");
        }
        assertTrue(Files.isDirectory(aside().getFirst().resolve("inside")));
        try (Store store = open()) {
            assertEquals("new", word(store, "entry9"));
        }
    }

    @Test
    void zeroBlocksAfterAPowerCutAreNoChange() throws IOException {
        write(3);
        Path journal = journal();
        byte[] whole = Files.readAllBytes(journal);
        byte[] grown = Arrays.copyOf(whole, whole.length + 4096);
        grown[grown.length - 1] = '\n';
        Files.write(journal, grown);
        try (Store store = open()) {
            assertEquals(3, store.ids("t").size());
            allow(store, "entry3", "word3");
        }
        try (Store store = open()) {
            assertEquals("word3", word(store, "entry3"));
            assertEquals("word0", word(store, "entry0"));
        }
    }

    @Test
    void anEndThatIsNotUnderstoodDoesNotLastForEver() throws IOException {
        write(1);
        Path journal = journal();
        Files.writeString(
                journal,
                Files.readString(journal)
                        .replace("\"access\":[\"word0\"]", "\"access\":[\"word0\"],\"end\":\"at-the-next-full-moon\""));
        try (Store store = open()) {
            assertEquals("(none)", word(store, "entry0"));
        }
        assertEquals(1, aside().size());
    }

    /** Random damage of both files: the store opens, takes changes, and opens again with them; what was damaged is kept. */
    @Test
    void damageByTheThousand() throws IOException {
        write(20);
        Path journal = journal();
        byte[] store = Files.readAllBytes(folder.resolve("store.jsonl"));
        byte[] log = Files.readAllBytes(journal);
        var random = new Random(20_261_122);
        // It would say so thousands of times.
        LOADER_LOG.setLevel(Level.OFF);
        for (int round = 0; round < ROUNDS; round++) {
            clear();
            byte[] one = damage(store, random);
            byte[] two = damage(log, random);
            Files.write(folder.resolve("store.jsonl"), one);
            Files.write(journal, two);
            int known;
            try (Store opened = open()) {
                known = opened.ids("t").size();
                allow(opened, "fresh", "round" + round);
            }
            try (Store opened = open()) {
                assertEquals("round" + round, word(opened, "fresh"));
                assertTrue(opened.ids("t").size() >= known, "round " + round);
            }
            for (Path kept : aside()) {
                byte[] content = Files.readAllBytes(kept);
                assertTrue(Arrays.equals(content, one) || Arrays.equals(content, two), "round " + round);
            }
        }
    }

    @AfterEach
    void hearItAgain() {
        LOADER_LOG.setLevel(null);
    }

    private void clear() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
    }

    private static byte[] damage(byte[] original, Random random) {
        byte[] bytes = original.clone();
        switch (random.nextInt(6)) {
            case 0 -> {}
            case 1 -> {
                for (int i = random.nextInt(8); i >= 0; i--) {
                    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                }
            }
            case 2 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 3 -> {
                int from = random.nextInt(bytes.length);
                Arrays.fill(bytes, from, Math.min(bytes.length, from + random.nextInt(512)), (byte) 0);
            }
            case 4 -> {
                int from = random.nextInt(bytes.length);
                int length = Math.min(random.nextInt(300), bytes.length - from);
                System.arraycopy(bytes, from, bytes, random.nextInt(bytes.length - length + 1), length);
            }
            default -> {
                byte[] noise = new byte[random.nextInt(2000)];
                random.nextBytes(noise);
                bytes = noise;
            }
        }
        return bytes;
    }

    /** A journal whose number is too long for its name's form would be written, and never read again. */
    @Test
    void aStoreWhoseJournalsHaveNoRoomForMoreNumbersIsDamaged() throws IOException {
        write(2);
        Path store = folder.resolve("store.jsonl");
        Files.writeString(
                store, Files.readString(store).replaceFirst("\"journal\":1,", "\"journal\":999999999999999999,"));
        try (Store opened = open()) {
            allow(opened, "after", "kept");
        }
        try (Store opened = open()) {
            assertEquals("kept", word(opened, "after"));
            assertEquals("word1", word(opened, "entry1"));
        }
    }

    /** Reading without the lock takes what the store itself would take, and waits for nobody. */
    @Test
    void whatIsNoFileIsNotReadByTheViewEither() throws IOException {
        write(2);
        Path other = Files.move(folder.resolve("store.jsonl"), folder.resolve("other"));
        Files.createSymbolicLink(folder.resolve("store.jsonl"), other);
        StoreView view = StoreView.read(folder);
        assertEquals(1, view.problems().size(), view.problems().toString());
        assertTrue(
                view.problems().getFirst().contains("no regular file"),
                view.problems().toString());
        assertTrue(view.entry("t", "entry1").isPresent(), "the journal is read");
    }
}
