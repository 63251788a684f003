// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.spectrum_os.portal.backend.lease.Access;
import org.spectrum_os.portal.backend.lease.HostEntries;
import org.spectrum_os.portal.backend.lease.HostEntry;
import org.spectrum_os.portal.store.End;
import org.spectrum_os.portal.store.EndReason;
import org.spectrum_os.portal.store.MachineTime;
import org.spectrum_os.portal.store.audit.AuditBook;
import org.spectrum_os.portal.store.lease.Lease;
import org.spectrum_os.portal.store.lease.Leases;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.ErrnoException;
import org.spectrum_os.portal.transport.FileContent;
import org.spectrum_os.portal.transport.FileNode;

/** What a guest saves, with real files, a real store, and real crashes. */
class SavePlacesTest {
    private static final int ESTALE = 116;

    @TempDir
    Path folder;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private AuditBook audit;
    private Leases store;
    private SavePlaces saves;
    private Path docs;
    private Path file;
    private Lease lease;
    private Consumer<SavePlace.Step> steps = _ -> {};

    @BeforeEach
    void open() throws Exception {
        audit = AuditBook.open(folder.resolve("state"), InstantSource.system());
        store = Leases.open(folder.resolve("state"), List.of("mail"), new MachineTime(timer));
        saves = places(store, audit, step -> steps.accept(step));
        docs = Files.createDirectory(folder.resolve("docs")).toRealPath();
        file = Files.writeString(docs.resolve("report.odt"), "old");
        lease = lend("report-abcd", file);
    }

    @AfterEach
    void close() throws Exception {
        saves.endAll();
        store.close();
        audit.close();
        timer.close();
    }

    private static SavePlaces places(Leases store, AuditBook audit, Consumer<SavePlace.Step> steps) {
        return new SavePlaces(
                (lease, what) -> store.describe(lease.owner(), lease.name(), what.toResource())
                        .isPresent(),
                audit,
                steps,
                FileNode::unnamedFile);
    }

    private Lease lend(String name, Path path) throws IOException {
        try (OpenedEntries opened = OpenedEntries.at(path, Access.WRITE)) {
            Lease granted =
                    store.grant("mail", () -> name, opened.what().toResource(), List.of("write"), "", new End.Never());
            saves.open(granted, opened);
            return granted;
        }
    }

    private static void write(Descriptor file, String text) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            var memory = arena.allocate(bytes.length);
            java.lang.foreign.MemorySegment.copy(
                    bytes, 0, memory, java.lang.foreign.ValueLayout.JAVA_BYTE, 0, bytes.length);
            assertEquals(bytes.length, FileContent.write(file, memory, 0));
        }
    }

    private void save(String text) throws IOException {
        try (Descriptor staged = saves.stage(lease.name())) {
            write(staged, text);
            saves.install(lease.name(), "report.odt", staged);
        }
    }

    private ErrnoException refused(String name, Descriptor staged) {
        return assertThrows(ErrnoException.class, () -> saves.install(lease.name(), name, staged));
    }

    private List<String> names() throws IOException {
        try (var all = Files.list(docs)) {
            return all.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    private String log() throws IOException {
        return Files.readString(folder.resolve("state/mail/audit.jsonl"));
    }

    private HostEntry stored() {
        return HostEntries.of(store.find(lease.name()).orElseThrow().resource())
                .orElseThrow()
                .main();
    }

    @Test
    void whatIsSavedTakesThePlaceOfTheOldFile() throws Exception {
        save("new");
        assertEquals("new", Files.readString(file));
        assertEquals(List.of("report.odt"), names());
        assertEquals(Files.getAttribute(file, "unix:ino"), stored().node().inode());
        assertEquals(null, stored().next());
        assertTrue(log().contains("\"event\":\"replaced\""), log());
        save("newer");
        assertEquals("newer", Files.readString(file), "and again, as editors do");
    }

    @Test
    void modeAndGroupStayButNoSpecialBits() throws Exception {
        Files.setAttribute(file, "unix:mode", 06751);
        int group = 0;
        if ((Integer) Files.getAttribute(file, "unix:uid") == 0) {
            group = 1234;
            Files.setAttribute(file, "unix:gid", group);
            Files.setAttribute(file, "unix:mode", 06751);
        } else {
            group = (Integer) Files.getAttribute(file, "unix:gid");
        }
        save("new");
        assertEquals(0751, (Integer) Files.getAttribute(file, "unix:mode") & 07777);
        assertEquals(group, Files.getAttribute(file, "unix:gid"));
    }

    @Test
    void stagedFilesHaveNoNameAndAreNobodyElses() throws Exception {
        try (Descriptor staged = saves.stage(lease.name())) {
            assertEquals(List.of("report.odt"), names());
            FileNode.Status status = FileNode.status(staged);
            assertEquals(0600, status.permissions());
            assertEquals(0, status.links());
        }
    }

    @Test
    void whatTheHostReplacedIsNotOverwritten() throws Exception {
        Files.move(file, file.resolveSibling("kept"));
        Files.writeString(file, "the host's");
        try (Descriptor staged = saves.stage(lease.name())) {
            assertEquals(ESTALE, refused("report.odt", staged).errno());
        }
        assertEquals("the host's", Files.readString(file));
        assertTrue(log().contains("\"event\":\"not-replaced\"") && log().contains("another file in its place"), log());
    }

    @Test
    void refusalsThatAGuestProvokesFloodNoLog() throws Exception {
        Files.delete(file);
        var lines = new ArrayList<String>();
        var handler = new java.util.logging.Handler() {
            @Override
            public void publish(java.util.logging.LogRecord line) {
                lines.add(line.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        var logger = java.util.logging.Logger.getLogger(SavePlaces.class.getName());
        logger.addHandler(handler);
        try (Descriptor staged = saves.stage(lease.name())) {
            for (int i = 0; i < 100; i++) {
                refused("report.odt", staged);
            }
        } finally {
            logger.removeHandler(handler);
        }
        assertEquals(60, lines.size());
    }

    @Test
    void whatTheHostDeletedDoesNotComeBack() throws Exception {
        Files.delete(file);
        try (Descriptor staged = saves.stage(lease.name())) {
            assertEquals(ESTALE, refused("report.odt", staged).errno());
        }
        assertEquals(List.of(), names());
    }

    /** Between the last look and the replacement. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatTheHostDoesInTheLastMomentIsNotLost(boolean deletes) throws Exception {
        steps = step -> {
            if (step == SavePlace.Step.LINKED) {
                try {
                    if (deletes) {
                        Files.delete(file);
                    } else {
                        Path fresh = Files.writeString(docs.resolve("fresh"), "the host's");
                        Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
                    }
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }
        };
        try (Descriptor staged = saves.stage(lease.name())) {
            assertEquals(ESTALE, refused("report.odt", staged).errno());
            assertEquals(deletes ? List.of() : List.of("report.odt"), names());
            assertEquals(0, FileNode.status(staged).links());
        }
        if (!deletes) {
            assertEquals("the host's", Files.readString(file));
        }
        assertTrue(log().contains("\"event\":\"not-replaced\""), log());
        assertEquals(null, stored().next());
    }

    @Test
    void aFolderThatIsMovedTakesItsLeaseAlong() throws Exception {
        Path moved = folder.resolve("moved");
        Files.move(docs, moved);
        Files.createDirectory(docs);
        save("new");
        assertEquals("new", Files.readString(moved.resolve("report.odt")));
        assertEquals(List.of(), names());
    }

    @Test
    void onlyWhatWasMadeForTheLeaseIsInstalled() throws Exception {
        Path other = Files.writeString(file.resolveSibling("secret"), "secret");
        lend("secret-abcd", other);
        try (Descriptor named = FileNode.openForWriting(other);
                Descriptor othersStaged = saves.stage("secret-abcd");
                Descriptor staged = saves.stage(lease.name());
                Descriptor folderItself = FileNode.openFolder(docs)) {
            assertEquals(ErrnoException.EIO, refused("report.odt", named).errno());
            assertEquals(ErrnoException.EIO, refused("report.odt", othersStaged).errno());
            assertEquals(ErrnoException.EIO, refused("report.odt", folderItself).errno());
            assertEquals(ErrnoException.EACCES, refused("secret", staged).errno());
            assertEquals(ErrnoException.EACCES, refused("../report.odt", staged).errno());
            saves.install(lease.name(), "report.odt", staged);
            assertEquals(ErrnoException.EIO, refused("report.odt", staged).errno(), "once is enough");
        }
        assertEquals("secret", Files.readString(other));
    }

    @Test
    void afterItsEndNothingIsSaved() throws Exception {
        try (Descriptor staged = saves.stage(lease.name())) {
            saves.end(lease.name());
            assertEquals(ESTALE, refused("report.odt", staged).errno());
        }
        assertEquals(
                ESTALE,
                assertThrows(ErrnoException.class, () -> saves.stage(lease.name()))
                        .errno());
        assertEquals("old", Files.readString(file));
    }

    /** The end may come from the store itself, at the lease's time, before anybody here hears of it. */
    @Test
    void aLeaseThatTheStoreHasEndedIsNotSavedTo() throws Exception {
        try (Descriptor staged = saves.stage(lease.name())) {
            store.end(lease.name(), EndReason.REVOKED);
            assertEquals(ESTALE, refused("report.odt", staged).errno());
        }
        assertEquals("old", Files.readString(file));
        assertEquals(List.of("report.odt"), names());
    }

    /** Whoever ends a lease may rely on it when that returns: a save has been made by then, or never will be. */
    @Test
    void anEndWaitsForWhatIsBeingSaved() throws Exception {
        var inTheMiddle = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        steps = step -> {
            if (step == SavePlace.Step.LINKED) {
                inTheMiddle.countDown();
                await(goOn);
            }
        };
        Thread saving = Thread.ofPlatform().start(() -> {
            try {
                save("new");
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        await(inTheMiddle);
        Thread ending = Thread.ofPlatform().start(() -> saves.end(lease.name()));
        while (ending.getState() != Thread.State.BLOCKED) {
            assertTrue(ending.isAlive(), "it did not wait");
            Thread.onSpinWait();
        }
        goOn.countDown();
        ending.join();
        saving.join();
        assertEquals("new", Files.readString(file));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void manySavesAtOnceLeaveOneWholeFile() throws Exception {
        var done = new AtomicInteger();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 8; i++) {
            String text = String.valueOf(i).repeat(1000);
            threads.add(Thread.ofPlatform().start(() -> {
                for (int j = 0; j < 20; j++) {
                    try {
                        save(text);
                        done.incrementAndGet();
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(160, done.get());
        String text = Files.readString(file);
        assertEquals(text.substring(0, 1).repeat(1000), text);
        assertEquals(List.of("report.odt"), names());
        assertEquals(Files.getAttribute(file, "unix:ino"), stored().node().inode());
    }

    /** The backend ends without warning in the middle of a save. */
    @ParameterizedTest
    @EnumSource(SavePlace.Step.class)
    void aCrashLeavesTheOldFileOrTheNewOneAndTheLease(SavePlace.Step step) throws Exception {
        saves.endAll();
        store.close();
        audit.close();
        Process crashing = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Crashing.class.getName(),
                        folder.resolve("state").toString(),
                        lease.name(),
                        step.name())
                .redirectErrorStream(true)
                .start();
        String said = new String(crashing.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(9, crashing.waitFor(), said);
        boolean replaced = step.compareTo(SavePlace.Step.EXCHANGED) >= 0;
        assertEquals(replaced ? "new" : "old", Files.readString(file));

        store = Leases.open(folder.resolve("state"), List.of("mail"), new MachineTime(timer));
        audit = AuditBook.open(folder.resolve("state"), InstantSource.system());
        saves = places(store, audit, _ -> {});
        Lease after = store.find(lease.name()).orElseThrow();
        HostEntries seen = HostEntries.of(after.resource()).orElseThrow();
        try (OpenedEntries opened = OpenedEntries.again(seen, Access.WRITE)) {
            assertEquals(null, opened.what().main().next());
            assertEquals(
                    Files.getAttribute(file, "unix:ino"),
                    opened.what().main().node().inode());
            saves.open(after, opened);
        }
        assertEquals(List.of("report.odt"), names(), "and nothing is left lying about");
        save("after");
        assertEquals("after", Files.readString(file));
    }

    /** Saves one file and dies on the way. */
    static final class Crashing {
        public static void main(String[] arguments) throws Exception {
            var step = SavePlace.Step.valueOf(arguments[2]);
            var timer = Executors.newSingleThreadScheduledExecutor();
            Path state = Path.of(arguments[0]);
            Leases store = Leases.open(state, List.of("mail"), new MachineTime(timer));
            SavePlaces saves = places(store, AuditBook.open(state, InstantSource.system()), now -> {
                if (now == step) {
                    Runtime.getRuntime().halt(9);
                }
            });
            Lease lease = store.find(arguments[1]).orElseThrow();
            HostEntries seen = HostEntries.of(lease.resource()).orElseThrow();
            try (OpenedEntries opened = OpenedEntries.again(seen, Access.WRITE)) {
                saves.open(lease, opened);
            }
            Descriptor staged = saves.stage(lease.name());
            write(staged, "new");
            saves.install(lease.name(), seen.main().name(), staged);
            Runtime.getRuntime().halt(0);
        }
    }

    @Test
    void onlyWhatNoLeaseInForceUsesIsSweptAway() throws Exception {
        Path left = Files.writeString(docs.resolve(".spectrum-gone-k3v9-0123456789abcdef"), "x");
        Path inUse = Files.writeString(docs.resolve(".spectrum-report-abcd-0123456789abcdef"), "x");
        Path users = Files.writeString(docs.resolve(".spectrum-notes"), "x");
        Path linked = docs.resolve(".spectrum-gone-k3v9-1123456789abcdef");
        Files.createSymbolicLink(linked, users);
        // A crash between an exchange and the look at what came of it: the old file, the new one, or what the host had
        // put there.
        Path old = Files.writeString(docs.resolve("old"), "x");
        String inode = Long.toHexString((Long) Files.getAttribute(old, "unix:ino"));
        Path crashed = Files.move(old, docs.resolve(".spectrum-gone-k3v9." + inode + ".1-2123456789abcdef"));
        Path hosts = Files.writeString(docs.resolve(".spectrum-gone-k3v9.1.2-3123456789abcdef"), "x");
        lend("other-abcd", Files.writeString(docs.resolve("other"), "x"));
        assertFalse(Files.exists(left) || Files.exists(crashed));
        assertTrue(Files.exists(hosts));
        assertTrue(Files.exists(inUse) && Files.exists(users) && Files.isSymbolicLink(linked));
    }

    /** As on file systems that do not know O_TMPFILE. */
    @Test
    void whereFilesNeedNamesTheyHaveHiddenOnes() throws Exception {
        var named = new SavePlaces(
                (held, what) -> store.describe(held.owner(), held.name(), what.toResource())
                        .isPresent(),
                audit,
                _ -> {},
                _ -> {
                    throw new ErrnoException("openat2", 95);
                });
        try (OpenedEntries opened = OpenedEntries.at(file, Access.WRITE)) {
            named.open(lease, opened);
        }
        try (Descriptor first = named.stage(lease.name());
                Descriptor second = named.stage(lease.name())) {
            assertEquals(3, names().size());
            assertTrue(names().getFirst().startsWith(".spectrum-report-abcd-"), names().toString());
            assertEquals(0600, FileNode.status(first).permissions());
            write(first, "new");
            named.install(lease.name(), "report.odt", first);
            assertEquals("new", Files.readString(file));
            assertEquals(2, names().size());
            named.end(lease.name());
            assertEquals(List.of("report.odt"), names(), "what was not installed goes with the lease");
            assertFalse(FileNode.status(second).links() > 0);
        }
    }

    @Test
    void whereFilesNeedNamesThereAreOnlySoMany() throws Exception {
        var named = new SavePlaces(
                (held, what) -> store.describe(held.owner(), held.name(), what.toResource())
                        .isPresent(),
                audit,
                _ -> {},
                _ -> {
                    throw new ErrnoException("openat2", 95);
                });
        try (OpenedEntries opened = OpenedEntries.at(file, Access.WRITE)) {
            named.open(lease, opened);
        }
        for (int i = 0; i < 300; i++) {
            // The guest removes each, of which nobody here hears.
            named.stage(lease.name()).close();
        }
        assertTrue(names().size() <= 130, names().size() + " files in the user's folder");
        try (Descriptor last = named.stage(lease.name())) {
            write(last, "new");
            named.install(lease.name(), "report.odt", last);
        }
        assertEquals("new", Files.readString(file));
        named.end(lease.name());
        assertEquals(List.of("report.odt"), names());
    }

    /** Where there is an ACL, the group's bits of the mode are its mask, and the group itself may have nothing. */
    @Test
    void whomAnAclKeptOutIsNotLetInByASave() throws Exception {
        String program = """
                import os, struct, sys
                acl = struct.pack('<I', 2) + b''.join(struct.pack('<HHI', *e) for e in
                    [(1, 6, 0xffffffff), (2, 6, 12345), (4, 0, 0xffffffff), (16, 6, 0xffffffff), (32, 0, 0xffffffff)])
                os.setxattr(sys.argv[1], 'system.posix_acl_access', acl)
                """;
        Process python = new ProcessBuilder("python3", "-c", program, file.toString())
                .inheritIO()
                .start();
        org.junit.jupiter.api.Assumptions.assumeTrue(python.waitFor() == 0, "no ACLs on this file system");
        assertEquals(0660, (Integer) Files.getAttribute(file, "unix:mode") & 0777);
        save("new");
        assertEquals("new", Files.readString(file));
        assertEquals(0600, (Integer) Files.getAttribute(file, "unix:mode") & 0777);
    }

    /** What its folder hands down to new files lets nobody in either. */
    @Test
    void whomTheOldFileKeptOutTheFoldersDefaultDoesNotLetIn() throws Exception {
        String program = """
                import os, struct, sys
                acl = struct.pack('<I', 2) + b''.join(struct.pack('<HHI', *e) for e in
                    [(1, 7, 0xffffffff), (2, 7, 12345), (4, 7, 0xffffffff), (16, 7, 0xffffffff), (32, 7, 0xffffffff)])
                os.setxattr(sys.argv[1], 'system.posix_acl_default', acl)
                """;
        Files.setAttribute(file, "unix:mode", 0640);
        Process python = new ProcessBuilder("python3", "-c", program, docs.toString())
                .inheritIO()
                .start();
        org.junit.jupiter.api.Assumptions.assumeTrue(python.waitFor() == 0, "no ACLs on this file system");
        save("new");
        assertEquals(0640, (Integer) Files.getAttribute(file, "unix:mode") & 0777);
        Process look = new ProcessBuilder(
                        "python3", "-c", "import os, sys; print(os.listxattr(sys.argv[1]))", file.toString())
                .start();
        assertEquals("[]", new String(look.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip());
    }
}
