// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.files.lent.Access;

/** The host changes things while guests use them; leases end while guests write. */
@Timeout(300)
class RaceTest {
    private static final int TRIES = 10_000;

    @TempDir
    Path temporary;

    @Test
    void aDirectorySwappedForALinkLeadsNowhere() throws Exception {
        Path root = temporary.toRealPath();
        Path tree = Files.createDirectory(root.resolve("tree"));
        Path real = Files.createDirectory(tree.resolve("dir"));
        Files.writeString(real.resolve("f"), "inside");
        Path outside = Files.createDirectory(root.resolve("outside"));
        Files.writeString(outside.resolve("f"), "SECRET");
        Path link = Files.createSymbolicLink(root.resolve("link"), outside);
        Path aside = root.resolve("aside");
        long before = Bench.openDescriptors();
        try (var bench = new Bench()) {
            bench.lend("work", "a1", Access.WRITE, tree);
            var over = new AtomicBoolean();
            var swaps = new AtomicLong();
            var host = CompletableFuture.runAsync(() -> {
                try {
                    while (!over.get()) {
                        Files.move(real, aside, StandardCopyOption.ATOMIC_MOVE);
                        Files.move(link, real, StandardCopyOption.ATOMIC_MOVE);
                        Files.move(real, link, StandardCopyOption.ATOMIC_MOVE);
                        Files.move(aside, real, StandardCopyOption.ATOMIC_MOVE);
                        swaps.incrementAndGet();
                    }
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            int reached = 0;
            try (var guest = bench.mount("work")) {
                guest.walk(0, 1, "a1", "tree");
                for (int i = 0; i < TRIES; i++) {
                    try {
                        if (i % 4 == 3) {
                            guest.walk(1, 2, "dir");
                            try {
                                guest.createIn(2, 3, "made", 1, 0644);
                                guest.clunk(3);
                                guest.unlink(2, "made", 0);
                            } finally {
                                guest.clunk(2);
                            }
                        } else {
                            assertEquals("inside", NinepClient.text(guest.content("a1", "tree", "dir", "f")));
                        }
                        reached++;
                    } catch (NinepWire.Failed e) {
                        assertTrue(e.errno() == 2 || e.errno() == 20 || e.errno() == 40, "errno " + e.errno());
                    }
                }
            } finally {
                over.set(true);
                host.get(20, TimeUnit.SECONDS);
            }
            System.out.println(TRIES + " walks, " + reached + " reached the directory, " + swaps + " swaps");
            assertTrue(reached > 0 && reached < TRIES && swaps.get() > 100);
            try (var files = Files.list(outside)) {
                assertEquals(1, files.count());
            }
        }
        Bench.await("every descriptor is closed", () -> Bench.openDescriptors() <= before);
    }

    @Test
    void aFullDiskIsToldAndWhatIsThereStays() throws Exception {
        Path mount = Files.createDirectory(temporary.toRealPath().resolve("small"));
        var mounting = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=1m", "none", mount.toString())
                .redirectErrorStream(true)
                .start();
        Assumptions.assumeTrue(
                mounting.waitFor() == 0,
                "mounting a small tmpfs is not permitted here: run as root to test a full disk");
        try (var bench = new Bench()) {
            Path file = Files.writeString(mount.resolve("file"), "before");
            bench.lend("work", "a1", Access.WRITE, mount);
            bench.lend("work", "b1", Access.WRITE, file);
            try (var guest = bench.mount("work")) {
                guest.walk(0, 1, "a1", "small");
                guest.createIn(1, 2, "big", 1, 0644);
                int errno = 0;
                for (long at = 0; errno == 0 && at < 4 << 20; at += 100_000) {
                    try {
                        guest.write(2, at, new byte[100_000]);
                    } catch (NinepWire.Failed e) {
                        errno = e.errno();
                    }
                }
                assertEquals(28, errno);
                // Half a new version never takes the place of the old one.
                assertThrows(NinepWire.Failed.class, () -> guest.stageIn("b1", 3, "tmp", new byte[500_000]));
                assertEquals("before", NinepClient.text(guest.content("b1", "file")));
                guest.unlink(1, "big", 0);
                guest.clunk(2);
                guest.createIn(1, 4, "again", 1, 0644);
                assertEquals(1000, guest.write(4, 0, new byte[1000]));
                // Another file system below is as if it were not there.
                bench.lend("work", "c1", Access.READ, temporary);
                String top = String.valueOf(temporary.getFileName());
                assertFalse(guest.names("c1", top).contains("small"));
                assertEquals(2, guest.walk(0, 9, "c1", top, "small").size());
            }
        } finally {
            assertEquals(
                    0,
                    new ProcessBuilder("umount", "-l", mount.toString()).start().waitFor());
        }
    }

    @Test
    void noWriteThatWasAnsweredIsLostWhenTheLeaseEnds() throws Exception {
        Path tree = Files.createDirectory(temporary.toRealPath().resolve("tree"));
        for (int round = 0; round < 40; round++) {
            String lease = "round-" + round;
            try (var bench = new Bench()) {
                bench.lend("work", lease, Access.WRITE, tree);
                var acknowledged = new AtomicLong();
                var ended = new AtomicBoolean();
                try (var guest = bench.mount("work")) {
                    guest.walk(0, 1, lease, "tree");
                    guest.createIn(1, 2, lease, 1, 0644);
                    var writer = CompletableFuture.runAsync(() -> {
                        byte[] block = new byte[5000];
                        java.util.Arrays.fill(block, (byte) 'x');
                        try {
                            while (true) {
                                boolean tooLate = ended.get();
                                int done = guest.write(2, acknowledged.get(), block);
                                assertFalse(tooLate, "a write sent after the end of the lease succeeded");
                                acknowledged.addAndGet(done);
                            }
                        } catch (NinepWire.Failed e) {
                            assertEquals(116, e.errno());
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    });
                    Bench.await("some writes", () -> acknowledged.get() > 50_000 || writer.isDone());
                    bench.server.revoke(lease);
                    ended.set(true);
                    long size = Files.size(tree.resolve(lease));
                    writer.get(20, TimeUnit.SECONDS);
                    assertTrue(size >= acknowledged.get(), size + " bytes of " + acknowledged);
                    assertEquals(size, Files.size(tree.resolve(lease)), "something was written after the end");
                    assertEquals(
                            0, Bench.descriptorsOf(tree.resolve(lease)), "the file stays open after the lease ended");
                }
            }
        }
    }

    @Test
    void aRenameInProgressIsOverWhenTheLeaseHasEnded() throws Exception {
        Path tree = Files.createDirectory(temporary.toRealPath().resolve("tree"));
        Files.writeString(tree.resolve("name-0"), "content");
        int last = 0;
        for (int round = 0; round < 20; round++) {
            try (var bench = new Bench()) {
                bench.lend("work", "a1", Access.WRITE, tree);
                int first = last;
                var at = new AtomicLong(first);
                try (var guest = bench.mount("work")) {
                    guest.walk(0, 1, "a1", "tree");
                    var mover = CompletableFuture.runAsync(() -> {
                        try {
                            while (true) {
                                guest.rename(1, "name-" + at.get(), 1, "name-" + (at.get() + 1));
                                at.incrementAndGet();
                            }
                        } catch (NinepWire.Failed e) {
                            assertEquals(116, e.errno());
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    });
                    Bench.await("some renames", () -> at.get() > first + 20 || mover.isDone());
                    bench.server.revoke("a1");
                    String[] names = tree.toFile().list();
                    mover.get(20, TimeUnit.SECONDS);
                    assertEquals(1, names.length);
                    last = Integer.parseInt(names[0].substring(5));
                    // The last may have been carried out without being answered; none is undone.
                    assertTrue(last == at.get() || last == at.get() + 1, last + " but " + at);
                    assertEquals(names[0], tree.toFile().list()[0]);
                }
            }
        }
    }

    @Test
    void aLeaseThatEndsWhileAFileIsStagedLeavesNothing() throws Exception {
        Path file = Files.writeString(temporary.toRealPath().resolve("file"), "old");
        long before = Bench.openDescriptors();
        try (var bench = new Bench()) {
            bench.lend("work", "a1", Access.WRITE, file);
            bench.gate = new java.util.concurrent.CountDownLatch(1);
            try (var guest = bench.mount("work")) {
                guest.walk(0, 1, "a1");
                guest.send(14, 1, "new", 1, 0644, 0);
                Bench.await("it is being staged", () -> bench.waiting.get() == 1);
                long start = System.nanoTime();
                bench.server.revoke("a1");
                assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(10));
                bench.gate.countDown();
                NinepWire.Message answer = guest.receive();
                assertEquals(7, answer.type());
                assertEquals(116, answer.body().getInt());
            }
        }
        Bench.await("every descriptor is closed", () -> Bench.openDescriptors() <= before);
    }
}
