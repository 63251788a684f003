// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.vm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.spectrum_os.portal.files.lent.Access;
import org.spectrum_os.portal.files.lent.GuestUser;
import org.spectrum_os.portal.files.ninep.NinepClient;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Listener;
import org.spectrum_os.portal.transport.Peer;
import org.spectrum_os.portal.transport.SocketKind;

/** A VM's file server on a Unix socket in place of vsock, and the host's side of it. */
class FileVmServerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final GuestUser USER = new GuestUser(1000, 1000);

    @TempDir
    Path folder;

    private final List<String> log = new CopyOnWriteArrayList<>();
    private final BlockingQueue<String> used = new LinkedBlockingQueue<>();
    private Path root;
    private FileVmServer server;

    @BeforeEach
    void start() throws Exception {
        root = Files.createDirectory(folder.resolve("root")).toRealPath();
        Files.createDirectories(root.resolve("photos/2024"));
        Files.writeString(root.resolve("photos/2024/a.jpg"), "picture");
        Files.writeString(root.resolve("notes.txt"), "first");
        Files.setPosixFilePermissions(root.resolve("notes.txt"), PosixFilePermissions.fromString("rw-r-----"));
        Files.writeString(folder.resolve("outside.txt"), "secret");
        server = start(_ -> true);
    }

    private FileVmServer start(Predicate<Peer> isHost) throws IOException {
        Listener listener = Listener.unix(socket(), SocketKind.STREAM, Listener.Identity.SOCKET);
        var started = new FileVmServer(listener, isHost, root, log::add);
        Thread.ofPlatform().daemon().start(() -> {
            try {
                started.run();
            } catch (IOException e) {
                log.add("ended: " + e);
            }
        });
        return started;
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Path socket() {
        return folder.resolve("s");
    }

    private Connection connect() throws IOException {
        return Connection.connectUnix(socket(), SocketKind.STREAM);
    }

    private FileVmClient control() throws IOException {
        return FileVmClient.open(connect(), used::add);
    }

    private NinepClient guest(FileVmClient client, String instance) throws IOException {
        Connection stream = connect();
        client.attach(stream, instance, USER);
        return new NinepClient(stream);
    }

    private static void assertClosed(Connection connection) throws IOException {
        try {
            assertEquals(-1, connection.read(ByteBuffer.allocate(64), PATIENCE));
        } catch (org.spectrum_os.portal.transport.ErrnoException reset) {
            // Closed with what we had sent unread.
            assertEquals(104, reset.errno());
        }
    }

    @Test
    void lendsServesReportsAndRevokes() throws Exception {
        try (FileVmClient client = control()) {
            client.lend("mail", "photos", Access.WRITE, "photos/2024");
            client.lend("web", "notes", Access.READ, "notes.txt");
            try (NinepClient mail = guest(client, "mail").mounted();
                    NinepClient web = guest(client, "web").mounted()) {
                assertEquals(List.of("photos"), mail.names());
                assertEquals(List.of("a.jpg"), mail.names("photos", "2024"));
                assertEquals(List.of("notes"), web.names());
                web.open(1, "notes", "notes.txt");
                assertArrayEquals("first".getBytes(StandardCharsets.UTF_8), web.readAll(1));
                assertEquals("photos", used.poll(20, TimeUnit.SECONDS));
                assertEquals("notes", used.poll(20, TimeUnit.SECONDS));
                client.revoke("notes");
                assertThrows(NinepClient.Failed.class, () -> web.read(1, 0, 5));
                assertEquals(List.of(), web.names());
                assertThrows(
                        FileVmRefusedException.class,
                        () -> client.lend("mail", "photos", Access.READ, "photos"),
                        "the name is taken");
            }
        }
    }

    @Test
    void aFileIsReplacedAtomicallyAndKeepsItsMode() throws Exception {
        try (FileVmClient client = control()) {
            client.lend("mail", "notes", Access.WRITE, "notes.txt");
            try (NinepClient mail = guest(client, "mail").mounted()) {
                mail.stageIn("notes", 5, "notes.txt.tmp", "second".getBytes(StandardCharsets.UTF_8));
                mail.renameIn("notes", "notes.txt.tmp", "notes.txt");
                assertEquals("second", Files.readString(root.resolve("notes.txt")));
                mail.stageIn("notes", 6, "again", "third".getBytes(StandardCharsets.UTF_8));
                mail.renameIn("notes", "again", "notes.txt");
                assertEquals("third", Files.readString(root.resolve("notes.txt")));
                // Somebody in the VM put another file there: that one is not the guest's to replace.
                Files.delete(root.resolve("notes.txt"));
                Files.writeString(root.resolve("notes.txt"), "other");
                mail.stageIn("notes", 7, "more", "fourth".getBytes(StandardCharsets.UTF_8));
                assertThrows(NinepClient.Failed.class, () -> mail.renameIn("notes", "more", "notes.txt"));
                assertEquals("other", Files.readString(root.resolve("notes.txt")));
            }
        }
        try (Stream<Path> names = Files.list(root)) {
            assertEquals(2, names.count(), "something was left beside the file");
        }
    }

    @Test
    void whatWasLeftWhenAnEarlierRunWasKilledIsSweptAway() throws Exception {
        Path left = Files.writeString(root.resolve(".spectrum-notes-0123456789abcdef"), "x");
        try (FileVmClient client = control()) {
            client.lend("mail", "notes", Access.WRITE, "notes.txt");
            assertFalse(Files.exists(left));
        }
    }

    @Test
    void aReplacedFileHasTheModeOfTheOldOne() throws Exception {
        try (FileVmClient client = control()) {
            client.lend("mail", "notes", Access.WRITE, "notes.txt");
            try (NinepClient mail = guest(client, "mail").mounted()) {
                mail.stageIn("notes", 5, "x", "second".getBytes(StandardCharsets.UTF_8));
                mail.renameIn("notes", "x", "notes.txt");
            }
        }
        assertEquals(
                "rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve("notes.txt"))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "..",
                "../outside.txt",
                "photos/../notes.txt",
                "photos/.",
                "photos//2024",
                "photos/2024/",
                "/photos",
                "/etc/passwd",
                "missing",
                "notes.txt/x",
                "link",
                "way/a.jpg",
                "fifo",
                "nul\0name"
            })
    void pathsLeadDownOrNowhere(String path) throws Exception {
        Files.createSymbolicLink(root.resolve("link"), folder.resolve("outside.txt"));
        Files.createSymbolicLink(root.resolve("way"), Path.of("photos/2024"));
        assertEquals(
                0,
                new ProcessBuilder("mkfifo", root.resolve("fifo").toString())
                        .start()
                        .waitFor());
        try (FileVmClient client = control()) {
            for (Access access : Access.values()) {
                assertThrows(FileVmRefusedException.class, () -> client.lend("mail", "x", access, path));
            }
            client.lend("mail", "x", Access.READ, "notes.txt");
        }
    }

    @Test
    void aPathTooDeepIsNone() throws Exception {
        String deep = "a/".repeat(SharedFolder.DEPTH) + "a";
        try (FileVmClient client = control()) {
            assertThrows(FileVmRefusedException.class, () -> client.lend("mail", "x", Access.READ, deep));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "[]",
                "{}",
                "{\"type\":\"lend\",\"id\":1,\"instance\":\"mail\",\"lease\":\"x\",\"access\":\"READ\",\"path\":\"notes.txt\"}",
                "{\"type\":\"control\",\"version\":2,\"secret\":\"x\"}",
                "{\"type\":\"control\",\"version\":1}",
                "{\"type\":\"control\",\"version\":1,\"secret\":\"x\",\"more\":1}",
                "{\"type\":\"guest\",\"secret\":\"x\",\"instance\":\"mail\",\"user\":{\"uid\":1,\"gid\":1}}",
                "{\"type\":\"guest\",\"secret\":\"x\",\"instance\":\"mail\",\"user\":{\"uid\":-1,\"gid\":1}}",
                "{\"type\":\"unknown\"}",
                "\u0000\u0001"
            })
    void aHostileFirstFrameEndsThatConnectionOnly(String json) throws Exception {
        try (FileVmClient client = control();
                Connection hostile = connect()) {
            byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
            hostile.write(ByteBuffer.allocate(4 + bytes.length)
                    .putInt(bytes.length)
                    .put(bytes)
                    .flip());
            assertClosed(hostile);
            client.lend("mail", "x", Access.READ, "notes.txt");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 64 * 1024 + 1, Integer.MAX_VALUE})
    void aFrameOfNoAllowedLengthEndsTheConnection(int length) throws Exception {
        try (Connection hostile = connect()) {
            hostile.write(ByteBuffer.allocate(4).putInt(length).flip());
            assertClosed(hostile);
        }
        try (FileVmClient client = control()) {
            client.lend("mail", "x", Access.READ, "notes.txt");
        }
    }

    @Test
    void onlyTheHostIsHeard() throws Exception {
        server.close();
        // As it runs in a VM: what comes from anything but CID 2 is not the host.
        server = start(FileVmServer::isHost);
        assertThrows(IOException.class, this::control);
        assertTrue(log.stream().anyMatch(line -> line.contains("only the host is served")), log.toString());
        assertTrue(FileVmServer.isHost(new Peer.Vsock(2)));
        for (int cid : new int[] {0, 1, 3, -1}) {
            assertFalse(FileVmServer.isHost(new Peer.Vsock(cid)));
        }
    }

    @Test
    void thereIsOneControlAtATime() throws Exception {
        try (FileVmClient client = control()) {
            assertThrows(IOException.class, this::control);
            client.lend("mail", "x", Access.READ, "notes.txt");
        }
        // The next one finds nothing lent.
        try (FileVmClient client = again();
                NinepClient mail = guest(client, "mail").mounted()) {
            assertEquals(List.of(), mail.names());
            client.lend("mail", "x", Access.READ, "notes.txt");
            assertEquals(List.of("x"), mail.names());
        }
    }

    /** The server may not have seen the end of the one before yet. */
    private FileVmClient again() throws Exception {
        for (long end = System.nanoTime() + PATIENCE.toNanos(); ; ) {
            try {
                return control();
            } catch (IOException e) {
                if (System.nanoTime() > end) {
                    throw e;
                }
            }
        }
    }

    @Test
    void whenTheControlEndsSoDoesEveryGuest() throws Exception {
        Connection stream = connect();
        try (FileVmClient client = control()) {
            client.lend("mail", "x", Access.READ, "notes.txt");
            client.attach(stream, "mail", USER);
            assertEquals(List.of("x"), new NinepClient(stream).mounted().names());
        }
        assertClosed(stream);
        stream.close();
    }

    @Test
    void theClientNoticesThatTheServerIsGone() throws Exception {
        try (FileVmClient client = control()) {
            server.close();
            assertFalse(client.awaitEnd());
            assertThrows(IOException.class, () -> client.lend("mail", "x", Access.READ, "notes.txt"));
        }
    }
}
