// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.spectrum_os.portal.files.ninep.Bench.assertErrno;
import static org.spectrum_os.portal.files.ninep.NinepClient.bytes;
import static org.spectrum_os.portal.files.ninep.NinepClient.text;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A lent directory that is large, deep, or shared with the host while a guest is at work in it. */
@Timeout(120)
class SharedTreeTest extends LentTree {
    private static final int RDONLY = 0;
    private static final int RDWR = 2;

    /** Linux has every process that inherited an open file unlock all of it when it ends. */
    @Test
    void aProcessUnlocksOnlyWhatItHoldsItself() throws Exception {
        try (var guest = mounted()) {
            for (int fid : List.of(5, 6)) {
                guest.walk(1, fid, "file");
                guest.open(fid, RDWR);
            }
            assertEquals(0, guest.lockAs(1, 5, 1, 10, 10));
            assertEquals(0, guest.lockAs(2, 5, 2, 0, 0));
            assertEquals(1, guest.lock(6, 1, 10, 10));
            // Another that holds something too, and the ranges of both overlap.
            assertEquals(0, guest.lockAs(1, 5, 0, 10, 10));
            assertEquals(0, guest.lockAs(2, 5, 0, 15, 0));
            assertEquals(0, guest.lockAs(2, 5, 0, 0, 5));
            assertEquals(0, guest.lockAs(1, 5, 2, 0, 0));
            assertEquals(0, guest.lock(6, 1, 5, 10));
            assertEquals(1, guest.lock(6, 1, 15, 1));
            assertEquals(1, guest.lock(6, 1, 4, 1));
            assertEquals(0, guest.lockAs(2, 5, 2, 0, 100));
            assertEquals(0, guest.lock(6, 1, 0, 100));
            assertEquals(1, guest.lock(6, 1, 100, 1));
            assertEquals(0, guest.lockAs(2, 5, 2, 100, 0));
            assertEquals(0, guest.lock(6, 1, 0, 0));
        }
    }

    @Test
    void locksAreSeenByOtherFidsAndByTheHost() throws Exception {
        try (var guest = mounted();
                var channel = java.nio.channels.FileChannel.open(
                        tree.resolve("file"),
                        java.nio.file.StandardOpenOption.WRITE,
                        java.nio.file.StandardOpenOption.READ)) {
            for (int fid : List.of(5, 6)) {
                guest.walk(1, fid, "file");
                guest.open(fid, RDWR);
            }
            assertEquals(0, guest.lock(5, 1, 0, 10));
            assertEquals(1, guest.lock(6, 0, 5, 0));
            ByteBuffer held = guest.call(54, 6, (byte) 0, 5L, 0L, 1, "guest");
            assertEquals(1, held.get());
            assertEquals(0, held.getLong());
            assertEquals(10, held.getLong());
            assertEquals(0, guest.lock(6, 1, 10, 0));
            org.junit.jupiter.api.Assertions.assertNull(channel.tryLock(0, 5, false));
            guest.clunk(5);
            channel.tryLock(0, 5, false).release();
            assertErrno(22, () -> guest.lock(6, 3, 0, 0));
            assertErrno(22, () -> guest.lock(6, 1, -1, 0));
            assertErrno(9, () -> guest.lock(1, 1, 0, 0));
        }
    }

    @Test
    void aHundredThousandEntriesAreListedInPiecesWhileSomeGo() throws Exception {
        Path many = Files.createDirectory(tree.resolve("many"));
        for (int i = 0; i < 100_000; i++) {
            Files.createSymbolicLink(many.resolve("entry-" + i), Path.of("x"));
        }
        try (var guest = mounted()) {
            guest.walk(1, 5, "many");
            guest.open(5, RDONLY);
            assertEquals(100_000, new HashSet<>(guest.list(5)).size());
            List<NinepClient.Entry> some = guest.readDirectory(5, 0, 4096);
            for (int i = 0; i < 100_000; i += 1000) {
                Files.delete(many.resolve("entry-" + i));
            }
            var names = new HashSet<String>();
            some.forEach(entry -> names.add(entry.name()));
            long offset = some.getLast().next();
            for (some = guest.readDirectory(5, offset, 65_536);
                    !some.isEmpty();
                    some = guest.readDirectory(5, offset, 65_536)) {
                for (NinepClient.Entry entry : some) {
                    assertTrue(names.add(entry.name()), "twice: " + entry.name());
                }
                offset = some.getLast().next();
            }
            assertTrue(names.size() >= 99_902, names.size() + " names");
            assertErrno(22, () -> guest.readDirectory(5, 0, 20));
            // Offsets that were never given do no harm.
            for (long strange : new long[] {1, 12345, Long.MAX_VALUE, Long.MIN_VALUE, -1}) {
                try {
                    guest.readDirectory(5, strange, 4096);
                } catch (NinepWire.Failed e) {
                    assertEquals(22, e.errno());
                }
            }
        }
    }

    @Test
    void aDirectoryTooDeepIsNotEntered() throws Exception {
        Path deep = tree;
        for (int i = 0; i < 130; i++) {
            deep = Files.createDirectory(deep.resolve("d"));
        }
        try (var guest = mounted()) {
            guest.walk(1, 5);
            for (int i = 0; i < HostTree.DEPTH; i++) {
                guest.walk(5, 5, "d");
            }
            assertErrno(36, () -> guest.walk(5, 5, "d"));
            assertErrno(36, () -> guest.makeDirectory(5, "e", 0755));
        }
    }

    @Test
    void whatTheHostDoesToAnOpenFileIsSeen() throws Exception {
        try (var guest = mounted()) {
            guest.walk(1, 5, "file");
            guest.open(5, RDWR);
            try (var host = new java.io.RandomAccessFile(tree.resolve("file").toFile(), "rw")) {
                host.setLength(0);
            }
            assertEquals(0, guest.read(5, 3, 10).length);
            Files.delete(tree.resolve("file"));
            assertEquals(4, guest.write(5, 0, bytes("more")));
            assertEquals("more", text(guest.readAll(5)));
            Files.createDirectory(tree.resolve("file"));
            assertEquals(Qid.DIRECTORY, guest.walk(1, 6, "file").getFirst().type());
            Files.delete(tree.resolve("file"));
            guest.open(6, RDONLY);
            assertErrno(2, () -> guest.list(6));
            assertFalse(Files.exists(tree.resolve("file"), LinkOption.NOFOLLOW_LINKS));
        }
    }

    @Test
    void whatIsMovedTooDeepIsOutOfReachUntilItIsMovedUp() throws Exception {
        int levels = HostTree.DEPTH - 2;
        try (var guest = mounted()) {
            for (String top : List.of("a", "b")) {
                guest.makeDirectory(1, top, 0755);
                guest.walk(1, 10, top);
                for (int i = 0; i < levels; i++) {
                    guest.makeDirectory(10, "d", 0755);
                    guest.walk(10, 10, "d");
                }
                if (top.equals("a")) {
                    guest.clunk(10);
                }
            }
            // Fid 10 is b's deepest.
            guest.rename(1, "a", 10, "a");
            guest.walk(10, 11, "a");
            assertErrno(36, () -> guest.walk(11, 12, "d"));
            assertErrno(36, () -> guest.makeDirectory(11, "x", 0755));
            assertErrno(36, () -> guest.createIn(11, 12, "x", 1, 0644));
            assertErrno(36, () -> guest.makeLink(11, "x", "y"));
            assertErrno(36, () -> guest.unlink(11, "d", 0x200));
            assertErrno(36, () -> guest.rename(1, "file", 11, "file"));
            guest.walk(11, 13);
            guest.open(13, RDONLY);
            assertEquals(List.of("d"), guest.list(13));
            guest.rename(10, "a", 1, "a");
            guest.walk(1, 14, "a", "d", "d");
            guest.makeDirectory(14, "x", 0755);
            assertTrue(Files.isDirectory(tree.resolve("a/d/d/x")));
        }
    }
}
