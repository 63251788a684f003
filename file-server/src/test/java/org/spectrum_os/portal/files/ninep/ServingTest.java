// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.spectrum_os.portal.files.ninep.Bench.assertErrno;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a guest can do with what was lent to it. */
class ServingTest {
    private static final String NAME = "Ünïcode & \"quotes\" 100%.txt";
    private static final int RDONLY = 0;

    @TempDir
    Path folder;

    private final Bench bench = new Bench();

    @AfterEach
    void stop() {
        bench.close();
    }

    private Path file(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4096, 8 * 1024 * 1024 + 3})
    void contentArrivesUnchanged(int size) throws Exception {
        byte[] content = new byte[size];
        new Random(7).nextBytes(content);
        bench.lend("work", "a1", file(NAME, content));
        try (var guest = bench.mount("work")) {
            guest.open(1, "a1", NAME);
            assertEquals(sha256(content), sha256(guest.readAll(1)));
            assertArrayEquals(new byte[0], guest.read(1, size + 1L, 100));
        }
        bench.expectEvent("used a1");
        bench.expectEvent("gone work 0");
    }

    @Test
    void smallMessageSizesAreKept() throws Exception {
        byte[] content = new byte[20_000];
        new Random(8).nextBytes(content);
        bench.lend("work", "a1", file(NAME, content));
        try (var guest = bench.connect("work")) {
            assertEquals(4096, guest.version(4096));
            guest.attach(0);
            guest.open(1, "a1", NAME);
            assertEquals(4096 - 11, guest.read(1, 0, 1_000_000).length);
            assertEquals(10, guest.read(1, 0, 10).length);
            assertArrayEquals(content, guest.readAll(1));
        }
    }

    @Test
    void versionIsNegotiated() throws Exception {
        try (var guest = bench.connect("work")) {
            ByteBuffer unknown = guest.call(100, 8192, "9P2000.u");
            assertEquals(8192, unknown.getInt());
            assertEquals("unknown", NinepClient.string(unknown));
            assertErrno(90, () -> guest.version(4095));
            assertEquals(512 * 1024 + 24, guest.version(Integer.MAX_VALUE));
            assertEquals(512 * 1024 + 24, guest.version(-1));
            guest.attach(0);
            guest.version(8192);
            // A new version voids the fids of the old one.
            assertErrno(9, () -> guest.attributes(0));
            guest.attach(0);
        }
        try (var guest = bench.connect("work")) {
            assertThrows(IOException.class, () -> guest.attach(0));
        }
    }

    @Test
    void theTreeIsWhatWasLent() throws Exception {
        bench.lend("work", "a1", file("one", new byte[5]));
        try (var guest = bench.mount("work")) {
            List<Qid> qids = guest.walk(0, 1, "a1", "one");
            assertEquals(
                    List.of(Qid.DIRECTORY, Qid.FILE),
                    qids.stream().map(Qid::type).toList());
            assertNotEquals(0, qids.getLast().version());
            // As far as it goes; the new fid is then not there.
            assertEquals(1, guest.walk(0, 2, "a1", "two").size());
            assertErrno(9, () -> guest.attributes(2));
            assertEquals(2, guest.walk(0, 2, "a1", "one", "deeper").size());
            assertErrno(2, () -> guest.walk(0, 2, "b2"));
            for (String bad : List.of("..", ".", "", "a1/one", "a\0", "/")) {
                assertErrno(22, () -> guest.walk(0, 2, bad));
            }
            assertErrno(36, () -> guest.walk(0, 2, "x".repeat(256)));
            assertErrno(20, () -> guest.walk(1, 2, "x"));
            // Clone, then move a fid onto itself.
            assertEquals(List.of(), guest.walk(0, 5));
            guest.walk(5, 5, "a1");
            guest.walk(5, 5, "one");
            assertEquals(Qid.FILE, guest.open(5, RDONLY).type());
            assertErrno(22, () -> guest.walk(0, 1));
            assertErrno(22, () -> guest.walk(0, NinepClient.NO_FID));
            guest.clunk(5);
            assertErrno(9, () -> guest.clunk(5));
        }
    }

    @Test
    void aNameThatIsNotUtf8IsNotTheReplacementCharacter() throws Exception {
        bench.lend("work", "a1", file("x\ufffd", new byte[1]));
        try (var guest = bench.mount("work")) {
            assertEquals(2, guest.walk(0, 1, "a1", "x\ufffd").size());
            byte[] two = {2, 0, 2, 0, 'a', '1', 2, 0, 'x', (byte) 0xff};
            assertEquals(1, guest.call(110, 0, 2, two).getShort());
        }
    }

    @Test
    void attributesAreTheFilesOwnButForOwnerAndMode() throws Exception {
        Path one = file("one", new byte[70_000]);
        Instant when = Instant.parse("2020-02-03T04:05:06.123456789Z");
        Files.setLastModifiedTime(one, FileTime.from(when));
        bench.lend("work", "a1", one);
        try (var guest = bench.mount("work")) {
            guest.walk(0, 1, "a1", "one");
            ByteBuffer all = guest.attributes(1);
            assertEquals(0x7ff, all.getLong());
            Qid first = NinepClient.qid(all);
            assertEquals(0100444, all.getInt());
            assertEquals(1000, all.getInt());
            assertEquals(100, all.getInt());
            assertEquals(1, all.getLong());
            all.getLong();
            assertEquals(70_000, all.getLong());
            all.getLong();
            assertEquals((long) Files.getAttribute(one, "unix:size"), 70_000);
            assertTrue(all.getLong() * 512 >= 65_536);
            all.getLong();
            all.getLong();
            assertEquals(when.getEpochSecond(), all.getLong());
            assertEquals(when.getNano(), all.getLong());
            Files.write(one, new byte[3]);
            ByteBuffer later = guest.attributes(1);
            later.getLong();
            Qid second = NinepClient.qid(later);
            assertEquals(first.path(), second.path());
            assertNotEquals(first.version(), second.version());
            for (int fid : List.of(0, 2)) {
                if (fid == 2) {
                    guest.walk(0, 2, "a1");
                }
                ByteBuffer directory = guest.attributes(fid);
                directory.getLong();
                assertEquals(Qid.DIRECTORY, NinepClient.qid(directory).type());
                assertEquals(0040555, directory.getInt());
            }
            ByteBuffer system = guest.call(8, 0);
            assertEquals(0x01021997, system.getInt());
        }
    }

    @Test
    void directoriesAreListedInPiecesAndFollowWhatIsLent() throws Exception {
        for (int i = 0; i < 100; i++) {
            bench.lend("work", "lease-" + i, file("file-" + i, new byte[i]));
        }
        try (var guest = bench.mount("work")) {
            guest.walk(0, 1);
            guest.open(1, RDONLY);
            List<String> all = guest.list(1);
            assertEquals(100, new HashSet<>(all).size());
            // Small pieces give the same, and offsets stay good when a lease ends half-way.
            List<NinepClient.Entry> start = guest.readDirectory(1, 0, 200);
            assertTrue(start.size() > 2 && start.size() < 10);
            assertEquals(
                    List.of(".", ".."),
                    start.subList(0, 2).stream().map(NinepClient.Entry::name).toList());
            bench.server.revoke("lease-0");
            bench.server.revoke("lease-50");
            List<NinepClient.Entry> rest =
                    guest.readDirectory(1, start.getLast().next(), 100_000);
            assertEquals(102 - start.size() - 1, rest.size());
            // An open directory shows new leases after a rewind, a new one at once.
            bench.lend("work", "late", file("late.txt", new byte[0]));
            assertTrue(guest.list(1).contains("late"));
            assertEquals(2, guest.walk(0, 2, "late", "late.txt").size());
            assertErrno(22, () -> guest.readDirectory(1, 0, 10));
            assertEquals(List.of(), guest.readDirectory(1, Long.MAX_VALUE, 1000));
            assertEquals(List.of(), guest.readDirectory(1, -1, 1000));
            guest.walk(0, 3, "late");
            guest.open(3, RDONLY);
            assertEquals(List.of("late.txt"), guest.list(3));
            assertErrno(21, () -> guest.read(3, 0, 10));
            assertErrno(9, () -> guest.readDirectory(2, 0, 1000));
        }
    }

    @Test
    void nothingCanBeChanged() throws Exception {
        byte[] content = "as it was".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        Path one = file("one", content);
        bench.lend("work", "a1", one);
        try (var guest = bench.mount("work")) {
            guest.walk(0, 1, "a1", "one");
            for (int flags : List.of(1, 2, 3, 01000, 01001)) {
                assertErrno(30, () -> guest.open(1, flags));
            }
            assertErrno(20, () -> guest.open(1, 0200000));
            guest.open(1, 0100 | 0100000);
            guest.walk(0, 4, "a1");
            assertErrno(30, () -> guest.create(4, "x", 1, 0644));
            assertErrno(30, () -> guest.makeLink(4, "x", "y"));
            assertErrno(30, () -> guest.call(18, 4, "x", 0, 0, 0, 0));
            assertErrno(30, () -> guest.call(20, 1, 4, "x"));
            assertErrno(30, () -> guest.setAttributes(1, 1, 0644, 0));
            assertErrno(30, () -> guest.call(70, 4, 1, "x"));
            assertErrno(30, () -> guest.makeDirectory(4, "x", 0755));
            assertErrno(30, () -> guest.rename(4, "one", 4, "two"));
            assertErrno(30, () -> guest.unlink(4, "one", 0));
            assertErrno(30, () -> guest.makeDirectory(0, "x", 0755));
            assertErrno(30, () -> guest.call(118, 1, 0L, 100_000, new byte[100_000]));
            guest.walk(0, 2, "a1", "one");
            assertErrno(30, () -> guest.call(122, 2));
            assertErrno(9, () -> guest.clunk(2));
            assertArrayEquals(content, guest.readAll(1));
        }
        assertArrayEquals(content, Files.readAllBytes(one));
    }

    @Test
    void theRestIsAnsweredSanely() throws Exception {
        bench.lend("work", "a1", file("one", new byte[1]));
        try (var guest = bench.mount("work")) {
            guest.open(1, "a1", "one");
            assertErrno(95, () -> guest.call(30, 1, 9, "security.selinux"));
            assertErrno(95, () -> guest.call(30, 1, 9, ""));
            assertEquals(0, guest.call(52, 1, (byte) 1, 0, 0L, 0L, 1, "host").get());
            assertEquals(2, guest.call(54, 1, (byte) 1, 0L, 0L, 1, "host").get());
            assertEquals(0, guest.call(50, 1, 0).remaining());
            assertErrno(22, () -> guest.call(22, 1));
            assertErrno(95, () -> guest.call(102, 5, "u", "", 0));
            assertErrno(95, () -> guest.call(124, 1));
            assertErrno(95, () -> guest.call(234, new byte[500]));
            assertErrno(22, () -> guest.call(104, 7, 1, "u", "", 0));
            assertErrno(22, () -> guest.open(1, RDONLY));
            assertErrno(22, () -> guest.read(1, -1, 10));
            assertEquals(0, guest.read(1, Long.MAX_VALUE, 10).length);
            assertEquals(1, guest.read(1, 0, -1).length);
            // And the stream is still in step.
            assertEquals(1, guest.readAll(1).length);
        }
    }

    @Test
    void aFileThatChangesIsReadAsItIsNow() throws Exception {
        Path one = file("one", new byte[100]);
        bench.lend("work", "a1", one);
        try (var guest = bench.mount("work")) {
            guest.open(1, "a1", "one");
            try (var change = new RandomAccessFile(one.toFile(), "rw")) {
                change.setLength(10);
                assertEquals(10, guest.readAll(1).length);
                change.setLength(2_000_000);
                assertEquals(2_000_000, guest.readAll(1).length);
            }
            // Another file under the same name on the host is not what was lent.
            Files.move(file("other", new byte[7]), one, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            assertEquals(2_000_000, guest.readAll(1).length);
        }
    }
}
