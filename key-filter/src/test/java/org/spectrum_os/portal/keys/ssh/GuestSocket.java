// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.ssh;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Listener;
import org.spectrum_os.portal.transport.SocketKind;

/** The socket that a guest's programs would see: each connection is a {@link SshConversation} with keys of a real agent behind it. */
final class GuestSocket implements AutoCloseable {
    private final Path path;
    private final Listener listener;
    private final RealAgent agent;
    private final List<SshKey> keys;

    /** What was asked, by connections in any order. */
    final List<SshRequest> asked = new CopyOnWriteArrayList<>();

    final List<String> log = new CopyOnWriteArrayList<>();

    /** Whether the user denies. */
    volatile boolean denying;

    GuestSocket(RealAgent agent, List<SshKey> keys) throws IOException {
        this.agent = agent;
        this.keys = keys;
        path = agent.folder().resolve("guest");
        listener = Listener.unix(path, SocketKind.STREAM, Listener.Identity.SOCKET);
        Thread.ofPlatform().daemon().start(this::serve);
    }

    private void serve() {
        try {
            while (true) {
                Connection guest = listener.accept();
                Thread.ofPlatform().daemon().start(() -> {
                    try {
                        new SshConversation(guest, identities(), log::add, () -> {}).run();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
            }
        } catch (IOException _) {
            // Closed.
        }
    }

    private GuestIdentities identities() {
        return new GuestIdentities() {
            @Override
            public List<SshKey> all() {
                return keys;
            }

            @Override
            public Optional<byte[]> sign(SshKey key, SshRequest what, byte[] data, int flags) {
                asked.add(what);
                if (denying) {
                    return Optional.empty();
                }
                try (SshAgentClient client = agent.client()) {
                    return Optional.of(client.sign(key, data, flags));
                } catch (SshAgentFailure e) {
                    log.add(e.getMessage());
                    return Optional.empty();
                }
            }
        };
    }

    Path path() {
        return path;
    }

    @Override
    public void close() {
        listener.close();
    }
}
