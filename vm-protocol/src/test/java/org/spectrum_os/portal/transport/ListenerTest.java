// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.transport.Listener.Identity;

/** Listening on Unix sockets: who comes, who is in the way, and ending it. */
@Timeout(60)
class ListenerTest {
    @TempDir
    Path folder;

    @Test
    void thePeerIsTheSocketOrTheProcess() throws Exception {
        for (Identity identity : Identity.values()) {
            Path path = folder.resolve("socket-" + identity);
            try (var listener = Listener.unix(path, SocketKind.STREAM, identity)) {
                assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
                try (Connection guest = Connection.connectUnix(path, SocketKind.STREAM);
                        Connection accepted = listener.accept()) {
                    switch (identity) {
                        case SOCKET -> assertEquals(new Peer.UnixSocket(path), accepted.peer());
                        case PROCESS ->
                            assertEquals(
                                    new Peer.HostProcess(
                                            (int) ProcessHandle.current().pid(),
                                            (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid"),
                                            (int) Files.getAttribute(Path.of("/proc/self"), "unix:gid")),
                                    accepted.peer());
                    }
                    guest.write(ByteBuffer.wrap(new byte[] {1}));
                    assertEquals(1, accepted.read(ByteBuffer.allocate(1), Duration.ofSeconds(10)));
                }
            }
            assertFalse(Files.exists(path));
        }
    }

    @Test
    void closingWakesWhoeverAccepts() throws Exception {
        var listener = Listener.unix(folder.resolve("socket"), SocketKind.STREAM, Identity.SOCKET);
        CompletableFuture<Void> accepting = ConnectionTest.blocked(listener::accept);
        listener.close();
        listener.close();
        assertInstanceOf(ClosedChannelException.class, ConnectionTest.failureOf(accepting));
        assertThrows(ClosedChannelException.class, listener::accept);
    }

    @Test
    void aSocketThatNobodyListensOnIsReplaced() throws Exception {
        Path path = folder.resolve("socket");
        long before = ConnectionTest.openDescriptors();
        try (var first = Listener.unix(path, SocketKind.SEQPACKET, Identity.SOCKET)) {
            // A second name, so that the file outlives its listener as after a crash.
            Files.createLink(folder.resolve("left"), path);
            assertThrows(AddressInUseException.class, () -> Listener.unix(path, SocketKind.SEQPACKET, Identity.SOCKET));
            first.accept().close();
        }
        Files.move(folder.resolve("left"), path);
        try (var second = Listener.unix(path, SocketKind.SEQPACKET, Identity.SOCKET);
                Connection guest = Connection.connectUnix(path, SocketKind.SEQPACKET);
                Connection accepted = second.accept()) {
            assertFalse(guest.isClosed());
            assertFalse(accepted.isClosed());
        }
        assertEquals(before, ConnectionTest.openDescriptors());
    }

    @Test
    void whatIsNoSocketIsLeftAlone() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "precious");
        String message = String.valueOf(
                assertThrows(IOException.class, () -> Listener.unix(file, SocketKind.STREAM, Identity.SOCKET))
                        .getMessage());
        assertTrue(message.contains("no socket"), message);
        assertEquals("precious", Files.readString(file));
        Path tooLong = folder.resolve("x".repeat(120));
        assertThrows(IOException.class, () -> Listener.unix(tooLong, SocketKind.STREAM, Identity.SOCKET));
    }

    @Test
    void aSocketOfTheServiceManagerIsTakenOver() throws Exception {
        Path path = folder.resolve("socket");
        long before = ConnectionTest.openDescriptors();
        try (var socket = new Descriptor(Libc.socket(Libc.AF_UNIX, Libc.SOCK_STREAM));
                Arena arena = Arena.ofConfined()) {
            assertThrows(IOException.class, () -> Listener.adopted(socket.number()), "it does not listen");
            Libc.bind(socket.number(), SocketAddresses.unix(arena, path));
            Libc.listen(socket.number(), 1);
            try (var listener = Listener.adopted(socket.number());
                    Connection guest = Connection.connectUnix(path, SocketKind.STREAM);
                    Connection accepted = listener.accept()) {
                assertInstanceOf(Peer.HostProcess.class, accepted.peer());
                assertFalse(accepted.isHungUp());
                guest.finishWriting();
                assertEquals(-1, accepted.read(ByteBuffer.allocate(1), Duration.ofSeconds(10)));
                assertFalse(accepted.isHungUp(), "half closed");
                guest.close();
                assertTrue(accepted.isHungUp());
            }
            assertTrue(Files.exists(path), "it stays the service manager's");
        }
        assertThrows(IOException.class, () -> Listener.adopted(9999));
        assertEquals(before, ConnectionTest.openDescriptors());
    }
}
