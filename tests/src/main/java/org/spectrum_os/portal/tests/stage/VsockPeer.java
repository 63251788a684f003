// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** The host's end for measuring a guest's bare connection: takes what comes after a {@code w}, sends 64 MiB after an {@code r}. */
final class VsockPeer implements AutoCloseable {
    private static final int BYTES = 64 << 20;
    private static final int BLOCK = 512 << 10;

    private final ServerSocketChannel server;

    private VsockPeer(ServerSocketChannel server) {
        this.server = server;
    }

    static VsockPeer listen(Path socket) throws IOException {
        var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        var peer = new VsockPeer(server);
        Thread.ofPlatform().daemon().name("vsock peer").start(peer::serve);
        return peer;
    }

    private void serve() {
        try {
            while (true) {
                try (SocketChannel guest = server.accept()) {
                    serve(guest);
                }
            }
        } catch (AsynchronousCloseException e) {
            // Closed by its owner.
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void serve(SocketChannel guest) throws IOException {
        var block = ByteBuffer.allocateDirect(BLOCK);
        block.limit(1);
        guest.read(block);
        if (block.get(0) == 'r') {
            for (int sent = 0; sent < BYTES; sent += BLOCK) {
                block.clear();
                while (block.hasRemaining()) {
                    guest.write(block);
                }
            }
        } else {
            // Counted: not every vsock tells the host that the guest has sent all it will.
            for (long left = BYTES; left > 0; ) {
                int count = guest.read(block.clear());
                if (count < 0) {
                    return;
                }
                left -= count;
            }
            guest.write(ByteBuffer.allocate(1));
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
