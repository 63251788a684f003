// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.spectrum_os.portal.backend.policy.Colour;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.backend.policy.LinkAddress;
import org.spectrum_os.portal.backend.policy.Rule;
import org.spectrum_os.portal.consent.contract.ToWindow;
import org.spectrum_os.portal.protocol.FileRequest;
import org.spectrum_os.portal.protocol.LentFile;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.protocol.Message;
import org.spectrum_os.portal.protocol.MessageChannel;
import org.spectrum_os.portal.protocol.Outcome;
import org.spectrum_os.portal.protocol.Ports;
import org.spectrum_os.portal.protocol.Untrusted;
import org.spectrum_os.portal.store.audit.AuditBook;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Listener;
import org.spectrum_os.portal.transport.Peer;
import org.spectrum_os.portal.transport.SocketKind;

/** Real Unix sockets, and guests of every kind at the other end. */
class LinkDoorTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final FileRequest ASK = new FileRequest(
            Untrusted.of(""), Untrusted.of("t"), false, false, List.of(), null, List.of(), Untrusted.of(""));

    @TempDir
    Path folder;

    private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
    private final BlockingQueue<ToWindow.Reason> withdrawn = new LinkedBlockingQueue<>();
    /** Whose connections about keys there are; they stay open until the test closes the door. */
    private final BlockingQueue<String> withKeys = new LinkedBlockingQueue<>();

    private final BlockingQueue<String> served = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> floodEnds = new LinkedBlockingQueue<>();
    private AuditBook audit;
    private List<Instance> instances;
    private LinkDoor door;

    private record Asked(String instance, long request, Function<Message.FromHost, CompletionStage<Boolean>> answer) {
        /** Whether the answer was written. */
        boolean tell(Message.FromHost message) {
            return answer.apply(message)
                    .toCompletableFuture()
                    .orTimeout(SOON.toSeconds(), TimeUnit.SECONDS)
                    .join();
        }
    }

    @BeforeEach
    void open() throws Exception {
        audit = AuditBook.open(folder.resolve("state"), InstantSource.system());
        instances = List.of(instance("mail"), instance("web"), instance("vault"));
        door = newDoor();
        door.open();
    }

    private static final int KEYS_MOST = 128;

    private LinkDoor newDoor() {
        return new LinkDoor(
                instances,
                (instance, request, ask, answer) -> {
                    asked.add(new Asked(instance, request, answer));
                    return withdrawn::add;
                },
                (instance, connection) -> {
                    served.add(instance.name());
                    if (instance.name().equals("mail")) {
                        throw new IOException("mail has enough");
                    }
                    connection.close();
                },
                Map.of(Ports.KEYS, new Service("keys", KEYS_MOST, (instance, connection) -> {
                    withKeys.add(instance);
                    // To its end, as whoever serves it does.
                    connection.closeAfterDraining(Duration.ofMinutes(1), Integer.MAX_VALUE);
                })),
                audit);
    }

    @AfterEach
    void close() throws Exception {
        door.close();
        audit.close();
    }

    private Path socket(String name) {
        return folder.resolve(name + ".vsock");
    }

    private Instance instance(String name) {
        return new Instance(name, new Colour("#3584e4"), new LinkAddress.Unix(socket(name)), Rule.ASK);
    }

    private MessageChannel connect(String name) throws IOException {
        return new MessageChannel(
                Connection.connectUnix(Ports.unixSocket(socket(name), Ports.LINK), SocketKind.STREAM));
    }

    private MessageChannel linked(String name) throws IOException {
        MessageChannel channel = connect(name);
        channel.send(new Message.Hello(Message.VERSION, Untrusted.of("test")));
        assertEquals(new Message.Welcome(Message.VERSION, name), answer(channel));
        return channel;
    }

    private static Message.FromHost answer(MessageChannel channel) throws IOException {
        return channel.receive(Message.FromHost.class, SOON);
    }

    private static void assertClosed(MessageChannel channel) {
        assertThrows(IOException.class, () -> {
            while (true) {
                answer(channel);
            }
        });
    }

    private static Message.Reason refusal(MessageChannel channel) throws IOException {
        return assertInstanceOf(Message.Refused.class, answer(channel)).reason();
    }

    private static void raw(MessageChannel channel, int length, String bytes) throws IOException {
        byte[] content = bytes.getBytes(StandardCharsets.UTF_8);
        channel.connection()
                .write(ByteBuffer.allocate(4 + content.length)
                        .putInt(length)
                        .put(content)
                        .flip());
    }

    private Asked nextAsked() throws InterruptedException {
        Asked next = asked.poll(SOON.toSeconds(), TimeUnit.SECONDS);
        assertTrue(next != null, "no request arrived");
        return next;
    }

    /** What stands in all the logs. */
    private String audited() throws IOException {
        var all = new StringBuilder();
        for (String name : List.of("host", "mail", "web", "vault")) {
            Path log = folder.resolve("state").resolve(name).resolve("audit.jsonl");
            all.append(Files.exists(log) ? Files.readString(log) : "");
        }
        return all.toString();
    }

    private void awaitAudit(String text) throws Exception {
        long deadline = System.nanoTime() + SOON.toNanos();
        while (!audited().contains(text)) {
            assertTrue(System.nanoTime() < deadline, () -> "the audit log never said: " + text);
            Thread.onSpinWait();
        }
    }

    @Test
    void identityIsTheSocketWhateverTheGuestSays() throws Exception {
        try (var mail = linked("mail");
                var web = linked("web")) {
            web.send(new Message.OpenFile(1, ASK));
            assertEquals("web", nextAsked().instance());
            mail.send(new Message.OpenFile(1, ASK));
            assertEquals("mail", nextAsked().instance());
        }
    }

    @Test
    void answersGoToWhoAsked() throws Exception {
        try (var mail = linked("mail");
                var web = linked("web")) {
            mail.send(new Message.OpenFile(1, ASK));
            Asked request = nextAsked();
            assertTrue(request.tell(new Message.Ended(1, Outcome.DENIED)));
            assertEquals(new Message.Ended(1, Outcome.DENIED), answer(mail));
            assertTrue(!request.tell(new Message.Ended(1, Outcome.DENIED)), "a request has one answer");
            web.send(new Message.OpenFile(1, ASK));
            assertTrue(nextAsked().tell(new Message.Ended(1, Outcome.EXPIRED)));
            assertEquals(new Message.Ended(1, Outcome.EXPIRED), answer(web));
        }
    }

    @Test
    void cancellingWithdrawsAndALateAnswerIsNotDelivered() throws Exception {
        try (var mail = linked("mail")) {
            mail.send(new Message.OpenFile(1, ASK));
            Asked request = nextAsked();
            mail.send(new Message.Cancel(1));
            assertEquals(ToWindow.Reason.WITHDRAWN, withdrawn.poll(SOON.toSeconds(), TimeUnit.SECONDS));
            assertTrue(!request.tell(new Message.Ended(1, Outcome.DENIED)));
            mail.send(new Message.Cancel(77));
            mail.send(new Message.OpenFile(2, ASK));
            assertEquals(2, nextAsked().request(), "cancelling what is not open is no error");
        }
    }

    @Test
    void aVanishedGuestWithdrawsEverything() throws Exception {
        var mail = linked("mail");
        mail.send(new Message.OpenFile(1, ASK));
        mail.send(new Message.OpenFile(2, ASK));
        nextAsked();
        Asked second = nextAsked();
        mail.close();
        assertEquals(ToWindow.Reason.VM_STOPPED, withdrawn.poll(SOON.toSeconds(), TimeUnit.SECONDS));
        assertEquals(ToWindow.Reason.VM_STOPPED, withdrawn.poll(SOON.toSeconds(), TimeUnit.SECONDS));
        assertTrue(!second.tell(new Message.Ended(2, Outcome.DENIED)));
    }

    @Test
    void aSecondLinkOfOneInstanceIsRefusedAndTheFirstLives() throws Exception {
        try (var first = linked("mail");
                var second = connect("mail")) {
            second.send(new Message.Hello(Message.VERSION, Untrusted.of("impostor")));
            assertEquals(Message.Reason.ALREADY_LINKED, refusal(second));
            assertClosed(second);
            first.send(new Message.OpenFile(1, ASK));
            assertEquals("mail", nextAsked().instance());
        }
    }

    @Test
    void aGuestThatComesBackIsLinkedAgain() throws Exception {
        linked("mail").close();
        awaitAudit("link-ended");
        long deadline = System.nanoTime() + SOON.toNanos();
        while (door.linked().contains("mail")) {
            assertTrue(System.nanoTime() < deadline);
            Thread.onSpinWait();
        }
        linked("mail").close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, -1, Integer.MAX_VALUE})
    void anotherVersionIsRefused(int version) throws Exception {
        try (var mail = connect("mail")) {
            mail.send(new Message.Hello(version, Untrusted.of("old")));
            var refused = assertInstanceOf(Message.Refused.class, answer(mail));
            assertEquals(Message.Reason.VERSION, refused.reason());
            assertTrue(refused.explanation().contains("update"));
            assertClosed(mail);
        }
    }

    @Test
    void aFrameTooLongEndsThatLinkOnly() throws Exception {
        try (var mail = linked("mail");
                var web = linked("web")) {
            raw(mail, Limits.FRAME_BYTES + 1, "");
            assertEquals(Message.Reason.PROTOCOL, refusal(mail));
            assertClosed(mail);
            web.send(new Message.OpenFile(1, ASK));
            assertEquals("web", nextAsked().instance());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"open-door\"}",
                "not json",
                "{\"type\":\"hello\",\"version\":1,\"agent\":\"again\"}",
                "{\"type\":\"welcome\",\"version\":1,\"instance\":\"vault\"}",
                "{\"type\":\"cancel\",\"request\":1,\"instance\":\"vault\"}"
            })
    void anUnknownOrMisplacedMessageEndsTheLink(String json) throws Exception {
        try (var mail = linked("mail")) {
            raw(mail, json.getBytes(StandardCharsets.UTF_8).length, json);
            assertEquals(Message.Reason.PROTOCOL, refusal(mail));
            assertClosed(mail);
        }
        awaitAudit("broke the protocol");
    }

    @Test
    void aFrameTooDeepEndsTheLink() throws Exception {
        try (var mail = linked("mail")) {
            String deep = "{\"ask\":" + "[".repeat(1000);
            raw(mail, deep.length(), deep);
            assertEquals(Message.Reason.PROTOCOL, refusal(mail));
            assertClosed(mail);
        }
    }

    @Test
    void halfAFrameAndThenNothingEndsTheLink() throws Exception {
        try (var mail = linked("mail")) {
            raw(mail, 100, "{\"type\"");
            assertEquals(
                    Message.Reason.PROTOCOL,
                    assertInstanceOf(
                                    Message.Refused.class,
                                    mail.receive(Message.FromHost.class, Limits.FRAME.plus(SOON)))
                            .reason());
            assertClosed(mail);
        }
    }

    @Test
    void requestNumbersOnlyGrow() throws Exception {
        try (var mail = linked("mail")) {
            mail.send(new Message.OpenFile(5, ASK));
            mail.send(new Message.OpenFile(5, ASK));
            assertEquals(Message.Reason.PROTOCOL, refusal(mail));
        }
    }

    @Test
    void openRequestsAreBounded() throws Exception {
        try (var mail = linked("mail")) {
            for (int i = 1; i <= Limits.OPEN_REQUESTS + 1; i++) {
                mail.send(new Message.OpenFile(i, ASK));
            }
            assertEquals(Message.Reason.PROTOCOL, refusal(mail));
        }
    }

    @Test
    void aRequestBeforeTheHelloEndsTheLink() throws Exception {
        try (var mail = connect("mail")) {
            mail.send(new Message.OpenFile(1, ASK));
            assertEquals(Message.Reason.PROTOCOL, refusal(mail));
            assertClosed(mail);
        }
    }

    @Test
    void silentConnectionsDoNotPileUp() throws Exception {
        var silent = new java.util.ArrayList<MessageChannel>();
        for (int i = 0; i < 6; i++) {
            silent.add(connect("mail"));
        }
        awaitAudit("have not said hello");
        try (var web = linked("web")) {
            assertEquals(java.util.Set.of("web"), door.linked());
        }
        silent.forEach(MessageChannel::close);
    }

    /** Two guests ask without end and never read; every answer comes from one thread, as from the narrowest of executors. */
    @Test
    void guestsThatDoNotReadHoldUpNobodyElse() throws Exception {
        var desk = Executors.newSingleThreadExecutor();
        var underWay = new Semaphore(Limits.OPEN_REQUESTS / 4);
        door.close();
        door = new LinkDoor(
                instances,
                (instance, request, ask, answer) -> {
                    desk.execute(() -> {
                        var _ = answer.apply(new Message.Ended(request, Outcome.DENIED));
                        underWay.release();
                    });
                    return withdrawn::add;
                },
                (instance, connection) -> connection.close(),
                Map.of(),
                audit);
        door.open();
        var floods = new ArrayList<Thread>();
        for (String name : List.of("mail", "web")) {
            MessageChannel deaf = linked(name);
            floods.add(Thread.ofPlatform().start(() -> flood(deaf, underWay)));
        }
        try (var vault = linked("vault")) {
            for (int i = 1; i <= 20; i++) {
                underWay.acquire();
                vault.send(new Message.OpenFile(i, ASK));
                assertEquals(
                        new Message.Ended(i, Outcome.DENIED),
                        vault.receive(Message.FromHost.class, Duration.ofSeconds(2)));
            }
            // However long they go on, what they are owed is bounded: they lose their links.
            for (Thread flood : floods) {
                assertTrue(flood.join(Limits.FRAME.plus(SOON)), "a guest that does not read keeps its link");
            }
            assertEquals(2, floodEnds.size());
            awaitAudit("\"instance\":\"mail\",\"why\":\"closed by the host");
            underWay.acquire();
            vault.send(new Message.OpenFile(21, ASK));
            assertEquals(new Message.Ended(21, Outcome.DENIED), answer(vault));
        } finally {
            desk.shutdownNow();
        }
    }

    /** Asks until the link is gone, never too much at once, and never reads an answer. */
    private void flood(MessageChannel channel, Semaphore underWay) {
        try (channel) {
            for (long i = 1; true; i++) {
                underWay.acquireUninterruptibly();
                channel.send(new Message.OpenFile(i, ASK), SOON);
            }
        } catch (IOException e) {
            underWay.release();
            floodEnds.add(String.valueOf(e.getMessage()));
        }
    }

    @Test
    void anAnswerThatCannotBeWrittenIsReportedSo() throws Exception {
        try (var mail = linked("mail")) {
            for (int i = 1; i <= Limits.OPEN_REQUESTS; i++) {
                mail.send(new Message.OpenFile(i, ASK));
            }
            var told = new ArrayList<CompletableFuture<Boolean>>();
            for (int i = 1; i <= Limits.OPEN_REQUESTS; i++) {
                told.add(nextAsked().answer().apply(large(i)).toCompletableFuture());
            }
            assertTrue(told.getFirst().get(SOON.toSeconds(), TimeUnit.SECONDS), "the first fits the socket");
            assertFalse(told.getLast().isDone(), "the last waits for the guest to read");
            mail.close();
            assertFalse(told.getLast().get(SOON.toSeconds(), TimeUnit.SECONDS));
        }
    }

    private static Message.Granted large(long request) {
        return new Message.Granted(
                request, Collections.nCopies(200, new LentFile("abcdefgh", "x".repeat(255))), List.of(), null, false);
    }

    /** A refused guest that does not close holds its thread for a moment; it cannot have more of them than of silent ones. */
    @Test
    void refusedConnectionsDoNotPileUp() throws Exception {
        var refused = new ArrayList<MessageChannel>();
        try (var first = linked("mail")) {
            for (int i = 0; i < 4; i++) {
                MessageChannel again = connect("mail");
                refused.add(again);
                again.send(new Message.Hello(Message.VERSION, Untrusted.of("again")));
                assertEquals(Message.Reason.ALREADY_LINKED, refusal(again));
            }
            refused.add(connect("mail"));
            awaitAudit("have not said hello");
            first.send(new Message.OpenFile(1, ASK));
            assertEquals("mail", nextAsked().instance());
        } finally {
            refused.forEach(MessageChannel::close);
        }
    }

    @Test
    void aFloodOfRefusedConnectionsDoesNotFloodTheLog() throws Exception {
        var silent = new ArrayList<MessageChannel>();
        for (int i = 0; i < 4; i++) {
            silent.add(connect("mail"));
        }
        for (int i = 0; i < 200; i++) {
            try (MessageChannel fifth = connect("mail")) {
                assertClosed(fifth);
            }
        }
        silent.forEach(MessageChannel::close);
        try (var web = linked("web")) {
            assertEquals(java.util.Set.of("web"), door.linked());
            awaitAudit("\"event\":\"linked\",\"instance\":\"web\"");
        }
        assertEquals(
                60,
                audited().lines().filter(line -> line.contains("link-refused")).count());
    }

    @Test
    void connectionsForFilesGoToTheFileServer() throws Exception {
        Connection.connectUnix(Ports.unixSocket(socket("web"), Ports.FILES), SocketKind.STREAM)
                .close();
        assertEquals("web", served.poll(SOON.toSeconds(), TimeUnit.SECONDS));
    }

    @Test
    void whoIsNotServedFilesIsToldWhateverItHadSaid() throws Exception {
        for (int i = 0; i < 6; i++) {
            try (var refused =
                    Connection.connectUnix(Ports.unixSocket(socket("mail"), Ports.FILES), SocketKind.STREAM)) {
                refused.write(ByteBuffer.allocate(100), SOON);
                assertEquals(-1, refused.read(ByteBuffer.allocate(1), SOON));
            }
        }
        awaitAudit("mail has enough");
        linked("mail").close();
    }

    @Test
    void aPortInUseIsSaidClearlyAndNothingIsHalfOpen() throws Exception {
        var second = newDoor();
        var error = assertThrows(LinkException.class, second::open);
        String message = String.valueOf(error.getMessage());
        assertTrue(message.contains("mail.vsock_5219 is in use"), message);
        assertTrue(message.contains("web.vsock_5220 is in use"), message);
        linked("mail").close();
    }

    @Test
    void aStaleSocketIsReplaced() throws Exception {
        door.close();
        Path path = Ports.unixSocket(socket("mail"), Ports.LINK);
        // The kernel leaves the file of a listener that died.
        try (Listener dead = Listener.unix(folder.resolve("other"), SocketKind.STREAM, Listener.Identity.SOCKET)) {
            Files.move(folder.resolve("other"), path);
        }
        door = newDoor();
        door.open();
        linked("mail").close();
    }

    @Test
    void anUnknownContextIdIsNobody() {
        var identities = new Identities(List.of(
                new Instance("mail", new Colour("#3584e4"), new LinkAddress.Vsock(12), Rule.ASK),
                new Instance("top", new Colour("#3584e4"), new LinkAddress.Vsock(0xfffffffe), Rule.ASK)));
        assertEquals("mail", identities.of(new Peer.Vsock(12)).orElseThrow().name());
        assertEquals("top", identities.of(new Peer.Vsock(-2)).orElseThrow().name());
        for (int stranger : new int[] {0, 1, 2, 11, 13, -1}) {
            assertTrue(identities.of(new Peer.Vsock(stranger)).isEmpty());
        }
        assertTrue(identities.of(new Peer.HostProcess(1, 0, 0)).isEmpty());
        assertTrue(identities.of(new Peer.UnixSocket(Path.of("/run/12"))).isEmpty());
    }

    @Test
    void nothingIsLeftOfAClosedDoor() throws Exception {
        linked("mail").close();
        door.close();
        assertThrows(IOException.class, () -> connect("mail"));
        try (var files = Files.list(folder)) {
            assertEquals(
                    List.of(),
                    files.filter(f -> f.toString().contains("vsock_")).toList());
        }
    }

    private Connection forKeys(String name) throws IOException {
        return Connection.connectUnix(Ports.unixSocket(socket(name), Ports.KEYS), SocketKind.STREAM);
    }

    @Test
    void aConnectionAboutKeysBelongsToTheInstanceOfItsSocket() throws Exception {
        try (var _ = forKeys("web");
                var _ = forKeys("mail")) {
            var whose = new ArrayList<String>();
            while (whose.size() < 2) {
                whose.add(String.valueOf(withKeys.poll(SOON.toSeconds(), TimeUnit.SECONDS)));
            }
            assertEquals(Set.of("web", "mail"), Set.copyOf(whose));
        }
    }

    @Test
    void oneInstanceHasSoManyConnectionsAboutKeysAndOthersHaveTheirs() throws Exception {
        var open = new ArrayList<Connection>();
        try {
            for (int i = 0; i < KEYS_MOST; i++) {
                open.add(forKeys("mail"));
                assertEquals("mail", withKeys.poll(SOON.toSeconds(), TimeUnit.SECONDS));
            }
            Connection tooMany = forKeys("mail");
            open.add(tooMany);
            assertEquals(-1, tooMany.read(ByteBuffer.allocate(1), SOON), "the one too many is closed");
            open.add(forKeys("web"));
            assertEquals("web", withKeys.poll(SOON.toSeconds(), TimeUnit.SECONDS));
            open.removeFirst().close();
            // The place is free once the one that left has been noticed.
            String next = null;
            for (long end = System.nanoTime() + SOON.toNanos(); next == null && System.nanoTime() < end; ) {
                open.add(forKeys("mail"));
                next = withKeys.poll(200, TimeUnit.MILLISECONDS);
            }
            assertEquals("mail", next);
        } finally {
            open.forEach(Connection::close);
        }
    }
}
