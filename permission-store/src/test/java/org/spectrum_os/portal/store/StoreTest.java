// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.dbus.marshal.MarshalException;
import org.spectrum_os.portal.dbus.marshal.MarshalWriter;
import org.spectrum_os.portal.dbus.marshal.MarshalledValue;

class StoreTest {
    @TempDir
    private Path temporary;

    private final FakeTime time = new FakeTime();

    private Path folder() {
        return temporary.resolve("host");
    }

    private Store open() throws IOException {
        return Store.open(folder(), time, Store.OnLastEnd.KEEP_ENTRY);
    }

    static MarshalledValue text(String text) {
        try {
            var out = new MarshalWriter();
            out.writeString(text);
            return MarshalledValue.of("s", out.toByteArray());
        } catch (MarshalException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Change allow(String table, String id, String app, String... words) {
        return new Change.SetPermission(table, true, id, app, List.of(words), new End.Never(), "");
    }

    private static Outcome.Done done(Outcome outcome) {
        return assertInstanceOf(Outcome.Done.class, outcome);
    }

    private static Change.Refusal refused(Outcome outcome) {
        return assertInstanceOf(Outcome.Refused.class, outcome).why();
    }

    private static List<String> access(Store store, String table, String id, String app) {
        Permission permission =
                store.entry(table, id).orElseThrow().permissions().get(app);
        return permission == null ? List.of("(none)") : permission.access();
    }

    @Test
    void whatIsSetIsReadAndIsThereAfterwards() throws IOException {
        try (Store store = open()) {
            done(store.apply(allow("devices", "camera", "org.example.App", "yes", "", "yes")));
            done(store.apply(allow("devices", "camera", "", "no")));
            done(store.apply(new Change.SetValue("devices", true, "speaker", text("loud"))));
            assertEquals(List.of("yes", "", "yes"), access(store, "devices", "camera", "org.example.App"));
        }
        try (Store store = open()) {
            assertEquals(List.of("yes", "", "yes"), access(store, "devices", "camera", "org.example.App"));
            assertEquals(
                    List.of("", "org.example.App"),
                    store.entry("devices", "camera").orElseThrow().permissions().apps());
            assertEquals(
                    Evaluation.NO_DATA,
                    store.entry("devices", "camera").orElseThrow().data());
            assertEquals(
                    text("loud"),
                    store.entry("devices", "speaker").orElseThrow().data());
            assertEquals(new TreeSet<>(List.of("camera", "speaker")), new TreeSet<>(store.ids("devices")));
            assertEquals(List.of("devices"), store.tables());
        }
    }

    @Test
    void refusalsSayWhyAndChangeNothing() throws IOException {
        try (Store store = open()) {
            assertEquals(Change.Refusal.NO_ENTRY, refused(store.apply(new Change.Delete("t", "i"))));
            assertEquals(Change.Refusal.NO_ENTRY, refused(store.apply(new Change.DeletePermission("t", "i", "app"))));
            assertEquals(Change.Refusal.NO_ENTRY, refused(store.apply(new Change.SetValue("t", false, "i", text("")))));
            assertEquals(
                    Change.Refusal.NO_ENTRY, refused(store.apply(new Change.Set("t", false, "i", Map.of(), text("")))));
            assertEquals(
                    Change.Refusal.NO_ENTRY,
                    refused(store.apply(
                            new Change.SetPermission("t", false, "i", "app", List.of(), new End.Never(), ""))));
            done(store.apply(allow("t", "i", "app", "yes")));
            assertEquals(
                    Change.Refusal.EXISTS,
                    refused(store.apply(new Change.Grant(
                            "t",
                            "i",
                            "other",
                            Permission.granted(List.of(), time.now(), new End.Never(), ""),
                            text("")))));
            assertEquals(Change.Refusal.NO_PERMISSION, refused(store.apply(new Change.Use("t", "i", "other"))));
            assertEquals(Change.Refusal.UNFIT, refused(store.apply(allow("t\0", "i", "app"))));
            assertEquals(Change.Refusal.UNFIT, refused(store.apply(allow("t", "\uD800", "app"))));
            assertEquals(List.of("i"), store.ids("t"));
        }
    }

    @Test
    void deletingAnUnknownApplicationIsDoneAndTheLastOneLeavesTheEntry() throws IOException {
        try (Store store = open()) {
            done(store.apply(allow("t", "i", "app", "yes")));
            Outcome.Done nothing = done(store.apply(new Change.DeletePermission("t", "i", "nobody")));
            assertEquals(nothing.before(), nothing.after());
            done(store.apply(new Change.DeletePermission("t", "i", "app")));
            assertTrue(store.entry("t", "i").orElseThrow().permissions().isEmpty());
        }
        try (Store store = open()) {
            assertTrue(store.entry("t", "i").orElseThrow().permissions().isEmpty());
        }
    }

    @Test
    void changesOfOneBatchBuildUponEachOther() throws Exception {
        var outcomes = Collections.synchronizedList(new ArrayList<Outcome>());
        try (Store store = open()) {
            var last = new CountDownLatch(5);
            for (Change change : List.of(
                    allow("t", "i", "a", "1"),
                    new Change.SetPermission("t", false, "i", "b", List.of("2"), new End.Never(), ""),
                    new Change.Delete("t", "i"),
                    new Change.Delete("t", "i"),
                    allow("t", "i", "c", "3"))) {
                store.submit(change, outcome -> {
                    outcomes.add(outcome);
                    last.countDown();
                });
            }
            last.await();
            assertEquals(
                    List.of("c"),
                    store.entry("t", "i").orElseThrow().permissions().apps());
        }
        assertEquals(Change.Refusal.NO_ENTRY, refused(outcomes.get(3)));
        try (Store store = open()) {
            assertEquals(
                    List.of("c"),
                    store.entry("t", "i").orElseThrow().permissions().apps());
        }
    }

    @Test
    void listenersHearInOrderAndBeforeTheOneWhoAsked() throws Exception {
        var heard = Collections.synchronizedList(new ArrayList<String>());
        try (Store store = open()) {
            store.addListener((change, _) -> heard.add("changed " + change.id()));
            var last = new CountDownLatch(100);
            for (int i = 0; i < 100; i++) {
                String id = "entry" + i;
                store.submit(allow("t", id, "app", "yes"), _ -> {
                    heard.add("answered " + id);
                    last.countDown();
                });
            }
            last.await();
        }
        List<String> expected = IntStream.range(0, 100)
                .boxed()
                .flatMap(i -> java.util.stream.Stream.of("changed entry" + i, "answered entry" + i))
                .toList();
        assertEquals(expected, heard);
    }

    @Test
    void anyNameIsOnlyAName() throws IOException {
        List<String> names = List.of(
                "",
                "/",
                "..",
                "../evil",
                "sub/dir",
                "a\nb",
                "\r",
                "\u0001",
                "\u2028",
                "\uFFFF",
                "\uD83D\uDE00",
                "{\"op\":\"delete\"}",
                "x".repeat(70_000),
                "lock",
                "store.jsonl",
                "%2e%2e");
        try (Store store = open()) {
            for (String table : names) {
                for (String id : names) {
                    done(store.apply(allow(table, id, id, table)));
                }
            }
        }
        try (var files = Files.walk(temporary)) {
            assertEquals(
                    new TreeSet<>(List.of("", "host", "host/lock", "host/store.jsonl", "host/journal-N.jsonl")),
                    files.map(file -> temporary.relativize(file).toString().replaceFirst("-[0-9]+\\.", "-N."))
                            .collect(Collectors.toCollection(TreeSet::new)));
        }
        try (Store store = open()) {
            assertEquals(new TreeSet<>(names), new TreeSet<>(store.tables()));
            for (String table : names) {
                assertEquals(new TreeSet<>(names), new TreeSet<>(store.ids(table)));
                for (String id : names) {
                    assertEquals(List.of(table), access(store, table, id, id));
                }
            }
        }
    }

    @Test
    void onlyOneAtATimeAndTheMessageSaysWho() throws Exception {
        try (Store store = open()) {
            StoreLockedException locked = assertThrows(StoreLockedException.class, this::open);
            String message = String.valueOf(locked.getMessage());
            assertTrue(message.contains("this one") && message.contains("stop that one"), message);
            assertTrue(isLocked(), "and trying has not opened the lock for others");
            done(store.apply(allow("t", "i", "app", "yes")));
        }
        assertFalse(isLocked());
        open().close();
    }

    /** As another process sees it. */
    private boolean isLocked() throws Exception {
        var process = new ProcessBuilder(
                        "/usr/bin/python3",
                        "-c",
                        "import fcntl, sys\nfcntl.lockf(open(sys.argv[1], 'r+'), fcntl.LOCK_EX | fcntl.LOCK_NB)",
                        folder().resolve("lock").toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        boolean refused = process.waitFor() != 0;
        assertTrue(!refused || output.contains("BlockingIOError"), output);
        return refused;
    }

    @Test
    void filesAreTheUsersAlone() throws IOException {
        try (Store store = open()) {
            done(store.apply(allow("t", "i", "app", "yes")));
        }
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder())));
        try (var files = Files.list(folder())) {
            for (Path file : (Iterable<Path>) files::iterator) {
                assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            }
        }
    }

    @Test
    void aLongJournalIsRewrittenAndNothingIsLost() throws IOException {
        String filler = "x".repeat(2000);
        int rounds = (int) (Writer.SHORTEST_COMPACTION / 2000) * 5;
        try (Store store = open()) {
            for (int i = 0; i < rounds; i++) {
                done(store.apply(allow("t", "entry" + i % 50, "app", filler, Integer.toString(i))));
            }
        }
        long total = 0;
        try (var files = Files.list(folder())) {
            for (Path file : (Iterable<Path>) files::iterator) {
                total += Files.size(file);
            }
        }
        assertTrue(total < Writer.SHORTEST_COMPACTION * 3, total + " bytes for 50 entries of 2000");
        try (Store store = open()) {
            for (int i = rounds - 50; i < rounds; i++) {
                assertEquals(List.of(filler, Integer.toString(i)), access(store, "t", "entry" + i % 50, "app"));
            }
        }
    }

    @Test
    void whatANewerVersionWroteSurvivesARewrite() throws IOException {
        try (Store store = open()) {
            done(store.apply(allow("t", "i", "app", "yes")));
        }
        Path journal = folder().resolve("journal-1.jsonl");
        String lines = Files.readString(journal)
                .replace("\"id\":\"i\"", "\"id\":\"i\",\"colour\":{\"of\":[1,2.50,null]}")
                .replace("\"access\":[\"yes\"]", "\"access\":[\"yes\"],\"shape\":\"round\"");
        Files.writeString(journal, lines + "{\"op\":\"paint\",\"wall\":\"north\"}\n");
        Files.writeString(
                folder().resolve("store.jsonl"),
                Files.readString(folder().resolve("store.jsonl")).replaceFirst("}\n", ",\"season\":\"spring\"}\n"));
        try (Store store = open()) {
            done(store.apply(new Change.SetValue("t", true, "i", text("new"))));
            done(store.apply(allow("t", "i", "other", "no")));
            String filler = "x".repeat(1 << 20);
            for (int i = 0; i < 3; i++) {
                done(store.apply(allow("big", "i", "app", filler)));
            }
        }
        try (var store = open()) {
            assertEquals(List.of("yes"), access(store, "t", "i", "app"));
        }
        String rewritten = Files.readString(folder().resolve("store.jsonl"));
        assertTrue(
                rewritten.contains("\"colour\":{\"of\":[1,2.50,null]}"), rewritten.substring(rewritten.length() - 500));
        assertTrue(rewritten.contains("\"shape\":\"round\""), rewritten.substring(rewritten.length() - 500));
        assertTrue(rewritten.contains("{\"op\":\"paint\",\"wall\":\"north\"}\n"));
        assertTrue(rewritten.contains("\"season\":\"spring\""));
        assertFalse(Files.exists(journal), "it was rewritten");
    }

    @Test
    void aStoreHasABound() throws IOException {
        String large = "x".repeat(Store.LARGEST_CHANGE + 1);
        try (Store store = open()) {
            assertEquals(Change.Refusal.UNFIT, refused(store.apply(allow("t", "i", large))));
        }
    }

    /** What was taken must be read again with the memory that there is: a variant of one byte takes hundreds as JSON. */
    @Test
    void aValueOfTooManyPartsIsRefused() throws Exception {
        var out = new MarshalWriter();
        int array = out.beginArray("v");
        for (int i = 0; i < Store.MOST_PARTS / 2; i++) {
            out.writeVariant(Evaluation.NO_DATA);
        }
        out.endArray(array);
        MarshalledValue tooMany = MarshalledValue.of("av", out.toByteArray());
        var bytes = new MarshalWriter();
        int large = bytes.beginArray("y");
        bytes.writeBytes(new byte[10 << 20]);
        bytes.endArray(large);
        try (Store store = open()) {
            assertEquals(
                    Change.Refusal.UNFIT, refused(store.apply(new Change.SetValue("t", true, "variants", tooMany))));
            done(store.apply(new Change.SetValue("t", true, "bytes", MarshalledValue.of("ay", bytes.toByteArray()))));
        }
    }

    /** Texts of control characters are six times as long in the file. */
    @Test
    void whateverFitsAStoreFitsItsFiles() {
        assertTrue(Store.LONGEST_FILE >= 2 * 8 * Store.LARGEST);
    }

    @Test
    void afterItIsClosedEverythingFails() throws IOException {
        Store store = open();
        store.close();
        Outcome.Failed failed = assertInstanceOf(Outcome.Failed.class, store.apply(allow("t", "i", "app", "yes")));
        assertTrue(String.valueOf(failed.cause().getMessage()).contains("closed"));
    }

    @Test
    void timesAreKept() throws IOException {
        Instant then = time.now();
        try (Store store = open()) {
            done(store.apply(allow("t", "i", "app", "yes")));
        }
        time.pass(java.time.Duration.ofHours(3));
        try (Store store = open()) {
            Permission permission =
                    store.entry("t", "i").orElseThrow().permissions().get("app");
            assertEquals(then, java.util.Objects.requireNonNull(permission).created());
        }
    }

    /** A file of this process that is closed takes the process's lock of it along (fcntl). */
    @Test
    void askingAgainInTheSameProcessDoesNotUnlockIt() throws IOException {
        try (Store store = open()) {
            assertThrows(StoreLockedException.class, this::open);
            Path link = Files.createSymbolicLink(temporary.resolve("link"), folder());
            assertThrows(StoreLockedException.class, () -> Store.open(link, time, Store.OnLastEnd.KEEP_ENTRY));
            Object inode = Files.getAttribute(folder().resolve("lock"), "unix:ino");
            assertTrue(Files.readString(Path.of("/proc/locks")).contains(":" + inode + " "), "it is locked still");
            done(store.apply(allow("t", "i", "app", "yes")));
        }
        open().close();
    }

    /** Whoever submits just when it is being closed gets an answer, and closing comes to an end. */
    @Test
    void closingEndsWhileOthersSubmit() throws Exception {
        for (int round = 0; round < 200; round++) {
            Store store = Store.open(temporary.resolve("s" + round), time, Store.OnLastEnd.KEEP_ENTRY);
            var answers = new CountDownLatch(4);
            for (int i = 0; i < 4; i++) {
                Thread.ofPlatform().daemon().start(() -> {
                    boolean open = true;
                    while (open) {
                        open = !(store.apply(new Change.Delete("t", "none")) instanceof Outcome.Failed);
                    }
                    answers.countDown();
                });
            }
            Thread closing = Thread.ofPlatform().daemon().start(() -> {
                try {
                    store.close();
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            assertTrue(closing.join(java.time.Duration.ofSeconds(20)), "round " + round + ": it was not closed");
            assertTrue(answers.await(20, TimeUnit.SECONDS), "round " + round + ": somebody was not answered");
        }
    }

    /** Such as a value that takes more memory than there is. */
    @Test
    void whatGoesWrongUnexpectedlyFailsOneChangeAndNotTheStore() throws Exception {
        var fails = new java.util.concurrent.atomic.AtomicBoolean();
        var clock = new StoreTime() {
            @Override
            public Instant now() {
                return time.now();
            }

            @Override
            public java.time.Duration sinceBoot() {
                if (fails.getAndSet(false)) {
                    throw new OutOfMemoryError("as a test has it");
                }
                return time.sinceBoot();
            }

            @Override
            public Alarm after(java.time.Duration delay, Runnable task) {
                return time.after(delay, task);
            }
        };
        try (Store store = Store.open(folder(), clock, Store.OnLastEnd.KEEP_ENTRY)) {
            done(store.apply(new Change.SetPermission(
                    "t", true, "first", "app", List.of(), new End.At(time.now().plusSeconds(60)), "")));
            fails.set(true);
            var first = new CompletableFuture<Outcome>();
            store.submit(new Change.Use("t", "first", "app"), first::complete);
            assertInstanceOf(Outcome.Failed.class, first.get(20, TimeUnit.SECONDS));
            var second = new CompletableFuture<Outcome>();
            store.submit(allow("t", "second", "app", "yes"), second::complete);
            done(second.get(20, TimeUnit.SECONDS));
            assertEquals(
                    List.of("first", "second"), store.ids("t").stream().sorted().toList());
        }
        try (Store store = open()) {
            assertEquals(
                    List.of("first", "second"), store.ids("t").stream().sorted().toList());
        }
    }

    @Test
    void aListenerThatFailsKeepsTheAnswerFromNobody() throws Exception {
        try (Store store = open()) {
            store.addListener((_, _) -> {
                throw new IllegalStateException("as a test has it");
            });
            var answer = new CompletableFuture<Outcome>();
            store.submit(allow("t", "i", "app", "yes"), answer::complete);
            done(answer.get(20, TimeUnit.SECONDS));
        }
    }

    /** The lock file is written to when it is taken. */
    @Test
    void aLinkInPlaceOfTheLockIsNotFollowed() throws IOException {
        Files.createDirectories(folder());
        Path other = Files.writeString(temporary.resolve("other"), "something of value");
        Files.createSymbolicLink(folder().resolve("lock"), other);
        IOException refused = assertThrows(IOException.class, this::open);
        assertEquals("something of value", Files.readString(other));
        assertTrue(String.valueOf(refused.getMessage()).contains("lock"), refused.toString());
    }
}
