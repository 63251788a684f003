// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.spectrum_os.portal.files.ninep.Bench.assertErrno;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.files.lent.Access;

/** One kind of bad input after the other, where a guest may change things. */
@Timeout(60)
class BadInputTest {
    @TempDir
    Path temporary;

    private final Bench bench = new Bench();
    private Path tree = Path.of("/");

    @BeforeEach
    void lend() throws Exception {
        tree = Files.createDirectory(temporary.toRealPath().resolve("tree"));
        Files.writeString(tree.resolve("file"), "content");
        bench.lend("work", "a1", Access.WRITE, tree);
        bench.lend("work", "f1", Access.WRITE, Files.writeString(temporary.resolve("single"), "1"));
    }

    @AfterEach
    void stop() throws Exception {
        bench.server.revoke("a1");
        Bench.await("every descriptor is closed", () -> Bench.descriptorsOf(tree) == 0);
        bench.close();
        assertEquals("content", Files.readString(tree.resolve("file")));
    }

    private NinepClient mounted() throws Exception {
        NinepClient guest = bench.mount("work");
        guest.walk(0, 1, "a1", "tree");
        guest.walk(0, 2, "f1");
        return guest;
    }

    @Test
    void namesThatAreNone() throws Exception {
        try (var guest = mounted()) {
            for (int directory : List.of(1, 2)) {
                for (String bad : List.of("", ".", "..", "/", "a/b", "../x", "a\0b", "\0")) {
                    assertErrno(22, () -> guest.walk(directory, 9, bad));
                    assertErrno(22, () -> guest.createIn(directory, 9, bad, 1, 0644));
                    assertErrno(22, () -> guest.makeDirectory(directory, bad, 0755));
                    assertErrno(22, () -> guest.makeLink(directory, bad, "x"));
                    assertErrno(22, () -> guest.unlink(directory, bad, 0));
                    assertErrno(22, () -> guest.rename(directory, bad, directory, "x"));
                    assertErrno(22, () -> guest.rename(directory, "file", directory, bad));
                }
                String tooLong = "x".repeat(256);
                assertErrno(36, () -> guest.walk(directory, 9, tooLong));
                assertErrno(36, () -> guest.createIn(directory, 9, tooLong, 1, 0644));
                assertErrno(36, () -> guest.rename(directory, "file", directory, tooLong));
            }
            assertErrno(1, () -> guest.makeLink(1, "link", "a\0b"));
            assertErrno(1, () -> guest.makeLink(1, "link", "x".repeat(4096)));
            guest.makeLink(1, "link", "x".repeat(4095));
            assertEquals(4095, guest.call(22, walked(guest, "link")).getShort());
            guest.unlink(1, "link", 0);
        }
    }

    private static int walked(NinepClient guest, String name) throws IOException {
        guest.walk(1, 77, name);
        return 77;
    }

    @Test
    void aNameNeedNotBeUtf8() throws Exception {
        try (var guest = mounted()) {
            guest.walk(1, 5);
            byte[] name = {3, 0, 'a', (byte) 0xff, (byte) 0xc0};
            guest.call(14, 5, name, 1, 0644, 0);
            guest.write(5, 0, NinepClient.bytes("odd"));
            guest.clunk(5);
            guest.walk(1, 6);
            guest.open(6, 0);
            ByteBuffer listed = guest.call(40, 6, 0L, 8000);
            byte[] all = new byte[listed.remaining()];
            listed.get(all);
            String raw = new String(all, java.nio.charset.StandardCharsets.ISO_8859_1);
            assertEquals(true, raw.contains("a\u00ff\u00c0"));
            byte[] walk = {1, 0, 3, 0, 'a', (byte) 0xff, (byte) 0xc0};
            assertEquals(1, guest.call(110, 1, 7, walk).getShort());
            guest.open(7, 0);
            assertArrayEquals(NinepClient.bytes("odd"), guest.readAll(7));
            guest.call(76, 1, name, 0);
            assertEquals(List.of("file"), guest.names("a1", "tree"));
        }
    }

    @Test
    void offsetsAndSizesBeyondReason() throws Exception {
        try (var guest = mounted()) {
            guest.createIn(1, 5, "new", 2, 0644);
            for (long offset : new long[] {-1, Long.MIN_VALUE, 0xffff_ffff_0000_0000L}) {
                assertErrno(22, () -> guest.read(5, offset, 10));
                assertErrno(22, () -> guest.write(5, offset, new byte[10]));
                assertErrno(22, () -> guest.setAttributes(5, 8, 0, offset));
                assertErrno(22, () -> guest.lock(5, 1, offset, 1));
                assertErrno(22, () -> guest.lock(5, 1, 0, offset));
            }
            assertErrno(22, () -> guest.lock(5, 1, Long.MAX_VALUE, Long.MAX_VALUE));
            assertEquals(0, guest.read(5, Long.MAX_VALUE, 10).length);
            // Too large for any file system.
            for (long offset : new long[] {Long.MAX_VALUE - 10, Long.MAX_VALUE}) {
                assertErrno(27, () -> guest.write(5, offset - 1, new byte[10]));
            }
            assertEquals(0, guest.write(5, 0, new byte[0]));
            guest.unlink(1, "new", 0);
        }
    }

    @Test
    void fidsThatAreNotOrNotLikeThat() throws Exception {
        try (var guest = mounted()) {
            assertErrno(9, () -> guest.write(99, 0, new byte[1]));
            assertErrno(9, () -> guest.create(99, "x", 1, 0644));
            assertErrno(9, () -> guest.rename(1, "file", 99, "x"));
            assertErrno(9, () -> guest.call(20, 99, 1, "x"));
            assertErrno(9, () -> guest.synchronise(1));
            guest.walk(1, 5, "file");
            guest.open(5, 0);
            assertErrno(22, () -> guest.create(5, "x", 1, 0644));
            assertErrno(20, () -> guest.makeDirectory(5, "x", 0755));
            assertErrno(20, () -> guest.rename(5, "x", 1, "y"));
            assertErrno(20, () -> guest.unlink(5, "x", 0));
            assertErrno(9, () -> guest.write(5, 0, new byte[1]));
            assertErrno(22, () -> guest.walk(5, 5));
            assertErrno(22, () -> guest.open(walked(guest, "file"), 3));
            // A fid that is in use is not replaced by a file that is made, and no second one is made of it.
            assertErrno(22, () -> guest.walk(1, 5, "file"));
            assertErrno(1, () -> guest.call(122, 1));
        }
    }

    @Test
    void aStormOfVersionsLeavesNothingOpen() throws Exception {
        try (var guest = bench.connect("work")) {
            for (int i = 0; i < 3000; i++) {
                guest.version(8192);
                guest.attach(0);
                guest.walk(0, 1, "a1", "tree", "file");
                if (i % 2 == 0) {
                    guest.open(1, 2);
                }
            }
            guest.version(8192);
            // What was lent itself.
            assertEquals(1, Bench.descriptorsOf(tree));
        }
    }

    @Test
    void aWriteWhoseCountLiesEndsOnlyItsConnection() throws Exception {
        try (var other = mounted()) {
            for (int count : List.of(-1, 0, 11, 9, Integer.MAX_VALUE)) {
                try (var guest = mounted()) {
                    guest.connection.write(NinepClient.message(118, 5, 1, 0L, count, new byte[10]));
                    assertThrows(IOException.class, guest::receive);
                }
            }
            try (var guest = mounted()) {
                // Longer than agreed on.
                var header = ByteBuffer.allocate(23).order(ByteOrder.LITTLE_ENDIAN);
                header.putInt(600_000)
                        .put((byte) 118)
                        .putShort((short) 5)
                        .putInt(1)
                        .putLong(0)
                        .putInt(600_000 - 23);
                guest.connection.write(header.flip());
                assertThrows(IOException.class, guest::receive);
            }
            try (var guest = mounted()) {
                // Ends in the middle of its data.
                var header = ByteBuffer.allocate(30).order(ByteOrder.LITTLE_ENDIAN);
                header.putInt(500_000)
                        .put((byte) 118)
                        .putShort((short) 5)
                        .putInt(1)
                        .putLong(0)
                        .putInt(500_000 - 23);
                guest.connection.write(header.position(30).flip());
            }
            assertEquals(List.of("file"), other.names("a1", "tree"));
        }
    }
}
