// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign.vault;

import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import org.spectrum_os.portal.backend.agent.VmDialer;
import org.spectrum_os.portal.backend.policy.LinkAddress;
import org.spectrum_os.portal.protocol.DisplayText;
import org.spectrum_os.portal.protocol.KeyChannel;
import org.spectrum_os.portal.protocol.KeyMessage;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.protocol.Ports;
import org.spectrum_os.portal.protocol.ProtocolException;
import org.spectrum_os.portal.protocol.Untrusted;
import org.spectrum_os.portal.transport.Connection;

/** Connections to a VM that holds keys. Blocks: platform threads. */
public final class VaultLink {
    private static final Duration ANSWER = Duration.ofSeconds(10);
    /** For all public keys; a vault that goes on a byte at a time must not hold up who waits for it. */
    private static final Duration KEYS = Duration.ofSeconds(20);
    /** Bytes of public keys that are taken from a vault. */
    private static final long KEYS_MOST = 16L * 1024 * 1024;

    private final String vault;
    private final LinkAddress address;
    private final Duration keys;

    /**
     * @param vault   its name
     * @param address where it is
     */
    public VaultLink(String vault, LinkAddress address) {
        this(vault, address, KEYS);
    }

    /**
     * @param keys for all public keys
     */
    VaultLink(String vault, LinkAddress address, Duration keys) {
        this.vault = vault;
        this.address = address;
        this.keys = keys;
    }

    /** To its gpg-agent; the Assuan greeting comes next. */
    public Connection gpgAgent() throws IOException {
        return ask(new KeyMessage.GpgAgent(KeyMessage.VERSION)).connection();
    }

    /** To its ssh-agent. */
    public Connection sshAgent() throws IOException {
        return ask(new KeyMessage.SshAgent(KeyMessage.VERSION)).connection();
    }

    /** Writes the public keys of all its secret keys, as OpenPGP data, and returns the fingerprints of the primary keys. */
    public List<String> publicKeys(OutputStream to) throws IOException {
        try (KeyChannel channel = ask(new KeyMessage.PublicKeys(KeyMessage.VERSION))) {
            long bytes = 0;
            long deadline = System.nanoTime() + keys.toNanos();
            while (true) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    throw new SocketTimeoutException(
                            "the vault " + vault + " did not send its public keys within " + keys.toSeconds() + " s");
                }
                switch (channel.receive(KeyMessage.Answer.class, Duration.ofNanos(Math.min(left, ANSWER.toNanos())))) {
                    case KeyChannel.Piece.Data(var piece) -> {
                        bytes += piece.remaining();
                        if (bytes > KEYS_MOST) {
                            throw new ProtocolException(
                                    vault + " has more than " + KEYS_MOST + " bytes of public keys");
                        }
                        to.write(piece.array(), piece.arrayOffset() + piece.position(), piece.remaining());
                    }
                    case KeyChannel.Piece.End() -> {}
                    case KeyChannel.Piece.Said(KeyMessage.Keys(List<String> fingerprints)) -> {
                        return fingerprints;
                    }
                    case KeyChannel.Piece.Said(var other) ->
                        throw new ProtocolException(vault + " answered with something else than its keys");
                }
            }
        }
    }

    private KeyChannel ask(KeyMessage.Ask ask) throws IOException {
        Connection connection;
        try {
            connection = VmDialer.dial(address, Ports.VAULT);
        } catch (IOException e) {
            throw new IOException(
                    "the vault " + vault + " cannot be reached (" + e.getMessage()
                            + "): is it running, and \"spectrum-agent vault\" in it?",
                    e);
        }
        var channel = new KeyChannel(connection);
        try {
            channel.send(ask, ANSWER);
            return switch (channel.receiveMessage(KeyMessage.Answer.class, ANSWER)) {
                case KeyMessage.Ready _ -> channel;
                case KeyMessage.Refused(String why) ->
                    throw new IOException("the vault " + vault + " refuses: "
                            + DisplayText.of(Untrusted.of(why), Limits.TEXT_CODE_POINTS));
                case KeyMessage.Received _, KeyMessage.Signed _, KeyMessage.Failed _, KeyMessage.Keys _ ->
                    throw new ProtocolException("the vault " + vault + " said something else than yes or no");
            };
        } catch (SocketTimeoutException e) {
            channel.close();
            throw new IOException("the vault " + vault + " does not answer", e);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }
}
