// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.files.lent.Access;

/** What one instance may use up, and that it is its own loss when it has. */
@Timeout(120)
class LimitsTest {
    @TempDir
    Path temporary;

    private Path tree() throws IOException {
        Path tree = Files.createDirectories(temporary.toRealPath().resolve("tree"));
        Files.writeString(tree.resolve("file"), "content");
        return tree;
    }

    private static void assertErrno(int errno, org.junit.jupiter.api.function.Executable call) {
        assertEquals(errno, assertThrows(NinepWire.Failed.class, call).errno());
    }

    @Test
    void oneInstanceAtEveryLimitIsNoLossToAnother() throws Exception {
        Path tree = tree();
        try (var bench = new Bench()) {
            bench.lend("hostile", "h", Access.WRITE, tree);
            bench.lend("work", "w", Access.WRITE, tree);
            long before = Bench.openDescriptors();
            try (var hostile = bench.mount("hostile");
                    var second = bench.mount("hostile");
                    var work = bench.mount("work")) {
                hostile.walk(0, 1, "h", "tree");
                int fid = 2;
                int errno = 0;
                while (errno == 0) {
                    try {
                        hostile.walk(1, fid, "file");
                        fid++;
                    } catch (NinepWire.Failed e) {
                        errno = e.errno();
                    }
                }
                assertEquals(24, errno);
                assertEquals(Allowance.HANDLES, fid - 2, "handles beneath the lent directory");
                // The limit is the instance's, not the connection's.
                second.walk(0, 1, "h", "tree");
                assertErrno(24, () -> second.walk(1, 2, "file"));
                int fids = fid + 2;
                while (true) {
                    try {
                        second.walk(0, fids);
                        fids++;
                    } catch (NinepWire.Failed e) {
                        assertEquals(24, e.errno());
                        break;
                    }
                }
                assertTrue(fids <= Allowance.FIDS && fids > Allowance.FIDS - 8, fids + " fids");
                assertEquals("content", NinepClient.text(work.content("w", "tree", "file")));
                // One let go is one to be had.
                hostile.clunk(2);
                second.walk(1, 2, "file");
            }
            Bench.await("all handles closed", () -> Bench.openDescriptors() <= before);
        }
    }

    @Test
    void locksAreBounded() throws Exception {
        Path tree = tree();
        try (var bench = new Bench()) {
            bench.lend("hostile", "h", Access.WRITE, tree);
            bench.lend("work", "w", Access.WRITE, tree);
            try (var hostile = bench.mount("hostile");
                    var work = bench.mount("work")) {
                hostile.walk(0, 1, "h", "tree", "file");
                hostile.open(1, 2);
                int got = 0;
                try {
                    while (got < 20_000) {
                        hostile.lock(1, 1, 1 + 2L * got, 1);
                        got++;
                    }
                } catch (NinepWire.Failed e) {
                    assertEquals(37, e.errno());
                }
                assertEquals(Allowance.LOCKS, got);
                assertErrno(37, () -> hostile.lock(1, 1, 1_000_000, 1));
                work.walk(0, 1, "w", "tree", "file");
                work.open(1, 2);
                work.lock(1, 1, 2_000_000, 1);
                // One large lock instead of them all; then holes in it, each of which makes two of one.
                hostile.lock(1, 2, 0, 0);
                hostile.lock(1, 1, 0, 1_000_000);
                int holes = 0;
                try {
                    while (holes < 20_000) {
                        hostile.lock(1, 2, 1 + 2L * holes, 1);
                        holes++;
                    }
                } catch (NinepWire.Failed e) {
                    assertEquals(37, e.errno());
                }
                assertEquals(Allowance.LOCKS - 1, holes);
                hostile.clunk(1);
                hostile.walk(0, 1, "h", "tree", "file");
                hostile.open(1, 2);
                hostile.lock(1, 0, 0, 10);
                hostile.lock(1, 0, 10, 10);
            }
        }
    }

    @Test
    void oneInstanceDoesNotKeepTheBackendFromSavingForOthers() throws Exception {
        Path folder = temporary.toRealPath();
        try (var bench = new Bench();
                var hostile = bench.mount("hostile")) {
            bench.gate = new java.util.concurrent.CountDownLatch(1);
            for (int i = 0; i < 6; i++) {
                bench.lend("hostile", "h" + i, Access.WRITE, Files.writeString(folder.resolve("file" + i), ""));
                hostile.walk(0, 1 + i, "h" + i);
            }
            for (int i = 0; i < 6; i++) {
                hostile.send(14, 1 + i, "temporary", 2, 0600, 0);
            }
            Bench.await("some wait", () -> bench.waiting.get() >= Staging.AT_ONCE);
            Thread.sleep(300);
            assertEquals(Staging.AT_ONCE, bench.waiting.get());
            bench.gate.countDown();
        }
    }

    @Test
    void oneInstanceDoesNotGetAllTheDescriptorsThereAre() throws Exception {
        var budget = new DescriptorBudget(1256);
        var hostile = new Allowance(budget);
        int got = 0;
        try {
            while (got < 2000) {
                hostile.takeHandle();
                got++;
            }
        } catch (Refusal e) {
            assertEquals(24, e.errno());
        }
        assertEquals(250, got);
        new Allowance(budget).takeHandle();
    }

    @Test
    void aGuestThatSendsAndNeverReadsIsHeldUpAlone() throws Exception {
        Path tree = tree();
        Files.write(tree.resolve("big"), new byte[1 << 20]);
        try (var bench = new Bench()) {
            bench.lend("hostile", "h", Access.WRITE, tree);
            bench.lend("work", "w", Access.WRITE, tree);
            var over = new AtomicBoolean();
            var sent = new AtomicLong();
            var threads = new ArrayList<Thread>();
            var guests = new ArrayList<NinepClient>();
            for (int i = 0; i < FileServer.CONNECTIONS_PER_INSTANCE; i++) {
                NinepClient hostile = bench.mount("hostile");
                guests.add(hostile);
                hostile.walk(0, 1, "h", "tree", "big");
                hostile.open(1, 2);
                threads.add(Thread.ofPlatform().daemon().start(() -> {
                    try {
                        byte[] data = new byte[400_000];
                        while (!over.get()) {
                            hostile.send(116, 1, 0L, 500_000);
                            hostile.send(118, 1, 0L, data.length, data);
                            sent.incrementAndGet();
                        }
                    } catch (IOException _) {
                        // Cut, which is what it deserves.
                    }
                }));
            }
            try (var work = bench.mount("work")) {
                for (int i = 0; i < 2000; i++) {
                    assertEquals("content", NinepClient.text(work.content("w", "tree", "file")));
                }
            }
            over.set(true);
            guests.forEach(NinepClient::close);
            for (Thread thread : threads) {
                thread.join();
            }
            assertTrue(sent.get() < 1000, sent + " requests were taken from a guest that takes no reply");
            Bench.await("all are gone", () -> bench.server.connections() == 0);
        }
    }

    @Test
    void aThousandInstancesWithTenLeasesEach() throws Exception {
        Path one = Files.write(temporary.toRealPath().resolve("one"), new byte[9]);
        try (var bench = new Bench()) {
            Assumptions.assumeTrue(
                    org.spectrum_os.portal.transport.FileNode.mostDescriptors() > 16_000,
                    "this process may not open 16 000 files: raise its limit (ulimit -n) to run this test");
            System.gc();
            long memory = resident();
            var guests = new ArrayList<NinepClient>();
            for (int i = 0; i < 1000; i++) {
                for (int lease = 0; lease < 10; lease++) {
                    bench.lend("i" + i, "l" + i + "-" + lease, one);
                }
                guests.add(bench.mount("i" + i));
            }
            for (int i = 0; i < 1000; i++) {
                assertEquals(9, guests.get(i).content("l" + i + "-7", "one").length);
            }
            // What the clients here left behind is no part of it.
            System.gc();
            long grown = resident() - memory;
            System.out.println("1000 instances, 10 leases and 1 connection each: " + (grown >> 20) + " MiB more");
            assertTrue(grown < 250L << 20, (grown >> 20) + " MiB more");
            assertEquals(1000, bench.server.connections());
            guests.forEach(NinepClient::close);
            Bench.await("all are gone", () -> bench.server.connections() == 0);
        }
    }

    private static long resident() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("/proc/self/status"));
        String line =
                lines.stream().filter(l -> l.startsWith("VmRSS:")).findFirst().orElseThrow();
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
    }
}
