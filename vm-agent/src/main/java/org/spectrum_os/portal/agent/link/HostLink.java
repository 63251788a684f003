// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.link;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.agent.AgentLog;
import org.spectrum_os.portal.agent.request.Host;
import org.spectrum_os.portal.protocol.DisplayText;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.protocol.Message;
import org.spectrum_os.portal.protocol.MessageChannel;
import org.spectrum_os.portal.protocol.Ports;
import org.spectrum_os.portal.protocol.ProtocolException;
import org.spectrum_os.portal.protocol.Untrusted;

/**
 * The one link to the host. It is brought up when the first request waits for it and then stays until either side ends it. While
 * requests wait and the host is away or busy with a former link, attempts follow each other in growing distances.
 *
 * <p>Thread-safe. One platform thread connects and reads; it makes the calls to {@link Host.Events}.
 */
public final class HostLink implements Host, AutoCloseable {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final String NO_WELCOME = "the host's first message is no welcome";
    private static final String SECOND_WELCOME = "a second answer to the hello";
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final HostAddress address;
    private final String agentName;
    private final Events events;
    private final Object lock = new Object();

    private int waiting;
    private @Nullable Channel up;
    /** Closed by {@link #close} to end an attempt or a link in progress. */
    private @Nullable MessageChannel connecting;

    private long pauseNanos = FIRST_PAUSE.toNanos();
    private long notBefore = System.nanoTime();
    private long refusals;
    private String lastFailure = "no attempt was made";
    private boolean closed;
    private boolean started;

    /**
     * A link that is down until it is needed.
     *
     * @param agentName the name and version this agent gives itself, for the host's log
     */
    public HostLink(HostAddress address, String agentName, Events events) {
        this.address = address;
        this.agentName = agentName;
        this.events = events;
    }

    @Override
    public Line awaitLine(Duration patience) throws HostAwayException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        synchronized (lock) {
            if (up == null && waiting == 0) {
                pauseNanos = FIRST_PAUSE.toNanos();
                notBefore = Math.min(notBefore, System.nanoTime() + FIRST_PAUSE.toNanos());
            }
            long refusalsBefore = refusals;
            waiting++;
            startThread();
            lock.notifyAll();
            try {
                while (up == null) {
                    long left = deadline - System.nanoTime();
                    if (closed) {
                        throw new HostAwayException("the agent is stopping");
                    }
                    if (refusals != refusalsBefore) {
                        throw new HostAwayException(lastFailure);
                    }
                    if (left <= 0) {
                        throw new HostAwayException("no link to the host (" + address.describe(Ports.LINK) + ") within "
                                + patience.toMillis() + " ms: " + lastFailure
                                + "; see on the host whether the portal runs and knows this VM");
                    }
                    lock.wait(left / 1_000_000 + 1);
                }
                return up;
            } finally {
                waiting--;
            }
        }
    }

    private void startThread() {
        if (!started) {
            started = true;
            Thread.ofPlatform().daemon().name("link").start(this::run);
        }
    }

    private void run() {
        try {
            while (awaitDemand()) {
                attempt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns when somebody waits and the pause after the last attempt is over; false when the agent stops. */
    private boolean awaitDemand() throws InterruptedException {
        synchronized (lock) {
            while (!closed) {
                long pause = notBefore - System.nanoTime();
                if (waiting > 0 && pause <= 0) {
                    return true;
                }
                lock.wait(waiting > 0 ? pause / 1_000_000 + 1 : 0);
            }
            return false;
        }
    }

    private void attempt() {
        Channel line = null;
        String why;
        try (var channel = new MessageChannel(address.connect(Ports.LINK))) {
            adopt(channel);
            channel.send(new Message.Hello(Message.VERSION, Untrusted.of(agentName)));
            line = welcomed(channel, channel.receive(Message.FromHost.class, Limits.HELLO));
            while (true) {
                deliver(line, channel.receive(Message.FromHost.class, Duration.ZERO));
            }
        } catch (ProtocolException e) {
            why = "the host said something that is not this protocol: " + e.getMessage();
        } catch (RefusedException e) {
            why = e.getMessage();
            failed(why, e.fatal);
            return;
        } catch (ClosedChannelException e) {
            why = "the agent is stopping";
        } catch (IOException e) {
            why = String.valueOf(e.getMessage());
        }
        if (line == null) {
            failed(why, false);
        } else {
            down(line, why);
        }
    }

    /** The host closed the door. */
    private static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1;
        /** Whether trying again is pointless. */
        private final boolean fatal;

        RefusedException(String message, boolean fatal) {
            super(message);
            this.fatal = fatal;
        }

        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }
    }

    private Channel welcomed(MessageChannel channel, Message.FromHost first)
            throws ProtocolException, RefusedException {
        switch (first) {
            case Message.Welcome welcome -> {
                if (welcome.version() != Message.VERSION) {
                    throw new ProtocolException(
                            "a welcome for version " + welcome.version() + ", this agent speaks " + Message.VERSION);
                }
                var line = new Channel(channel);
                synchronized (lock) {
                    up = line;
                    pauseNanos = FIRST_PAUSE.toNanos();
                    notBefore = System.nanoTime() + FIRST_PAUSE.toNanos();
                    lock.notifyAll();
                }
                AgentLog.info("linked to " + address.describe(Ports.LINK) + " as instance "
                        + DisplayText.of(Untrusted.of(welcome.instance()), 80));
                return line;
            }
            case Message.Refused refused ->
                throw new RefusedException(
                        "the host refuses the link (" + refused.reason() + "): "
                                + explanation(refused)
                                + switch (refused.reason()) {
                                    case VERSION -> "; install agent and host of the same version";
                                    case ALREADY_LINKED -> "; is another agent running in this VM?";
                                    case PROTOCOL -> "";
                                },
                        refused.reason() != Message.Reason.ALREADY_LINKED);
            case Message.Granted early -> throw new ProtocolException(NO_WELCOME);
            case Message.Ended early -> throw new ProtocolException(NO_WELCOME);
        }
    }

    private static DisplayText explanation(Message.Refused refused) {
        return DisplayText.of(Untrusted.of(refused.explanation()), 300);
    }

    private void deliver(Line line, Message.FromHost message) throws IOException {
        switch (message) {
            case Message.Granted granted -> events.granted(line, granted);
            case Message.Ended ended -> events.ended(line, ended);
            case Message.Welcome again -> throw new ProtocolException(SECOND_WELCOME);
            case Message.Refused refused ->
                throw new IOException("the host ends it (" + refused.reason() + "): " + explanation(refused));
        }
    }

    private void adopt(MessageChannel channel) throws IOException {
        synchronized (lock) {
            if (closed) {
                throw new IOException("the agent is stopping");
            }
            connecting = channel;
        }
    }

    private void failed(String why, boolean fatal) {
        boolean worthALine;
        synchronized (lock) {
            worthALine = !why.equals(lastFailure) && !closed;
            lastFailure = why;
            connecting = null;
            notBefore = System.nanoTime() + pauseNanos;
            pauseNanos = Math.min(pauseNanos * 2, LONGEST_PAUSE.toNanos());
            if (fatal) {
                refusals++;
                lock.notifyAll();
            }
        }
        if (worthALine) {
            AgentLog.warn("no link to " + address.describe(Ports.LINK) + ": " + why);
        }
    }

    private void down(Channel line, String why) {
        synchronized (lock) {
            up = null;
            connecting = null;
            lastFailure = why;
            notBefore = System.nanoTime() + FIRST_PAUSE.toNanos();
        }
        AgentLog.info("the link to the host has ended: " + why);
        events.lost(line, "the link to the host has ended: " + why);
    }

    private record Channel(MessageChannel channel) implements Line {
        @Override
        public void send(Message.FromGuest message) throws IOException {
            channel.send(message);
        }
    }

    /** Ends the link and every wait for it. */
    @Override
    public void close() {
        MessageChannel current;
        synchronized (lock) {
            closed = true;
            current = connecting;
            lock.notifyAll();
        }
        if (current != null) {
            current.close();
        }
    }
}
