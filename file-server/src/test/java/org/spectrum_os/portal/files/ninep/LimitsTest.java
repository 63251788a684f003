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
