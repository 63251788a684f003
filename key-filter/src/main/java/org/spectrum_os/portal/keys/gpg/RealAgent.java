// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.gpg;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.keys.assuan.AssuanLimits;
import org.spectrum_os.portal.keys.assuan.Escaping;
import org.spectrum_os.portal.keys.assuan.MalformedAssuanException;
import org.spectrum_os.portal.transport.Connection;

/**
 * The gpg-agent that has the secret keys. Each operation has a connection of its own, so one that is killed or restarted between two of
 * them makes no difference. Any thread may call; {@link #close} ends what is going on.
 */
public final class RealAgent implements AutoCloseable {
    /** For what is answered at once. */
    private static final Duration AT_ONCE = Duration.ofSeconds(20);
    /** For what may need a passphrase, or a card and its PIN. */
    private static final Duration PINENTRY = Duration.ofMinutes(5);

    private static final Pattern VERSION = Pattern.compile("[0-9][0-9A-Za-z.-]{0,40}");

    private final AgentSocket socket;
    private final List<SessionOption> session;
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** @param session where its pinentry asks; options that it does not know are passed over */
    public RealAgent(AgentSocket socket, List<SessionOption> session) {
        this.socket = socket;
        this.session = List.copyOf(session);
    }

    /** Its version, such as {@code 2.2.40}. */
    public String version() throws AgentFailure {
        return operate(agent -> {
            String version =
                    new String(data(agent.command("GETINFO version"), AgentRefusals.ANY), StandardCharsets.ISO_8859_1);
            if (!VERSION.matcher(version).matches()) {
                throw new MalformedAssuanException("a version that is none");
            }
            return version;
        });
    }

    /** The public part of a key that it has, as a canonical s-expression {@code (10:public-key…)}. */
    public byte[] publicKey(Keygrip key) throws AgentFailure {
        return operate(agent -> AgentResults.publicKey(data(agent.command("READKEY " + key), AgentRefusals.READING)));
    }

    /**
     * Signs a hash.
     *
     * @param description what its pinentry shows, if it asks; some 900 bytes at most, longer ones are cut
     * @return a canonical s-expression {@code (7:sig-val…)}
     */
    public byte[] sign(Keygrip key, String description, HashAlgorithm algorithm, byte[] hash) throws AgentFailure {
        return operate(agent -> {
            prepare(agent, "SIGKEY", key, description);
            data(
                    agent.command("SETHASH " + algorithm.number() + " "
                            + HexFormat.of().withUpperCase().formatHex(hash)),
                    AgentRefusals.ANY);
            return AgentResults.signature(data(agent.command("PKSIGN", null, PINENTRY), AgentRefusals.ANY));
        });
    }

    /**
     * Decrypts a session key.
     *
     * @param description what its pinentry shows, if it asks; some 900 bytes at most, longer ones are cut
     */
    public GuestKeys.Plain decrypt(Keygrip key, String description, Ciphertext ciphertext) throws AgentFailure {
        return operate(agent -> {
            prepare(agent, "SETKEY", key, description);
            AgentClient.Answer answer = agent.command(
                    "PKDECRYPT", CiphertextForms.expression(ciphertext).canonical(), PINENTRY);
            byte[] value = AgentResults.value(data(answer, AgentRefusals.DECRYPTING));
            byte[] told = ciphertext instanceof Ciphertext.WrappedEcdh wrapped
                    ? EcdhUnwrap.sessionKey(value, wrapped)
                    : value;
            return new GuestKeys.Plain(AgentResults.valueExpression(told), answer.padding());
        });
    }

    /** Ends what is going on, with a failure, and lets nothing more begin. */
    @Override
    public void close() {
        closed = true;
        open.forEach(Connection::close);
    }

    private interface Operation<T> {
        T on(AgentClient agent) throws IOException, AgentFailure;
    }

    private <T> T operate(Operation<T> operation) throws AgentFailure {
        try (Connection connection = socket.connect()) {
            open.add(connection);
            try {
                if (closed) {
                    throw abandoned(null);
                }
                var agent = new AgentClient(connection, AT_ONCE);
                agent.greeting();
                for (SessionOption option : session) {
                    agent.command(bytes("OPTION " + option.name() + "=" + option.value()));
                }
                return operation.on(agent);
            } finally {
                open.remove(connection);
            }
        } catch (SocketTimeoutException e) {
            throw closed
                    ? abandoned(e)
                    : new AgentFailure(
                            AgentFailure.Kind.EXPIRED,
                            "the host's gpg-agent did not answer in time: is its pinentry waiting somewhere?",
                            e);
        } catch (MalformedAssuanException e) {
            throw closed
                    ? abandoned(e)
                    : failed(
                            "answered what it should not: " + e.getMessage()
                                    + "; if it was restarted just now, do it again, else look at its log",
                            e);
        } catch (IOException e) {
            throw closed
                    ? abandoned(e)
                    : failed(
                            "cannot be talked to: " + e.getMessage()
                                    + "; see whether it runs: gpgconf --launch gpg-agent",
                            e);
        }
    }

    private static AgentFailure failed(String how, IOException e) {
        return new AgentFailure(AgentFailure.Kind.HOST_FAILED, "the host's gpg-agent " + how, e);
    }

    private static AgentFailure abandoned(@Nullable IOException e) {
        String message = "given up, as the VM that asked is not there any more";
        return e == null
                ? new AgentFailure(AgentFailure.Kind.DENIED, message)
                : new AgentFailure(AgentFailure.Kind.DENIED, message, e);
    }

    private static void prepare(AgentClient agent, String command, Keygrip key, String description)
            throws IOException, AgentFailure {
        data(agent.command(command + " " + key), AgentRefusals.ANY);
        if (!description.isEmpty()) {
            data(agent.command(describe(description)), AgentRefusals.ANY);
        }
    }

    private static String describe(String description) {
        var line = new StringBuilder("SETKEYDESC ");
        for (int at = 0; at < description.length(); ) {
            String one = Character.toString(description.codePointAt(at));
            String escaped = Escaping.argument(one);
            if (line.length() + escaped.length() > AssuanLimits.LINE_BYTES) {
                break;
            }
            line.append(escaped);
            at += one.length();
        }
        return line.toString();
    }

    private static byte[] data(AgentClient.Answer answer, AgentRefusals refusals) throws AgentFailure {
        if (answer.error() != null) {
            throw refusals.failure(answer.error());
        }
        return answer.data();
    }

    /** One character for each byte. */
    private static String bytes(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
