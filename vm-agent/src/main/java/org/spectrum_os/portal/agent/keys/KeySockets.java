// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.keys;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.spectrum_os.portal.agent.AgentLog;
import org.spectrum_os.portal.agent.link.HostAddress;
import org.spectrum_os.portal.protocol.KeyChannel;
import org.spectrum_os.portal.protocol.KeyMessage;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Listener;
import org.spectrum_os.portal.transport.Peer;

/**
 * The agent sockets of this VM's programs. Each connection to one becomes a connection to the host, and nothing is understood of what
 * goes over it. Only programs of the user who runs this are heard.
 */
final class KeySockets {
    /** Connections at once, of both kinds together. */
    static final int MOST = 64;
    /** For the last words to somebody who is turned away. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private static final int MOST_LAST_BYTES = 64 * 1024;

    /** What is served at a socket. */
    enum Kind {
        GPG("gpg") {
            @Override
            KeyMessage.Ask ask() {
                return new KeyMessage.GpgAgent(KeyMessage.VERSION);
            }

            // In place of the greeting. The code is that of libgpg-error for an agent that is not running.
            @Override
            String refusal(String why) {
                return "ERR 67108941 "
                        + why.replace("%", "%25").replace('\n', ' ').replace('\r', ' ') + "\n";
            }
        },
        SSH("ssh") {
            @Override
            KeyMessage.Ask ask() {
                return new KeyMessage.SshAgent(KeyMessage.VERSION);
            }

            // SSH_AGENT_FAILURE, the answer to whatever is asked; this protocol has no words for why.
            @Override
            String refusal(String why) {
                return "\0\0\0\1\5";
            }
        };

        /** What socket units call it. */
        final String word;

        Kind(String word) {
            this.word = word;
        }

        abstract KeyMessage.Ask ask();

        abstract String refusal(String why);
    }

    private final HostAddress host;
    private final int user;
    private final Duration idleExit;
    private int open;
    private long idleSince = System.nanoTime();

    /**
     * @param user     the only one who is heard
     * @param idleExit leave after so long without a connection; zero stays
     */
    KeySockets(HostAddress host, int user, Duration idleExit) {
        this.host = host;
        this.user = user;
        this.idleExit = idleExit;
    }

    /** Begins to serve at a socket. */
    void serve(Kind kind, Listener listener) {
        Thread.ofPlatform().daemon().name(kind.word).start(() -> {
            try {
                while (true) {
                    Connection asker = listener.accept();
                    Thread.ofPlatform().daemon().name(kind.word + " connection").start(() -> opened(kind, asker));
                }
            } catch (ClosedChannelException _) {
                // The program ends.
            } catch (IOException e) {
                AgentLog.warn("no more connections are taken at the " + kind.word + " socket: " + e.getMessage()
                        + "; start this program again");
            }
        });
    }

    /** Waits until nothing has been connected for as long as was said; for ever if it was not. */
    synchronized void awaitIdle() throws InterruptedException {
        while (true) {
            long left = idleExit.toNanos() - (System.nanoTime() - idleSince);
            if (open > 0 || idleExit.isZero()) {
                wait();
            } else if (left > 0) {
                wait(left / 1_000_000 + 1);
            } else {
                return;
            }
        }
    }

    private void opened(Kind kind, Connection asker) {
        if (!(asker.peer() instanceof Peer.HostProcess(int _, int uid, int _) && uid == user)) {
            AgentLog.warn("turned away " + asker.peer() + " at the " + kind.word + " socket: only user " + user
                    + " is served");
            asker.close();
            return;
        }
        boolean taken = begin();
        try (asker) {
            if (taken) {
                relayed(kind, asker);
            } else {
                refuse(kind, asker, MOST + " connections to the host's keys are open already; end one of them");
            }
        } finally {
            if (taken) {
                end();
            }
        }
    }

    private void relayed(Kind kind, Connection asker) {
        try (KeyChannel channel = HostKeys.open(host, kind.ask())) {
            Relay.run(asker, channel.connection());
        } catch (IOException e) {
            refuse(kind, asker, String.valueOf(e.getMessage()));
        }
    }

    /** Nothing is carried; the one who asked is told why, if its protocol has words for that. */
    private static void refuse(Kind kind, Connection asker, String why) {
        AgentLog.warn(kind.word + ": " + why);
        try {
            asker.write(ByteBuffer.wrap(kind.refusal(why).getBytes(StandardCharsets.UTF_8)), LAST_WORDS);
            // Closed at once, it would be gone while it asks, and end by a signal instead of its own words.
            asker.closeAfterDraining(LAST_WORDS, MOST_LAST_BYTES);
        } catch (IOException gone) {
            AgentLog.warn(kind.word + ": and whoever asked is gone: " + gone.getMessage());
        }
    }

    private synchronized boolean begin() {
        if (open >= MOST) {
            return false;
        }
        open++;
        notifyAll();
        return true;
    }

    private synchronized void end() {
        open--;
        idleSince = System.nanoTime();
        notifyAll();
    }
}
