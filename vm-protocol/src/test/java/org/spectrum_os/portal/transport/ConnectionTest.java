// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connected sockets: bytes, descriptors, timeouts, and being closed under somebody's feet. */
@Timeout(60)
class ConnectionTest {
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    static long openDescriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }

    /** A call on a platform thread of its own. */
    interface Blocking {
        void run() throws Exception;
    }

    static CompletableFuture<Void> elsewhere(Blocking call) {
        return elsewhere("elsewhere", call);
    }

    private static CompletableFuture<Void> elsewhere(String name, Blocking call) {
        var done = new CompletableFuture<Void>();
        Thread.ofPlatform().name(name).daemon().start(() -> {
            try {
                call.run();
                done.complete(null);
            } catch (Throwable e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    /** Starts a call and returns once the kernel says that its thread sleeps. */
    static CompletableFuture<Void> blocked(Blocking call) throws Exception {
        String name = "blocked-" + NAMES.getAndIncrement();
        CompletableFuture<Void> result = elsewhere(name, call);
        long deadline = System.nanoTime() + LONG.toNanos();
        while (!result.isDone() && !sleeps(name)) {
            assertTrue(System.nanoTime() < deadline, "the call does not block");
        }
        return result;
    }

    private static boolean sleeps(String name) throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            for (Path task : tasks.toList()) {
                if (Files.readString(task.resolve("comm")).strip().equals(name)) {
                    return Files.readString(task.resolve("stat")).contains(") S ");
                }
            }
        } catch (java.nio.file.NoSuchFileException e) {
            // Another thread ended since it was listed.
            return false;
        }
        return false;
    }

    static Throwable failureOf(CompletableFuture<Void> call) {
        Throwable cause = assertThrows(ExecutionException.class, () -> call.get(20, TimeUnit.SECONDS))
                .getCause();
        assertNotNull(cause);
        return cause;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void bytesGoBothWays(boolean direct) throws Exception {
        Connection.Ends ends = Connection.pair(SocketKind.STREAM);
        try (Connection here = ends.first();
                Connection there = ends.second()) {
            byte[] sent = new byte[1_000_000];
            new java.util.Random(1).nextBytes(sent);
            ByteBuffer out = direct ? ByteBuffer.allocateDirect(sent.length) : ByteBuffer.allocate(sent.length);
            out.put(sent).flip();
            CompletableFuture<Void> writing = elsewhere(() -> here.write(out));
            ByteBuffer in = direct ? ByteBuffer.allocateDirect(sent.length) : ByteBuffer.allocate(sent.length);
            while (in.hasRemaining()) {
                assertTrue(there.read(in, LONG) > 0);
            }
            writing.get(20, TimeUnit.SECONDS);
            assertFalse(out.hasRemaining());
            byte[] received = new byte[sent.length];
            in.flip().get(received);
            assertArrayEquals(sent, received);
            here.close();
            assertEquals(-1, there.read(ByteBuffer.allocate(1), LONG));
            assertThrows(IOException.class, () -> there.write(ByteBuffer.allocate(1)));
        }
    }

    @Test
    void aReadGivesUpAfterItsTimeout() throws Exception {
        Connection.Ends ends = Connection.pair(SocketKind.STREAM);
        try (Connection here = ends.first();
                Connection there = ends.second()) {
            long start = System.nanoTime();
            assertThrows(SocketTimeoutException.class, () -> here.read(ByteBuffer.allocate(1), Duration.ofMillis(50)));
            assertTrue(System.nanoTime() - start >= 50_000_000);
            assertThrows(SocketTimeoutException.class, () -> here.receiveWithDescriptors(1, 0, Duration.ofMillis(1)));
            there.write(ByteBuffer.wrap(new byte[] {7}));
            assertEquals(1, here.read(ByteBuffer.allocate(9), Duration.ofMillis(1)));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 15})
    void closingWakesAReader(long seconds) throws Exception {
        Connection.Ends ends = Connection.pair(SocketKind.STREAM);
        try (Connection there = ends.second()) {
            CompletableFuture<Void> reading =
                    blocked(() -> ends.first().read(ByteBuffer.allocate(1), Duration.ofSeconds(seconds)));
            ends.first().close();
            assertInstanceOf(ClosedChannelException.class, failureOf(reading));
            assertTrue(ends.first().isClosed());
            assertFalse(there.isClosed());
        }
    }

    @ParameterizedTest
    @EnumSource(SocketKind.class)
    void closingWakesAReceiver(SocketKind kind) throws Exception {
        Connection.Ends ends = Connection.pair(kind);
        try (Connection there = ends.second()) {
            CompletableFuture<Void> receiving =
                    blocked(() -> ends.first().receiveWithDescriptors(10, 1, Duration.ZERO));
            ends.first().close();
            assertInstanceOf(ClosedChannelException.class, failureOf(receiving));
            assertFalse(there.isClosed());
        }
    }

    @Test
    void closingWakesAWriter() throws Exception {
        Connection.Ends ends = Connection.pair(SocketKind.STREAM);
        try (Connection there = ends.second()) {
            CompletableFuture<Void> writing = blocked(() -> ends.first().write(ByteBuffer.allocate(10_000_000)));
            // It has begun, and cannot end, as nobody reads on.
            assertEquals(1, there.read(ByteBuffer.allocate(1), LONG));
            ends.first().close();
            assertInstanceOf(ClosedChannelException.class, failureOf(writing));
        }
    }

    @Test
    void descriptorsTravel() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "content").toRealPath();
        for (SocketKind kind : SocketKind.values()) {
            Connection.Ends ends = Connection.pair(kind);
            try (Connection here = ends.first();
                    Connection there = ends.second();
                    Descriptor one = FileNode.openForReading(file)) {
                here.sendWithDescriptors(ByteBuffer.wrap(new byte[] {1, 2, 3}), List.of(one, one));
                Connection.Received received = there.receiveWithDescriptors(100, 2, LONG);
                assertEquals(3, received.bytes().remaining());
                assertEquals(2, received.descriptors().size());
                for (Descriptor descriptor : received.descriptors()) {
                    assertFalse(descriptor.number() == one.number());
                    assertEquals(FileNode.status(one), FileNode.status(descriptor));
                    descriptor.close();
                }
                here.close();
                Connection.Received end = there.receiveWithDescriptors(100, 2, LONG);
                assertFalse(end.bytes().hasRemaining());
                assertEquals(List.of(), end.descriptors());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void descriptorsOrBytesTooManyAreAllClosed(int allowed) throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "content").toRealPath();
        Connection.Ends ends = Connection.pair(SocketKind.SEQPACKET);
        try (Connection here = ends.first();
                Connection there = ends.second();
                Descriptor one = FileNode.openForReading(file)) {
            long before = openDescriptors();
            here.sendWithDescriptors(ByteBuffer.allocate(4), java.util.Collections.nCopies(allowed + 1, one));
            assertThrows(TruncatedMessageException.class, () -> there.receiveWithDescriptors(4, allowed, LONG));
            here.sendWithDescriptors(ByteBuffer.allocate(5), List.of(one));
            assertThrows(TruncatedMessageException.class, () -> there.receiveWithDescriptors(4, 2, LONG));
            assertEquals(before, openDescriptors());
            // The next packet is whole.
            here.sendWithDescriptors(ByteBuffer.allocate(4), List.of());
            assertEquals(4, there.receiveWithDescriptors(4, 0, LONG).bytes().remaining());
            assertThrows(
                    IOException.class,
                    () -> here.sendWithDescriptors(ByteBuffer.allocate(1), java.util.Collections.nCopies(65, one)));
        }
    }

    @Test
    void aPeerThatDoesNotReadHoldsNobodyUp() throws Exception {
        Connection.Ends ends = Connection.pair(SocketKind.STREAM);
        try (Connection here = ends.first();
                Connection there = ends.second()) {
            here.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), LONG);
            assertEquals(3, there.read(ByteBuffer.allocate(8), LONG));
            long begun = System.nanoTime();
            assertThrows(
                    SocketTimeoutException.class,
                    () -> here.write(ByteBuffer.allocate(8 << 20), Duration.ofMillis(300)));
            Duration took = Duration.ofNanos(System.nanoTime() - begun);
            assertTrue(took.compareTo(Duration.ofMillis(299)) > 0 && took.toSeconds() < 10, took.toString());
        }
    }

    @Test
    void aPeerThatTakesNoPacketsHoldsNobodyUp() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "content").toRealPath();
        Connection.Ends ends = Connection.pair(SocketKind.SEQPACKET);
        try (Connection here = ends.first();
                Connection there = ends.second();
                Descriptor one = FileNode.openForReading(file)) {
            int[] sent = {0};
            assertThrows(SocketTimeoutException.class, () -> {
                while (true) {
                    here.sendWithDescriptors(ByteBuffer.allocate(1000), List.of(one), Duration.ofMillis(50));
                    sent[0]++;
                }
            });
            // What was sent is whole, and there is room again when it was taken.
            for (int i = 0; i < sent[0]; i++) {
                Connection.Received packet = there.receiveWithDescriptors(1000, 1, LONG);
                assertEquals(1000, packet.bytes().remaining());
                packet.descriptors().forEach(Descriptor::close);
            }
            here.sendWithDescriptors(ByteBuffer.allocate(1), List.of(), LONG);
            assertEquals(1, there.receiveWithDescriptors(1000, 1, LONG).bytes().remaining());
        }
    }

    @Test
    void aLongWriteEndsWhenThePeerReads() throws Exception {
        Connection.Ends ends = Connection.pair(SocketKind.STREAM);
        try (Connection here = ends.first();
                Connection there = ends.second()) {
            CompletableFuture<Void> reading = elsewhere(() -> {
                var into = ByteBuffer.allocate(8 << 20);
                while (into.hasRemaining()) {
                    there.read(into, LONG);
                }
            });
            here.write(ByteBuffer.allocate(8 << 20), LONG);
            reading.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void closingWakesATimedWrite() throws Exception {
        Connection.Ends ends = Connection.pair(SocketKind.STREAM);
        try (Connection here = ends.first();
                Connection there = ends.second()) {
            CompletableFuture<Void> writing = blocked(() -> here.write(ByteBuffer.allocate(8 << 20), LONG));
            here.close();
            assertInstanceOf(ClosedChannelException.class, failureOf(writing));
            assertTrue(there.read(ByteBuffer.allocate(1), LONG) > 0, "some of it was written");
        }
    }

    @Test
    void aReleasedSocketLivesOnInOtherHands() throws Exception {
        Connection.Ends ends = Connection.pair(SocketKind.STREAM);
        try (Connection there = ends.second()) {
            CompletableFuture<Void> reading = elsewhere(() -> there.read(ByteBuffer.allocate(1), LONG));
            Descriptor released = ends.first().release();
            ends.first().close();
            assertThrows(ClosedChannelException.class, () -> ends.first().write(ByteBuffer.allocate(1)));
            assertThrows(ClosedChannelException.class, () -> ends.first().release());
            try (Connection again = Connection.adopt(released, new Peer.Pair())) {
                again.write(ByteBuffer.allocate(1));
                reading.get(20, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void aThousandRoundsLeaveNoDescriptorBehind() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "content").toRealPath();
        long before = openDescriptors();
        for (int i = 0; i < 1000; i++) {
            Connection.Ends ends = Connection.pair(SocketKind.SEQPACKET);
            try (Connection here = ends.first();
                    Connection there = ends.second();
                    Descriptor one = FileNode.openForReading(file);
                    Descriptor copy = one.duplicate()) {
                here.sendWithDescriptors(ByteBuffer.allocate(1), List.of(copy));
                there.receiveWithDescriptors(1, 1, LONG).descriptors().forEach(Descriptor::close);
                // This one is never received: it ends with the socket.
                here.sendWithDescriptors(ByteBuffer.allocate(1), List.of(copy));
                assertThrows(
                        ErrnoException.class,
                        () -> Connection.connectUnix(folder.resolve("nobody"), SocketKind.STREAM));
            }
        }
        assertEquals(before, openDescriptors());
    }
}
