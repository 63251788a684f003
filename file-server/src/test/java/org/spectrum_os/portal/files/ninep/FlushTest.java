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
import java.util.HashSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.files.lent.Access;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.SocketKind;

/** A flushed request either was answered before Rflush, or is never answered and has changed nothing. */
@Timeout(60)
class FlushTest {
    @TempDir
    Path folder;

    @Test
    void whatIsFlushedIsNeitherAnsweredNorDone() throws Exception {
        Connection.Ends ends = Connection.pair(SocketKind.STREAM);
        try (Connection here = ends.first();
                var guest = new NinepClient(ends.second())) {
            var replies = new Replies(here);
            var epoch = new Replies.Epoch(8192, new Fids(new Allowance(new DescriptorBudget(1000))));
            Replies.Pending slow = replies.expect(1, new Request.GetAttributes(0, 0), epoch);
            Replies.Pending flush = replies.expect(2, new Request.Flush(1), epoch);
            Replies.Pending late = replies.expect(3, new Request.Flush(1), epoch);
            assertThrows(MalformedMessageException.class, () -> replies.expect(3, new Request.Flush(1), epoch));
            var done = new AtomicBoolean();
            var undone = new AtomicBoolean();
            ReplyBuffer.provide(() -> {
                try (var operation = new Operation(() -> {})) {
                    operation.whenAnswered(() -> done.set(true), () -> undone.set(true));
                    replies.flush(flush, 1);
                    assertTrue(replies.isFlushed(slow));
                    // The tag is free again at once, and the old request does not take the new one's place.
                    Replies.Pending again = replies.expect(1, new Request.GetAttributes(0, 0), epoch);
                    replies.answer(slow, operation, ReplyBuffer.current().small());
                    replies.send(again, Reply.Done.SYNCHRONISED);
                    // Flushing what has been answered already is answered too.
                    replies.flush(late, 1);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            assertFalse(done.get());
            assertTrue(undone.get());
            NinepWire.Message first = guest.receive();
            assertEquals(109, first.type());
            assertEquals(2, first.tag());
            NinepWire.Message second = guest.receive();
            assertEquals(51, second.type());
            assertEquals(1, second.tag());
            assertEquals(3, guest.receive().tag());
        }
    }

    @Test
    void underLoadNoReplyFollowsItsRflush() throws Exception {
        Path file = Files.write(folder.resolve("big"), new byte[1_000_000]);
        try (var bench = new Bench()) {
            bench.lend("work", "a1", file);
            try (var guest = bench.mount("work")) {
                guest.open(1, "a1", "big");
                for (int round = 0; round < 50; round++) {
                    int flushes = 12;
                    var flushOf = new java.util.HashMap<Integer, Integer>();
                    for (int i = 0; i < flushes; i++) {
                        int read = guest.send(116, 1, 0L, 300_000);
                        flushOf.put(guest.send(108, (short) read), read);
                    }
                    var flushed = new HashSet<Integer>();
                    while (flushed.size() < flushes) {
                        NinepWire.Message message = guest.receive();
                        if (message.type() == 109) {
                            assertTrue(flushed.add(flushOf.get(message.tag())));
                        } else {
                            assertEquals(117, message.type());
                            assertFalse(flushed.contains(message.tag()), "a reply after its Rflush");
                        }
                    }
                    guest.attributes(1);
                }
            }
        }
    }

    /** A lease whose folder takes as long as it likes to make a file. */
    private void lendSlow(Bench bench) throws Exception {
        bench.lend("work", "a1", Access.WRITE, Files.write(folder.resolve("one"), new byte[10]));
        bench.gate = new CountDownLatch(1);
    }

    @Test
    void aTagInUseEndsTheConnection() throws Exception {
        try (var bench = new Bench()) {
            lendSlow(bench);
            try (var guest = bench.mount("work")) {
                guest.walk(0, 1, "a1");
                guest.connection.write(NinepClient.message(14, 500, 1, "new", 1, 0644, 0));
                Bench.await("it is being made", () -> bench.waiting.get() == 1);
                guest.connection.write(NinepClient.message(24, 500, 0, 0x7ffL));
                bench.expectEvent("gone work 0");
            }
            bench.gate.countDown();
        }
    }

    @Test
    void whatTakesLongHoldsUpNeitherOthersNorItsOwnFlush() throws Exception {
        try (var bench = new Bench()) {
            lendSlow(bench);
            long before = Bench.openDescriptors();
            try (var guest = bench.mount("work")) {
                // Each in a lease of its own: within one, names are changed one at a time.
                var tags = new java.util.ArrayList<Integer>();
                for (int i = 0; i < 12; i++) {
                    bench.lend("work", "b" + i, Access.WRITE, folder.resolve("one"));
                    guest.walk(0, 10 + i, "b" + i);
                }
                for (int i = 0; i < 12; i++) {
                    tags.add(guest.send(14, 10 + i, "new", 1, 0644, 0));
                }
                Bench.await("as many as one instance may keep at it", () -> bench.waiting.get() == Staging.AT_ONCE);
                // More than may be busy: the rest waits, and the guest is heard all the same.
                for (int tag : tags) {
                    guest.call(108, (short) tag);
                }
                bench.gate.countDown();
                guest.attributes(0);
                for (int i = 0; i < 12; i++) {
                    // Not made: the fid still is the directory.
                    guest.attributes(10 + i);
                    bench.server.revoke("b" + i);
                }
            }
            bench.expectEvent("gone work 0");
            Bench.await("what was staged for nobody is closed", () -> Bench.openDescriptors() <= before);
        }
    }

    @Test
    void otherRequestsGoOnMeanwhile() throws Exception {
        try (var bench = new Bench()) {
            lendSlow(bench);
            try (var guest = bench.mount("work")) {
                guest.walk(0, 1, "a1");
                int slow = guest.send(14, 1, "new", 1, 0644, 0);
                for (int i = 0; i < 100; i++) {
                    guest.attributes(0);
                    assertEquals(10, guest.content("a1", "one").length);
                }
                bench.gate.countDown();
                NinepWire.Message made = guest.receive();
                assertEquals(slow, made.tag());
                assertEquals(15, made.type());
            }
        }
    }
}
