// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.control;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.spectrum_os.portal.files.lent.Access;
import org.spectrum_os.portal.files.lent.Entry;
import org.spectrum_os.portal.files.lent.GuestUser;
import org.spectrum_os.portal.files.ninep.NinepClient;
import org.spectrum_os.portal.files.ninep.NinepWire;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.ErrnoException;
import org.spectrum_os.portal.transport.FileNode;
import org.spectrum_os.portal.transport.SocketKind;

/** Both ends of the control socket, joined in one process. */
@Timeout(60)
class FileServerClientTest {
    @TempDir
    Path folder;

    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final List<String> log = new CopyOnWriteArrayList<>();
    /** Answers when it is counted down. */
    private final CountDownLatch disk = new CountDownLatch(1);

    private final class Recorder implements FileServerClient.Events {
        @Override
        public void guestGone(String instance, int connectionsLeft) {
            events.add("gone " + instance + " " + connectionsLeft);
        }

        @Override
        public void used(String lease) {
            events.add("used " + lease);
        }

        @Override
        public void stopped() {
            events.add("stopped");
        }

        @Override
        public Descriptor stage(String lease) throws IOException {
            if (lease.startsWith("slow")) {
                wait(disk);
            }
            events.add("stage " + lease);
            return FileNode.unnamedFile(folder.toRealPath());
        }

        @Override
        public void install(String lease, String name, Descriptor staged) throws IOException {
            events.add("install " + lease + " " + name + " "
                    + FileNode.status(staged).size());
            if (name.equals("full")) {
                throw new ErrnoException("test", ErrnoException.ENOSPC);
            }
            if (name.equals("replaced")) {
                throw new ErrnoException("test", ErrnoException.ESTALE);
            }
        }

        private static void wait(CountDownLatch latch) throws IOException {
            try {
                assertTrue(latch.await(30, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
    }

    private static void lend(FileServerClient client, String lease, String name, Descriptor file) throws IOException {
        client.lend("work", lease, Access.READ, List.of(new Entry(name, Entry.Kind.FILE)), List.of(file));
    }

    private CompletableFuture<Void> serve(Connection control) {
        var ended = new CompletableFuture<Void>();
        Thread.ofPlatform().daemon().start(() -> {
            try (control) {
                new ControlServer(control, log::add).run();
                ended.complete(null);
            } catch (IOException e) {
                ended.completeExceptionally(e);
            }
        });
        return ended;
    }

    private void expect(String event) throws InterruptedException {
        String next = events.poll(20, TimeUnit.SECONDS);
        assertNotNull(next, "instead of '" + event + "'; log " + log);
        assertEquals(event, next);
    }

    private Path file(String name, int size) throws IOException {
        return Files.write(folder.resolve(name), new byte[size]).toRealPath();
    }

    private static long openDescriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }

    @Test
    void lendsServesReportsAndRevokes() throws Exception {
        Connection.Ends control = Connection.pair(SocketKind.SEQPACKET);
        CompletableFuture<Void> server = serve(control.second());
        Connection.Ends guestEnds = Connection.pair(SocketKind.STREAM);
        var client = new FileServerClient(control.first(), new Recorder());
        try (Descriptor lent = FileNode.openForReading(file("one \"ü\"", 7));
                Descriptor socket = guestEnds.first().release();
                var guest = new NinepClient(guestEnds.second())) {
            lend(client, "a1", "one \"ü\"", lent);
            client.serve("work", new GuestUser(1000, 1000), socket);
            guest.mounted().open(1, "a1", "one \"ü\"");
            assertEquals(7, guest.readAll(1).length);
            expect("used a1");
            guest.open(2, "a1", "one \"ü\"");
            assertMessage("already", () -> lend(client, "a1", "x", lent));
            assertThrows(IllegalArgumentException.class, () -> lend(client, "a2", "../x", lent));
            assertMessage("no lease", () -> client.revoke("a2"));
            assertMessage("not a regular file", () -> lend(client, "a2", "x", socket));
            client.revoke("a1");
            assertThrows(NinepWire.Failed.class, () -> guest.read(1, 0, 10));
            guest.close();
            expect("gone work 0");
        } finally {
            client.close();
        }
        server.get(20, TimeUnit.SECONDS);
        assertEquals(List.of(), List.copyOf(events));
        assertMessage("gone", () -> client.revoke("a1"));
    }

    private static void assertMessage(String part, org.junit.jupiter.api.function.Executable call) {
        String message = String.valueOf(assertThrows(IOException.class, call).getMessage());
        assertTrue(message.contains(part), message);
    }

    @Test
    void theServersEndIsReportedOnceAndFailsEveryCall() throws Exception {
        Connection.Ends control = Connection.pair(SocketKind.SEQPACKET);
        try (var client = new FileServerClient(control.first(), new Recorder())) {
            var waiting =
                    CompletableFuture.supplyAsync(() -> assertThrows(IOException.class, () -> client.revoke("x")));
            control.second().receiveWithDescriptors(1000, 0, Duration.ofSeconds(20));
            control.second().close();
            assertTrue(String.valueOf(waiting.get(20, TimeUnit.SECONDS).getMessage())
                    .contains("gone"));
            expect("stopped");
            assertThrows(IOException.class, () -> client.revoke("x"));
        }
        assertEquals(List.of(), List.copyOf(events));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "nonsense",
                "null",
                "{\"type\":\"revoke\",\"id\":1}",
                "{\"type\":\"revoke\",\"id\":1,\"lease\":\"a\",\"more\":1}",
                "{\"type\":\"revoke\",\"id\":1,\"lease\":\"a1\"}",
                "{\"type\":\"done\",\"id\":1}"
            })
    void whatIsNoRequestEndsTheServerAndClosesItsDescriptor(String packet) throws Exception {
        Path one = file("one", 1);
        long before = openDescriptors();
        Connection.Ends control = Connection.pair(SocketKind.SEQPACKET);
        CompletableFuture<Void> server = serve(control.second());
        try (Connection here = control.first();
                Descriptor lent = FileNode.openForReading(one)) {
            here.sendWithDescriptors(ByteBuffer.wrap(packet.getBytes(StandardCharsets.UTF_8)), List.of(lent));
            assertThrows(ExecutionException.class, () -> server.get(20, TimeUnit.SECONDS));
        }
        assertEquals(before, openDescriptors());
    }

    @Test
    void aRequestWithDescriptorsThatAreNotItsOwnEndsTheServerAndClosesThem() throws Exception {
        Path one = file("one", 1);
        long before = openDescriptors();
        Connection.Ends control = Connection.pair(SocketKind.SEQPACKET);
        CompletableFuture<Void> server = serve(control.second());
        try (Connection here = control.first();
                Descriptor lent = FileNode.openForReading(one)) {
            here.sendWithDescriptors(
                    ControlCodec.encode(new ControlMessage.Lend(
                            99, "work", "a1", Access.READ, List.of(new Entry("one", Entry.Kind.FILE)))),
                    List.of(lent, lent));
            assertThrows(ExecutionException.class, () -> server.get(20, TimeUnit.SECONDS));
        }
        assertEquals(before, openDescriptors());
    }

    @Test
    void aFullLeaseOfDirectoriesIsLentInOnePacket() throws Exception {
        Connection.Ends control = Connection.pair(SocketKind.SEQPACKET);
        CompletableFuture<Void> server = serve(control.second());
        Connection.Ends guestEnds = Connection.pair(SocketKind.STREAM);
        try (var client = new FileServerClient(control.first(), new Recorder());
                Descriptor lent = FileNode.openFolder(folder.toRealPath());
                Descriptor socket = guestEnds.first().release();
                var guest = new NinepClient(guestEnds.second())) {
            var entries = new java.util.ArrayList<Entry>();
            for (int i = 0; i < 64; i++) {
                entries.add(new Entry("\"".repeat(250) + i, Entry.Kind.DIRECTORY));
            }
            client.lend("work", "a1", Access.WRITE, entries, java.util.Collections.nCopies(64, lent));
            client.serve("work", new GuestUser(1000, 1000), socket);
            guest.mounted();
            assertEquals(64, guest.names("a1").size());
        }
        server.get(20, TimeUnit.SECONDS);
    }

    @Test
    void filesAreStagedAndInstalledByTheBackend() throws Exception {
        Connection.Ends control = Connection.pair(SocketKind.SEQPACKET);
        CompletableFuture<Void> server = serve(control.second());
        Connection.Ends guestEnds = Connection.pair(SocketKind.STREAM);
        long before;
        try (var client = new FileServerClient(control.first(), new Recorder());
                Descriptor one = FileNode.openForWriting(file("one", 7));
                Descriptor full = FileNode.openForWriting(file("full", 7));
                Descriptor replaced = FileNode.openForWriting(file("replaced", 7));
                Descriptor socket = guestEnds.first().release();
                var guest = new NinepClient(guestEnds.second())) {
            client.lend(
                    "work",
                    "a1",
                    Access.WRITE,
                    List.of(
                            new Entry("one", Entry.Kind.FILE),
                            new Entry("full", Entry.Kind.FILE),
                            new Entry("replaced", Entry.Kind.FILE)),
                    List.of(one, full, replaced));
            client.serve("work", new GuestUser(1000, 1000), socket);
            guest.mounted();
            before = openDescriptors();
            guest.stageIn("a1", 5, "one.tmp", new byte[20]);
            guest.renameIn("a1", "one.tmp", "one");
            guest.stageIn("a1", 5, "full.tmp", new byte[30]);
            // What the backend refuses with is what the guest is told.
            assertEquals(
                    ErrnoException.ENOSPC,
                    assertThrows(NinepWire.Failed.class, () -> guest.renameIn("a1", "full.tmp", "full"))
                            .errno());
            assertEquals(
                    ErrnoException.ESTALE,
                    assertThrows(NinepWire.Failed.class, () -> guest.renameIn("a1", "full.tmp", "replaced"))
                            .errno());
            expect("stage a1");
            expect("used a1");
            expect("install a1 one 20");
            expect("stage a1");
            expect("install a1 full 30");
            expect("install a1 replaced 30");
            client.revoke("a1");
            long now = openDescriptors();
            // The server's own three, which it was lent.
            assertEquals(before - 3, now);
            guest.close();
            expect("gone work 0");
        }
        server.get(20, TimeUnit.SECONDS);
    }

    /** A file server that confirms what is lent, and asks what it is told to. */
    private static void lend(FileServerClient client, Connection server, String instance, String lease, Descriptor file)
            throws Exception {
        var lent = CompletableFuture.runAsync(() -> assertDoesNotThrow(() ->
                client.lend(instance, lease, Access.WRITE, List.of(new Entry("x", Entry.Kind.FILE)), List.of(file))));
        Connection.Received packet =
                server.receiveWithDescriptors(ControlMessage.MOST_BYTES, 1, Duration.ofSeconds(20));
        packet.descriptors().forEach(Descriptor::close);
        var request = (ControlMessage.Lend) ControlCodec.decode(packet, ControlMessage.FromBackend.class);
        server.sendWithDescriptors(ControlCodec.encode(new ControlMessage.Done(request.id())), List.of());
        lent.get(20, TimeUnit.SECONDS);
    }

    private static void ask(Connection server, long id, String lease) throws IOException {
        server.sendWithDescriptors(ControlCodec.encode(new ControlMessage.Stage(id, lease)), List.of());
    }

    private static long answered(Connection server) throws IOException {
        Connection.Received packet =
                server.receiveWithDescriptors(ControlMessage.MOST_BYTES, 1, Duration.ofSeconds(20));
        packet.descriptors().forEach(Descriptor::close);
        return ((ControlMessage.Staged) ControlCodec.decode(packet, ControlMessage.FromBackend.class)).id();
    }

    @Test
    void whoWaitsForASlowDiskHoldsUpNobodyElse() throws Exception {
        Connection.Ends control = Connection.pair(SocketKind.SEQPACKET);
        try (Connection server = control.second();
                var client = new FileServerClient(control.first(), new Recorder());
                Descriptor file = FileNode.openForWriting(file("x", 1))) {
            var answers = new java.util.TreeSet<Long>();
            for (int i = 0; i < 5; i++) {
                lend(client, server, "hostile-" + i, "slow-" + i, file);
                for (int j = 0; j < 4; j++) {
                    ask(server, 10 * i + j + 100, "slow-" + i);
                    answers.add(10L * i + j + 100);
                }
                // One more than the file server would ask.
                ask(server, 10 * i + 9 + 100, "slow-" + i);
            }
            lend(client, server, "friendly", "quick", file);
            ask(server, 1, "quick");
            assertEquals(1, answered(server));
            ask(server, 2, "nobodys");
            disk.countDown();
            var told = new java.util.TreeSet<Long>();
            for (int i = 0; i < answers.size(); i++) {
                told.add(answered(server));
            }
            assertEquals(answers, told);
            // Those that were answered count no more.
            ask(server, 3, "slow-0");
            assertEquals(3, answered(server));
        }
    }
}
