// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PinnedProcessTest {
    private static final Duration SHORT = Duration.ofMillis(20);

    @Test
    void aConnectionAndAProcessAreAwaitedAtOnce() throws Exception {
        Process cat = new ProcessBuilder("cat").start();
        Connection.Ends ends = Connection.pair(SocketKind.SEQPACKET);
        try (Connection ours = ends.first();
                Connection theirs = ends.second();
                PinnedProcess pinned = PinnedProcess.open((int) cat.pid())) {
            assertFalse(pinned.hasEnded());
            assertEquals(Awaited.NOTHING, ours.await(pinned, SHORT));
            theirs.write(ByteBuffer.wrap(new byte[] {1}));
            assertEquals(Awaited.INPUT, ours.await(pinned, Duration.ZERO));
            assertEquals(1, ours.read(ByteBuffer.allocate(8), Duration.ZERO));
            cat.getOutputStream().close();
            assertEquals(Awaited.PROCESS_ENDED, ours.await(pinned, Duration.ZERO));
            assertTrue(pinned.hasEnded());
            theirs.close();
            assertEquals(Awaited.INPUT, ours.await(pinned, Duration.ZERO));
        }
        assertEquals(0, cat.waitFor());
        assertThrows(
                ErrnoException.class, () -> PinnedProcess.open((int) cat.pid()).close());
    }

    @Test
    void closingEndsTheWait() throws Exception {
        Connection.Ends ends = Connection.pair(SocketKind.STREAM);
        try (Connection theirs = ends.second();
                PinnedProcess self =
                        PinnedProcess.open((int) ProcessHandle.current().pid())) {
            Thread closer = Thread.ofPlatform().start(ends.first()::close);
            assertThrows(ClosedChannelException.class, () -> ends.first().await(self, Duration.ZERO));
            closer.join();
            assertFalse(theirs.isClosed());
        }
    }

    @Test
    void whoListensIsKnownBeforeAnybodyAccepts(@TempDir Path folder) throws Exception {
        Path socket = folder.resolve("socket");
        try (Listener _ = Listener.unix(socket, SocketKind.SEQPACKET, Listener.Identity.SOCKET);
                Connection connection = Connection.connectUnix(socket, SocketKind.SEQPACKET)) {
            Peer.HostProcess listening = connection.credentials();
            assertEquals(ProcessHandle.current().pid(), listening.pid());
            assertEquals(Files.getAttribute(socket, "unix:uid"), listening.uid());
            assertEquals(Files.getAttribute(socket, "unix:gid"), listening.gid());
        }
    }
}
