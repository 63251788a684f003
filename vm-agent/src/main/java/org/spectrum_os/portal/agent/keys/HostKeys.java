// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.keys;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.spectrum_os.portal.agent.link.HostAddress;
import org.spectrum_os.portal.protocol.KeyChannel;
import org.spectrum_os.portal.protocol.KeyMessage;
import org.spectrum_os.portal.protocol.Ports;

/** Opens connections about keys to the host. */
public final class HostKeys {
    /** For the host to take the ask. */
    private static final Duration ASKED = Duration.ofSeconds(10);
    /** For the host to be ready; it may have to reach another VM first. No person is asked before. */
    private static final Duration READY = Duration.ofSeconds(30);

    private HostKeys() {}

    /** The host offers nothing; the message says why, as far as it is known, and what to do. */
    public static final class NoKeysException extends IOException {
        private static final long serialVersionUID = 1;

        public NoKeysException(String message, Throwable cause) {
            super(message, cause);
        }

        NoKeysException(String message) {
            super(message);
        }
    }

    /**
     * Connects and asks. Blocks a platform thread, for at most a minute.
     *
     * @return a channel behind the host's {@link KeyMessage.Ready}
     * @throws NoKeysException if the host is not there or refuses
     * @throws IOException     if what it says makes no sense
     */
    public static KeyChannel open(HostAddress host, KeyMessage.Ask ask) throws IOException {
        String where = host.describe(Ports.KEYS);
        KeyChannel channel;
        try {
            channel = new KeyChannel(host.connect(Ports.KEYS));
        } catch (IOException e) {
            throw new NoKeysException(
                    "the host does not answer at " + where + " (" + e.getMessage()
                            + "); the portal on the host must be running, and its policy must know this VM",
                    e);
        }
        try {
            ready(channel, ask, where);
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static void ready(KeyChannel channel, KeyMessage.Ask ask, String where) throws IOException {
        KeyMessage.Answer answer;
        try {
            channel.send(ask, ASKED);
            answer = channel.receiveMessage(KeyMessage.Answer.class, READY);
        } catch (EOFException e) {
            throw new NoKeysException(
                    "the host closed the connection at " + where
                            + " without an answer; its policy must know this VM and name the keys that it may use",
                    e);
        } catch (SocketTimeoutException e) {
            throw new NoKeysException(
                    "the host at " + where + " was not ready within " + READY.toSeconds() + " s; look at its log", e);
        }
        switch (answer) {
            case KeyMessage.Ready() -> {}
            case KeyMessage.Refused(String explanation) ->
                throw new NoKeysException("the host refuses: " + explanation);
            default -> throw new IOException("the host at " + where + " gave an answer that fits no question");
        }
    }
}
