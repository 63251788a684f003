// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.spectrum_os.portal.files.ninep.Bench.assertErrno;
import static org.spectrum_os.portal.files.ninep.NinepClient.bytes;
import static org.spectrum_os.portal.files.ninep.NinepClient.text;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.spectrum_os.portal.files.lent.Access;

/** A directory that was lent, with everything beneath it. */
@Timeout(120)
class TreeTest extends LentTree {
    private static final int RDONLY = 0;
    private static final int WRONLY = 1;
    private static final int RDWR = 2;
    private static final int EXCL = 0200;
    private static final int TRUNC = 01000;
    private static final int APPEND = 02000;

    @Test
    void whatIsVisibleIsListedAndFoundAndTheRestIsNeither() throws Exception {
        Files.createSymbolicLink(tree.resolve("link"), Path.of("sub/deep"));
        Files.createSymbolicLink(tree.resolve("absolute"), Path.of("/etc/passwd"));
        Files.createSymbolicLink(tree.resolve("up"), Path.of("../outside"));
        Files.createSymbolicLink(tree.resolve("hidden-up"), Path.of("sub/../../outside"));
        assertEquals(
                0,
                new ProcessBuilder("mkfifo", tree.resolve("fifo").toString())
                        .start()
                        .waitFor());
        try (var guest = mounted();
                var socket = java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
            socket.bind(java.net.UnixDomainSocketAddress.of(tree.resolve("socket")));
            for (String lease : List.of("rw", "ro")) {
                assertEquals(Set.of("sub", "file", "link"), new HashSet<>(guest.names(lease, "tree")));
                for (String name : List.of("absolute", "up", "hidden-up", "fifo", "socket", "none")) {
                    assertErrno(2, () -> guest.walk(lease.equals("rw") ? 1 : 2, 9, name));
                }
            }
            assertErrno(22, () -> guest.walk(1, 9, ".."));
            assertEquals(1, guest.walk(1, 9, "file", "x").size());
            assertEquals(Qid.LINK, guest.walk(1, 9, "link").getFirst().type());
            assertEquals("sub/deep", NinepClient.string(guest.call(22, 9)));
            assertErrno(40, () -> guest.open(9, RDONLY));
            // Through a link nothing is reached: following it is the guest's kernel's business.
            assertErrno(20, () -> guest.walk(9, 10, "x"));
            // What is not seen can be neither removed nor replaced.
            assertErrno(2, () -> guest.unlink(1, "fifo", 0));
            assertErrno(2, () -> guest.rename(1, "fifo", 1, "x"));
            assertErrno(1, () -> guest.rename(1, "file", 1, "fifo"));
            assertErrno(17, () -> guest.createIn(1, 11, "up", WRONLY, 0644));
            assertEquals("secret", Files.readString(temporary.resolve("outside")));
        }
    }

    @Test
    void theTopShowsNothingOfTheHost() throws Exception {
        try (var guest = mounted()) {
            Qid folder = guest.walk(0, 3, "rw").getFirst();
            guest.walk(1, 4);
            guest.open(4, RDONLY);
            List<NinepClient.Entry> entries = guest.readDirectory(4, 0, 8000);
            NinepClient.Entry up = entries.stream()
                    .filter(entry -> entry.name().equals(".."))
                    .findFirst()
                    .orElseThrow();
            assertEquals(folder.path(), up.qid().path());
            assertEquals(List.of("tree"), guest.names("rw"));
        }
    }

    @Test
    void oneFileIsOneNumberInOneLeaseAndAnotherInTheNext() throws Exception {
        try (var guest = mounted()) {
            Qid first = guest.walk(1, 9, "sub", "deep").getLast();
            guest.walk(1, 10, "sub");
            assertEquals(first, guest.walk(10, 11, "deep").getLast());
            assertNotEquals(
                    first.path(), guest.walk(2, 12, "sub", "deep").getLast().path());
            guest.open(10, RDONLY);
            assertTrue(guest.readDirectory(10, 0, 8000).stream()
                    .anyMatch(
                            entry -> entry.name().equals("deep") && entry.qid().path() == first.path()));
            Files.writeString(tree.resolve("sub/deep"), "deeper");
            assertNotEquals(
                    first.version(), guest.walk(1, 13, "sub", "deep").getLast().version());
        }
    }

    @Test
    void filesAreMadeWrittenCutAndRemoved() throws Exception {
        try (var guest = mounted()) {
            guest.createIn(1, 5, "new", RDWR, 06755);
            assertEquals(5, guest.write(5, 0, bytes("hello")));
            assertEquals(3, guest.write(5, 100_000, bytes("end")));
            guest.synchronise(5);
            assertEquals(100_003, Files.size(tree.resolve("new")));
            // Set-id bits are not made; the umask is the guest's business, but this test's process has its own.
            int mode = (int) Files.getAttribute(tree.resolve("new"), "unix:mode");
            assertEquals(0, mode & 07022);
            guest.setAttributes(5, 8, 0, 5);
            assertEquals("hello", Files.readString(tree.resolve("new")));
            assertArrayEquals(bytes("hello"), guest.readAll(5));
            guest.clunk(5);
            assertErrno(17, () -> guest.createIn(1, 5, "new", RDWR | EXCL, 0644));
            // Made meanwhile by another: opened, as open(2) does.
            guest.createIn(1, 5, "new", RDWR | TRUNC, 0644);
            assertEquals(0, Files.size(tree.resolve("new")));
            guest.clunk(5);
            assertErrno(21, () -> guest.createIn(1, 5, "sub", RDWR, 0644));
            guest.walk(1, 6, "new");
            guest.open(6, WRONLY | APPEND);
            guest.write(6, 0, bytes("one"));
            guest.write(6, 0, bytes("two"));
            assertErrno(9, () -> guest.read(6, 0, 10));
            assertEquals("onetwo", Files.readString(tree.resolve("new")));
            guest.unlink(1, "new", 0);
            assertFalse(Files.exists(tree.resolve("new")));
            // Still there for who has it open.
            assertEquals(1, guest.write(6, 0, bytes("x")));
            assertErrno(2, () -> guest.unlink(1, "new", 0));
            assertErrno(9, () -> guest.write(1, 0, bytes("x")));
            guest.createIn(1, 7, "by-remove", RDWR, 0644);
            guest.call(122, 7);
            assertFalse(Files.exists(tree.resolve("by-remove")));
            assertErrno(9, () -> guest.clunk(7));
        }
    }

    @Test
    void namesAreMadeAndMoved() throws Exception {
        try (var guest = mounted()) {
            guest.makeDirectory(1, "made", 0755);
            assertTrue(Files.isDirectory(tree.resolve("made")));
            guest.walk(1, 5, "made");
            guest.rename(1, "file", 5, "moved");
            assertEquals("content", Files.readString(tree.resolve("made/moved")));
            assertErrno(39, () -> guest.unlink(1, "made", 0x200));
            assertErrno(21, () -> guest.unlink(1, "made", 0));
            guest.walk(5, 6, "moved");
            guest.call(20, 6, 1, "file");
            assertEquals("content", Files.readString(tree.resolve("file")));
            // The fid's place is not where it was found any more.
            guest.rename(1, "file", 5, "again");
            assertErrno(2, () -> guest.call(122, 6));
            guest.unlink(5, "again", 0);
            guest.unlink(1, "made", 0x200);
            guest.makeLink(1, "link", "sub/deep");
            assertEquals(Path.of("sub/deep"), Files.readSymbolicLink(tree.resolve("link")));
            for (String target : List.of("/etc/passwd", "../x", "a/../../x", "..", "a/..", "")) {
                assertErrno(1, () -> guest.makeLink(1, "bad", target));
            }
            assertErrno(1, () -> guest.call(18, 1, "node", 0, 0, 0, 0));
            guest.walk(1, 7, "sub", "deep");
            assertErrno(1, () -> guest.call(70, 1, 7, "hard"));
            bench.lend("work", "other", Access.WRITE, tree.resolve("sub"));
            guest.walk(0, 8, "other", "sub");
            assertErrno(18, () -> guest.rename(1, "link", 8, "link"));
            guest.walk(0, 9, "other");
            assertErrno(18, () -> guest.rename(9, "sub", 8, "x"));
            assertErrno(1, () -> guest.createIn(9, 10, "new", WRONLY, 0644));
            bench.server.revoke("other");
        }
    }

    @Test
    void attributesAreSetAndOwnershipIsNot() throws Exception {
        Path file = tree.resolve("file");
        try (var guest = mounted()) {
            guest.walk(1, 5, "file");
            guest.setAttributes(5, 1, 0100640, 0);
            assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            for (int special : List.of(04755, 02755, 01755)) {
                assertErrno(1, () -> guest.setAttributes(5, 1, special, 0));
            }
            assertErrno(1, () -> guest.call(26, 5, 2, 0, 0, 0, 0L, 0L, 0L, 0L, 0L));
            guest.call(26, 5, 6, 0, 1000, 100, 0L, 0L, 0L, 0L, 0L);
            guest.call(26, 5, 0x1b0, 0, 0, 0, 0L, 1000L, 7L, 2000L, 8L);
            assertEquals(
                    Instant.ofEpochSecond(2000, 8),
                    Files.getLastModifiedTime(file).toInstant());
            guest.call(26, 5, 0x20, 0, 0, 0, 0L, 0L, 0L, 0L, 0L);
            assertTrue(Files.getLastModifiedTime(file).toMillis() > 1_600_000_000_000L);
            assertErrno(22, () -> guest.setAttributes(5, 8, 0, -1));
            guest.walk(1, 6, "sub");
            assertErrno(21, () -> guest.setAttributes(6, 8, 0, 0));
            ByteBuffer seen = guest.attributes(5);
            seen.getLong();
            NinepClient.qid(seen);
            assertEquals(0100640, seen.getInt());
            assertEquals(1000, seen.getInt());
            assertEquals(100, seen.getInt());
            guest.walk(2, 7, "file");
            ByteBuffer readOnly = guest.attributes(7);
            readOnly.getLong();
            NinepClient.qid(readOnly);
            assertEquals(0100440, readOnly.getInt());
            ByteBuffer space = guest.call(8, 5);
            assertEquals(0x01021997, space.getInt());
            assertTrue(space.getInt() > 0 && space.getLong() > 0);
        }
    }

    @Test
    void aReadLeaseChangesNothing() throws Exception {
        try (var guest = mounted()) {
            guest.walk(2, 5, "file");
            for (int flags : List.of(WRONLY, RDWR, TRUNC)) {
                assertErrno(30, () -> guest.open(5, flags));
            }
            assertErrno(30, () -> guest.createIn(2, 9, "x", WRONLY, 0644));
            assertErrno(30, () -> guest.makeDirectory(2, "x", 0755));
            assertErrno(30, () -> guest.makeLink(2, "x", "y"));
            assertErrno(30, () -> guest.rename(2, "file", 2, "x"));
            assertErrno(30, () -> guest.unlink(2, "file", 0));
            assertErrno(30, () -> guest.setAttributes(5, 1, 0644, 0));
            assertErrno(30, () -> guest.call(70, 2, 5, "x"));
            guest.open(5, RDONLY);
            assertErrno(30, () -> guest.write(5, 0, bytes("x")));
            assertEquals("content", text(guest.readAll(5)));
            assertErrno(95, () -> guest.call(30, 5, 9, "user.x"));
            assertErrno(95, () -> guest.call(32, 5, "user.x", 3L, 0));
        }
        assertEquals(List.of("file", "sub"), names(tree));
    }

    private static List<String> names(Path folder) throws IOException {
        try (var all = Files.list(folder)) {
            return all.map(path -> String.valueOf(path.getFileName())).sorted().toList();
        }
    }
}
