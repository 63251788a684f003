// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.keys;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.agent.AgentLog;
import org.spectrum_os.portal.protocol.KeyChannel;
import org.spectrum_os.portal.protocol.KeyMessage;
import org.spectrum_os.portal.protocol.Ports;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Listener;
import org.spectrum_os.portal.transport.Peer;
import org.spectrum_os.portal.transport.SocketKind;

/**
 * The command {@code vault}: lends this VM's own gpg-agent and ssh-agent to the host, which checks what guests ask of them and asks the
 * user. Hears nobody but the host; who that is, is the transport's to say.
 */
public final class Vault implements AutoCloseable {
    /** Connections at once; more are closed unheard. */
    static final int MOST = 64;
    /** From the connection to the end of its first frame, and for what is said in return. */
    private static final Duration OPENING = Duration.ofSeconds(10);

    private final Listener listener;
    private final Predicate<Peer> isHost;
    private final GnuPg gpg = new GnuPg(null);
    private final Semaphore places = new Semaphore(MOST);

    private Vault(Listener listener, Predicate<Peer> isHost) {
        this.listener = listener;
        this.isHost = isHost;
    }

    /**
     * Listens.
     *
     * @param socket a Unix socket in place of the vsock port, where whoever can connect is the host: this user and root; or null
     */
    public static Vault listen(@Nullable Path socket) throws IOException {
        if (socket == null) {
            return new Vault(Listener.vsock(Ports.VAULT), Vault::isHost);
        }
        return new Vault(
                Listener.unix(socket, SocketKind.STREAM, Listener.Identity.SOCKET),
                peer -> peer instanceof Peer.UnixSocket);
    }

    /** Over vsock: not another VM, and no process of this one. */
    static boolean isHost(Peer peer) {
        return peer instanceof Peer.Vsock(int cid) && cid == Ports.HOST_CID;
    }

    /** Serves until it is closed. */
    public void run() throws IOException {
        while (true) {
            Connection connection;
            try {
                connection = listener.accept();
            } catch (ClosedChannelException _) {
                return;
            }
            if (!isHost.test(connection.peer())) {
                AgentLog.warn("turned away " + connection.peer() + ": only the host is served");
                connection.close();
            } else if (!places.tryAcquire()) {
                AgentLog.warn("turned away a connection: " + MOST + " are open");
                connection.close();
            } else {
                Thread.ofPlatform().daemon().name("connection").start(() -> opened(connection));
            }
        }
    }

    private void opened(Connection connection) {
        try (var channel = new KeyChannel(connection)) {
            KeyMessage.Ask ask = channel.receiveMessage(KeyMessage.Ask.class, OPENING);
            if (ask.version() != KeyMessage.VERSION) {
                refuse(
                        channel,
                        "the host speaks version " + ask.version() + ", this VM " + KeyMessage.VERSION
                                + ": update the older of the two");
                return;
            }
            switch (ask) {
                case KeyMessage.GpgAgent _ -> relay(channel, this::gpgAgent);
                case KeyMessage.SshAgent _ -> relay(channel, this::sshAgent);
                case KeyMessage.PublicKeys _ -> publicKeys(channel);
                case KeyMessage.Sign _ -> refuse(channel, "a VM that holds keys signs by its agents alone");
            }
        } catch (IOException e) {
            AgentLog.warn("a connection of the host failed: " + e.getMessage());
        } finally {
            places.release();
        }
    }

    private static void refuse(KeyChannel channel, String explanation) throws IOException {
        AgentLog.warn("refused the host: " + explanation);
        channel.send(new KeyMessage.Refused(explanation), OPENING);
    }

    @FunctionalInterface
    private interface Agent {
        Connection connect() throws IOException;
    }

    private static void relay(KeyChannel channel, Agent agent) throws IOException {
        Connection connection;
        try {
            connection = agent.connect();
        } catch (IOException e) {
            refuse(channel, "the agent of the VM that holds the key does not answer");
            throw e;
        }
        try (connection) {
            channel.send(new KeyMessage.Ready(), OPENING);
            Relay.run(channel.connection(), connection);
        }
    }

    private Connection gpgAgent() throws IOException {
        Path socket = Path.of(gpg.directory("agent-socket"));
        try {
            return Connection.connectUnix(socket, SocketKind.STREAM);
        } catch (IOException notRunning) {
            gpg.ask("gpgconf", "--launch", "gpg-agent");
            return Connection.connectUnix(socket, SocketKind.STREAM);
        }
    }

    private Connection sshAgent() throws IOException {
        String own = System.getenv("SSH_AUTH_SOCK");
        if (own != null && !own.isEmpty()) {
            return Connection.connectUnix(Path.of(own), SocketKind.STREAM);
        }
        // gpg-agent can be an ssh-agent as well.
        gpg.ask("gpgconf", "--launch", "gpg-agent");
        return Connection.connectUnix(Path.of(gpg.directory("agent-ssh-socket")), SocketKind.STREAM);
    }

    private void publicKeys(KeyChannel channel) throws IOException {
        List<String> fingerprints =
                GnuPg.primaryFingerprints(gpg.ask("gpg", "--batch", "--with-colons", "--list-secret-keys"));
        if (fingerprints.size() > KeyMessage.Keys.MOST_KEYS) {
            refuse(channel, "more than " + KeyMessage.Keys.MOST_KEYS + " keys are held");
            return;
        }
        channel.send(new KeyMessage.Ready(), OPENING);
        if (!fingerprints.isEmpty()) {
            export(channel, fingerprints);
        }
        channel.sendEnd();
        channel.send(new KeyMessage.Keys(fingerprints), OPENING);
    }

    private void export(KeyChannel channel, List<String> fingerprints) throws IOException {
        List<String> words = new ArrayList<>(List.of("--batch", "--export"));
        words.addAll(fingerprints);
        Process exporting = gpg.start("gpg", words.toArray(String[]::new));
        try (InputStream keys = exporting.getInputStream()) {
            exporting.getOutputStream().close();
            byte[] piece = new byte[KeyChannel.PIECE_BYTES];
            for (int count = keys.read(piece); count >= 0; count = keys.read(piece)) {
                channel.sendData(ByteBuffer.wrap(piece, 0, count));
            }
            GnuPg.await(exporting, "gpg --export");
        } finally {
            exporting.destroy();
        }
    }

    @Override
    public void close() {
        listener.close();
    }
}
