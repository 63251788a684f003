// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.gpg;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Listener;
import org.spectrum_os.portal.transport.SocketKind;

/** What stands between a guest's gpg and the host's agent, with a user that is told beforehand what to answer. */
final class Relay implements AutoCloseable {
    final List<String> log = new CopyOnWriteArrayList<>();
    final List<String> asked = new CopyOnWriteArrayList<>();
    final CountDownLatch asking = new CountDownLatch(1);
    final CountDownLatch gone = new CountDownLatch(1);
    volatile AgentFailure.@Nullable Kind refusal;
    /** Whether the user thinks for as long as the guest is there. */
    volatile boolean undecided;

    private final AgentSocket host;
    private final List<Keygrip> permitted;
    private final Listener listener;

    Relay(GnupgHome guest, AgentSocket host, List<Keygrip> permitted) throws Exception {
        this.host = host;
        this.permitted = List.copyOf(permitted);
        Path socket = guest.agentSocket();
        Files.deleteIfExists(socket);
        this.listener = Listener.unix(socket, SocketKind.STREAM, Listener.Identity.PROCESS);
        Thread.ofPlatform().daemon().start(this::serve);
    }

    private void serve() {
        while (true) {
            try {
                Connection connection = listener.accept();
                var agent = new RealAgent(host, List.of(new SessionOption("display", ":7")));
                Runnable leave = () -> {
                    gone.countDown();
                    agent.close();
                };
                Thread.ofPlatform()
                        .daemon()
                        .start(() -> new AgentConversation(connection, new Keys(agent), leave, log::add).run());
            } catch (ClosedChannelException _) {
                return;
            } catch (IOException e) {
                log.add("accept: " + e);
            }
        }
    }

    private final class Keys implements GuestKeys {
        private final RealAgent agent;

        Keys(RealAgent agent) {
            this.agent = agent;
        }

        @Override
        public List<Keygrip> all() {
            return permitted;
        }

        @Override
        public byte[] publicKey(Keygrip key) throws AgentFailure {
            return agent.publicKey(key);
        }

        @Override
        public byte[] sign(Keygrip key, HashAlgorithm algorithm, byte[] hash) throws AgentFailure {
            ask("sign " + algorithm);
            return agent.sign(key, "The VM “work” wants 100% of a signature", algorithm, hash);
        }

        @Override
        public Plain decrypt(Keygrip key, Ciphertext ciphertext) throws AgentFailure {
            ask("decrypt " + ciphertext.getClass().getSimpleName());
            return agent.decrypt(key, "The VM “work” decrypts", ciphertext);
        }

        private void ask(String what) throws AgentFailure {
            asked.add(what);
            asking.countDown();
            try {
                if (undecided && gone.await(60, TimeUnit.SECONDS)) {
                    throw new AgentFailure(AgentFailure.Kind.DENIED, "nobody is there any more");
                }
            } catch (InterruptedException e) {
                throw new AgentFailure(AgentFailure.Kind.HOST_FAILED, "interrupted", e);
            }
            if (refusal != null) {
                throw new AgentFailure(refusal, "the test's user said no");
            }
        }
    }

    @Override
    public void close() {
        listener.close();
    }
}
