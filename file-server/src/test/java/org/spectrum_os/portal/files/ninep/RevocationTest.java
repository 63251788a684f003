// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.files.lent.Access;
import org.spectrum_os.portal.protocol.LogBudget;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.FileContent;
import org.spectrum_os.portal.transport.FileNode;
import org.spectrum_os.portal.transport.SocketKind;

/** A lease ends: what was reachable is not any more, at once. */
@Timeout(60)
class RevocationTest {
    private static final int ESTALE = 116;

    @TempDir
    Path folder;

    private final Bench bench = new Bench();
    private Path file = Path.of("/");

    @BeforeEach
    void lend() throws Exception {
        file = Files.write(folder.resolve("secret"), new byte[4_000_000]).toRealPath();
        bench.lend("work", "a1", file);
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    private static final Allowance ALLOWANCE = new Allowance(new DescriptorBudget(1000));

    private static Lease lease() {
        return new Lease("work", "x", Access.READ, ALLOWANCE);
    }

    private static void assertStale(Executable call) {
        assertEquals(ESTALE, assertThrows(NinepWire.Failed.class, call).errno());
    }

    @Test
    void everyOperationOnItsFidsFailsAndItsNameIsGone() throws Exception {
        try (var guest = bench.mount("work")) {
            guest.open(1, "a1", "secret");
            guest.walk(0, 2, "a1");
            guest.walk(0, 3, "a1");
            guest.open(3, 0);
            guest.walk(0, 4, "a1", "secret");
            assertEquals(1000, guest.read(1, 0, 1000).length);
            bench.server.revoke("a1");
            assertEquals(0, Bench.descriptorsOf(file));
            assertStale(() -> guest.read(1, 0, 1000));
            assertStale(() -> guest.read(1, 0, 0));
            assertStale(() -> guest.attributes(1));
            assertStale(() -> guest.attributes(2));
            assertStale(() -> guest.walk(2, 9, "secret"));
            assertStale(() -> guest.walk(1, 9));
            assertStale(() -> guest.readDirectory(3, 0, 1000));
            assertStale(() -> guest.open(4, 0));
            assertStale(() -> guest.call(52, 1, (byte) 1, 0, 0L, 0L, 1, "host"));
            assertEquals(
                    2,
                    assertThrows(NinepWire.Failed.class, () -> guest.walk(0, 9, "a1"))
                            .errno());
            for (int fid = 1; fid <= 4; fid++) {
                guest.clunk(fid);
            }
            guest.walk(0, 1);
            guest.open(1, 0);
            assertEquals(java.util.List.of(), guest.list(1));
            // The name may be used again, for something else.
            bench.lend("work", "a1", Files.write(folder.resolve("other"), new byte[3]));
            guest.open(7, "a1", "other");
            assertEquals(3, guest.readAll(7).length);
        }
        assertThrows(RefusedException.class, () -> bench.server.revoke("never-lent"));
    }

    @Test
    void whatHasBegunButNotYetChangedAnythingWhenTheLeaseEndsMayNotChangeAnything() throws Exception {
        Lease lease = lease();
        try (Lease.Use late = lease.begin(() -> {});
                Lease.Use inTime = lease.begin(() -> {})) {
            inTime.changes();
            var end = CompletableFuture.runAsync(lease::end);
            Bench.await("it is ending", () -> !lease.isLive());
            assertEquals(ESTALE, assertThrows(Refusal.class, late::changes).errno());
            inTime.changes();
            assertFalse(end.isDone());
            inTime.close();
            end.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void aReaderInFullSwingGetsNothingThatItAskedForLater() throws Exception {
        for (int round = 0; round < 30; round++) {
            String lease = "round-" + round;
            bench.lend("work", lease, file);
            var revoked = new AtomicBoolean();
            var reads = new AtomicLong();
            try (var guest = bench.mount("work")) {
                guest.open(1, lease, "secret");
                var reader = CompletableFuture.runAsync(() -> {
                    try {
                        while (true) {
                            boolean tooLate = revoked.get();
                            guest.read(1, 0, 500_000);
                            assertFalse(tooLate, "data for a request sent after revoke() had returned");
                            reads.incrementAndGet();
                        }
                    } catch (NinepWire.Failed e) {
                        assertEquals(ESTALE, e.errno());
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                });
                Bench.await("some reads", () -> reads.get() > 3 || reader.isDone());
                bench.server.revoke(lease);
                revoked.set(true);
                reader.get(20, TimeUnit.SECONDS);
                Bench.await("only the other lease's descriptor is left", () -> Bench.descriptorsOf(file) == 1);
            } catch (ExecutionException e) {
                throw new AssertionError("round " + round, e.getCause());
            }
            Bench.await("its connection has ended", () -> bench.server.connections() == 0);
        }
    }

    @Test
    void aGuestThatTakesNoReplyFromOneLeaseKeepsNothingOfAnother() throws Exception {
        Path other = Files.writeString(folder.resolve("other"), "other").toRealPath();
        bench.lend("work", "b1", Access.WRITE, other);
        try (var guest = bench.mount("work")) {
            guest.open(1, "a1", "secret");
            guest.walk(0, 2, "b1");
            bench.gate = new java.util.concurrent.CountDownLatch(1);
            guest.send(14, 2, "temporary", 2, 0600, 0);
            Bench.await("it is being staged", () -> bench.waiting.get() == 1);
            for (int i = 0; i < 3; i++) {
                guest.send(116, 1, 0L, 500_000);
            }
            assertTrue(guest.connection.read(java.nio.ByteBuffer.allocate(1), Duration.ofSeconds(10)) == 1);
            // Done, but its turn to answer comes when the guest has taken what was before it, which is never.
            bench.gate.countDown();
            Thread.sleep(500);
            bench.server.revoke("b1");
            Bench.await("it is closed", () -> Bench.descriptorsOf(other) == 0);
        }
    }

    @Test
    void aGuestThatTakesNoReplyCannotHoldItUp() throws Exception {
        try (var guest = bench.mount("work");
                var other = bench.mount("work")) {
            guest.open(1, "a1", "secret");
            bench.expectEvent("used a1");
            for (int i = 0; i < 40; i++) {
                guest.send(116, 1, 0L, 500_000);
            }
            other.attributes(0);
            // Let it get stuck in the first reply: bytes are there that nobody takes.
            assertTrue(guest.connection.read(java.nio.ByteBuffer.allocate(1), Duration.ofSeconds(10)) == 1);
            // All that its instance may have in the log in a minute, so that the line about this one is not to be seen.
            for (int i = 0; i < LogBudget.MOST; i++) {
                bench.connect("work").close();
                bench.expectEvent("gone work 2");
            }
            assertEquals(
                    LogBudget.MOST,
                    bench.log.stream()
                            .filter(line -> line.startsWith("connection "))
                            .count());
            long start = System.nanoTime();
            bench.server.revoke("a1");
            assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(8));
            assertEquals(0, Bench.descriptorsOf(file));
            bench.expectEvent("gone work 1");
            String took = Performance.TOOK_NO_REPLY;
            Bench.await("it is seen", () -> bench.log.stream().anyMatch(line -> line.contains(took)));
            other.attributes(0);
        }
    }

    @Test
    void workInProgressKeepsTheDescriptorButIsNotAnswered() throws Exception {
        Descriptor descriptor = FileNode.openForReading(file);
        Lease lease = lease();
        Handle lent = lease.handles().own(descriptor);
        Lease.Use slow = lease.begin(() -> {
            throw new AssertionError("nothing to cut");
        });
        Lease.Use second = lease.begin(() -> {});
        // Returns at once although two operations are waiting for their disk.
        lease.end();
        assertFalse(lease.isLive());
        assertFalse(descriptor.isClosed());
        assertEquals(4_000_000, FileNode.status(lent.descriptor()).size());
        assertThrows(Refusal.class, () -> lease.begin(() -> {}));
        assertFalse(slow.answer());
        assertFalse(descriptor.isClosed());
        second.close();
        assertTrue(descriptor.isClosed());
        slow.close();
        lease.end();
    }

    @Test
    void aReadThatIsDoneOnlyAfterTheLeaseEndedIsAnsweredWithTheError() throws Exception {
        Connection.Ends ends = Connection.pair(SocketKind.STREAM);
        try (Connection here = ends.first();
                var guest = new NinepClient(ends.second());
                Arena arena = Arena.ofConfined()) {
            Lease lease = lease();
            Handle lent = lease.handles().own(FileNode.openForReading(file));
            var replies = new Replies(here);
            Replies.Pending read =
                    replies.expect(5, new Request.Read(1, 0, 100), new Replies.Epoch(8192, new Fids(ALLOWANCE)));
            var failure = new AtomicReference<@Nullable Exception>();
            ReplyBuffer.provide(() -> {
                try (var operation = new Operation(() -> {})) {
                    operation.using(lease);
                    assertEquals(100, FileContent.read(lent.descriptor(), arena.allocate(100), 0));
                    lease.end();
                    replies.answer(read, operation, ReplyBuffer.current().small());
                } catch (Refusal | IOException e) {
                    failure.set(e);
                }
            });
            assertNull(failure.get());
            NinepWire.Message answer = guest.receive();
            assertEquals(7, answer.type());
            assertEquals(5, answer.tag());
            assertEquals(ESTALE, answer.body().getInt());
        }
    }

    @Test
    void anAnswerOnItsWayIsWaitedFor() throws Exception {
        Lease lease = lease();
        lease.handles().own(FileNode.openForReading(file));
        Lease.Use use = lease.begin(() -> {
            throw new AssertionError("it answers in time");
        });
        assertTrue(use.answer());
        var ended = CompletableFuture.runAsync(lease::end);
        Bench.await("the lease is ending", () -> !lease.isLive());
        assertFalse(ended.isDone());
        use.close();
        ended.get(20, TimeUnit.SECONDS);
    }
}
