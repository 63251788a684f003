// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.protocol.FrameChannel;
import org.spectrum_os.portal.protocol.ProtocolException;
import org.spectrum_os.portal.transport.Connection;

/**
 * Asks a real ssh-agent (RFC 9987), over a new connection each time, so that one that was restarted is found again. One thread asks;
 * {@link #close} may come from any and ends what is going on.
 */
public final class SshAgentClient implements AutoCloseable {
    /** Keys of one agent. */
    private static final int MOST_KEYS = 1024;

    private static final int COMMENT_BYTES = 4096;
    /** To say what it has, and to take what it is told. */
    private static final Duration LIST = Duration.ofSeconds(30);
    /** A signature takes as long as the agent's own passphrase prompt, confirmation or card; others wait for it. */
    private static final Duration SIGN = Duration.ofMinutes(5);

    private final Connector agent;
    private @Nullable Connection current;
    private boolean closed;

    /** How to reach the agent. */
    public interface Connector {
        /** A new connection. */
        Connection connect() throws IOException;
    }

    public SshAgentClient(Connector agent) {
        this.agent = agent;
    }

    /** All keys that it has; keys without a readable comment have an empty one. */
    public List<SshKey> identities() throws SshAgentFailure {
        byte[] request = {AgentProtocol.REQUEST_IDENTITIES};
        return ask("list its keys", request, AgentProtocol.IDENTITIES_ANSWER, LIST, SshAgentClient::list);
    }

    private static List<SshKey> list(WireReader answer) throws ProtocolException {
        long count = answer.uint32();
        if (count > MOST_KEYS) {
            throw new ProtocolException(count + " keys, at most " + MOST_KEYS + " are allowed");
        }
        List<SshKey> keys = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            byte[] blob = answer.string(1, AgentProtocol.KEY_BYTES);
            byte[] comment = answer.string(0, COMMENT_BYTES);
            keys.add(SshKey.of(blob, new String(comment, UTF_8)));
        }
        answer.end();
        return List.copyOf(keys);
    }

    /**
     * Has {@code data} signed; blocks as long as the agent takes.
     *
     * @param flags as in {@link GuestIdentities#sign}
     * @return the signature's blob, of the algorithm that key and flags demand
     */
    public byte[] sign(SshKey key, byte[] data, int flags) throws SshAgentFailure {
        byte[] request = new WireWriter()
                .octet(AgentProtocol.SIGN_REQUEST)
                .string(key.blob())
                .string(data)
                .uint32(flags)
                .toBytes();
        try {
            String algorithm = SignatureAlgorithm.of(key, flags);
            return ask("sign with " + key.fingerprint(), request, AgentProtocol.SIGN_RESPONSE, SIGN, answer -> {
                byte[] signature = answer.string(1, AgentProtocol.SIGNATURE_BYTES);
                answer.end();
                SignatureAlgorithm.requireBlob(signature, algorithm);
                return signature;
            });
        } catch (RefusedException e) {
            throw new SshAgentFailure(
                    SshAgentFailure.Kind.REFUSED, "the ssh-agent was not asked: " + e.getMessage(), e);
        }
    }

    private interface Reading<T> {
        T read(WireReader answer) throws ProtocolException;
    }

    private <T> T ask(String what, byte[] request, int due, Duration idle, Reading<T> reading) throws SshAgentFailure {
        try (Connection connection = open(what)) {
            var frames = new FrameChannel(connection);
            frames.send(request, LIST);
            var answer = new WireReader(frames.receive(idle));
            int type = answer.octet();
            // The last two are those of older agents.
            if (type == AgentProtocol.FAILURE || type == 30 || type == 102) {
                throw new SshAgentFailure(
                        SshAgentFailure.Kind.REFUSED,
                        "the ssh-agent refused to " + what
                                + ": see \"ssh-add -l\" for whether it has the key and is unlocked");
            }
            if (type != due) {
                throw new ProtocolException("an answer of type " + type);
            }
            return reading.read(answer);
        } catch (ProtocolException e) {
            throw new SshAgentFailure(
                    SshAgentFailure.Kind.MALFORMED,
                    "the ssh-agent was asked to " + what + " and its answer is not understood (" + e.getMessage()
                            + "): use OpenSSH's ssh-agent",
                    e);
        } catch (IOException e) {
            throw new SshAgentFailure(
                    SshAgentFailure.Kind.GONE,
                    "the ssh-agent was asked to " + what + " and did not answer (" + e.getMessage()
                            + "): start it, or look whether its socket is the one that is configured",
                    e);
        }
    }

    private Connection open(String what) throws SshAgentFailure {
        Connection connection;
        try {
            connection = agent.connect();
        } catch (IOException e) {
            throw new SshAgentFailure(
                    SshAgentFailure.Kind.GONE,
                    "no ssh-agent can be reached to " + what + " (" + e.getMessage()
                            + "): start it, or look whether its socket is the one that is configured",
                    e);
        }
        try {
            adopt(connection);
        } catch (ClosedChannelException e) {
            connection.close();
            throw new SshAgentFailure(SshAgentFailure.Kind.GONE, "the ssh-agent is not asked any more to " + what, e);
        }
        return connection;
    }

    private synchronized void adopt(Connection connection) throws ClosedChannelException {
        if (closed) {
            throw new ClosedChannelException();
        }
        current = connection;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (current != null) {
            current.close();
        }
    }
}
