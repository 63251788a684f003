// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.ssh;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import org.spectrum_os.portal.protocol.FrameChannel;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.protocol.ProtocolException;
import org.spectrum_os.portal.transport.Connection;

/**
 * An ssh-agent for one connection of a guest: says which keys there are, has signed what is understood, takes note of the sessions that
 * the connection is bound to, and does nothing else. A message is at most {@link Limits#FRAME_BYTES}, a quarter of what OpenSSH's agent
 * takes: the longest that a guest needs has two keys of 16384 bits in it, and only private keys are longer. One that is broken ends the
 * connection.
 *
 * <p>A thread of its own reads, so that the guest's going away is noticed while a person is being asked.
 */
public final class SshConversation {
    /** Requests of one connection that wait for their turn; clients of the protocol wait for each answer. */
    static final int MOST_WAITING = 16;

    private static final Duration ANSWER = Duration.ofSeconds(10);
    /** For the guest to learn that a connection has ended, before it is closed under it. */
    private static final Duration FAREWELL = Duration.ofSeconds(1);

    private static final int FAREWELL_BYTES = 256 * 1024;
    private static final byte[] FAILURE = {AgentProtocol.FAILURE};

    private final Connection guest;
    private final FrameChannel frames;
    private final GuestIdentities keys;
    private final Consumer<String> log;
    private final Runnable gone;
    private final SessionBindings bindings = new SessionBindings();
    /** The last is empty; there is always room for it. */
    private final BlockingQueue<Optional<GuestMessage>> waiting = new ArrayBlockingQueue<>(MOST_WAITING + 1);

    private volatile boolean over;

    /**
     * Takes over a connection.
     *
     * @param log  for the host's log, one line at a time, nothing of the guest's in it; from two threads. A guest can bring about as many
     *             lines as it likes
     * @param gone called once, by another thread, as soon as nothing more can be said to this guest: whoever is being asked for it need not
     *             answer any more
     */
    public SshConversation(Connection guest, GuestIdentities keys, Consumer<String> log, Runnable gone) {
        this.guest = guest;
        this.frames = new FrameChannel(guest);
        this.keys = keys;
        this.log = log;
        this.gone = gone;
    }

    /** Answers until the guest, or somebody by closing the connection, ends it; it is closed on return. */
    public void run() throws InterruptedException {
        Thread reader = Thread.ofPlatform().daemon().name("ssh-agent's guest").start(this::readAll);
        try {
            for (var next = waiting.take(); next.isPresent() && !over; next = waiting.take()) {
                frames.send(answer(next.get()), ANSWER);
            }
            guest.finishWriting();
            guest.closeAfterDraining(FAREWELL, FAREWELL_BYTES);
        } catch (ClosedChannelException _) {
            // Somebody closed it; that is an end as good as any.
        } catch (IOException e) {
            if (!over) {
                log.accept("an ssh-agent's answer did not reach the guest: " + e.getMessage());
            }
        } finally {
            guest.close();
            reader.join();
        }
    }

    private void readAll() {
        try {
            while (true) {
                GuestMessage message = GuestMessage.parse(frames.receive(Duration.ZERO));
                if (waiting.remainingCapacity() == 1) {
                    throw new ProtocolException("more than " + MOST_WAITING + " requests that wait for an answer");
                }
                waiting.add(Optional.of(message));
            }
        } catch (EOFException | ClosedChannelException _) {
            // The end.
        } catch (ProtocolException e) {
            log.accept("the guest does not speak the ssh-agent protocol, its connection ends: " + e.getMessage());
        } catch (IOException e) {
            log.accept("the connection of an ssh-agent's guest broke: " + e.getMessage());
        } finally {
            over = true;
            waiting.add(Optional.empty());
            gone.run();
        }
    }

    private byte[] answer(GuestMessage message) {
        return switch (message) {
            case GuestMessage.RequestIdentities _ -> identities(keys.all());
            case GuestMessage.SignRequest request -> signature(request);
            case GuestMessage.SessionBind bind -> bound(bind);
            case GuestMessage.Query _ ->
                new WireWriter()
                        .octet(AgentProtocol.EXTENSION_RESPONSE)
                        .string("query")
                        .string("session-bind@openssh.com")
                        .toBytes();
            case GuestMessage.Other(int type) -> {
                // A guest's program that probes for an extension means no harm.
                if (type != AgentProtocol.EXTENSION) {
                    log.accept("refused: the guest asked the ssh-agent to " + AgentProtocol.title(type));
                }
                yield FAILURE;
            }
        };
    }

    /** As many as fit one message. */
    private static byte[] identities(List<SshKey> all) {
        var list = new WireWriter();
        int count = 0;
        for (SshKey key : all) {
            byte[] one =
                    new WireWriter().string(key.blob()).string(key.comment()).toBytes();
            if (5 + list.size() + one.length > Limits.FRAME_BYTES) {
                break;
            }
            list.bytes(one);
            count++;
        }
        return new WireWriter()
                .octet(AgentProtocol.IDENTITIES_ANSWER)
                .uint32(count)
                .bytes(list.toBytes())
                .toBytes();
    }

    private byte[] signature(GuestMessage.SignRequest request) {
        SshKey wanted = SshKey.of(request.key(), "");
        Optional<SshKey> key = keys.all().stream().filter(wanted::isSame).findFirst();
        if (key.isEmpty() || request.flags() > AgentProtocol.RSA_SHA2_512) {
            log.accept("refused: the guest asked for a signature by a key that it may not use, or with unknown flags");
            return FAILURE;
        }
        int flags = (int) request.flags();
        try {
            SshRequest what = SignedData.understand(key.get(), request.data(), flags, bindings);
            return keys.sign(key.get(), what, request.data(), flags)
                    .map(blob -> new WireWriter()
                            .octet(AgentProtocol.SIGN_RESPONSE)
                            .string(blob)
                            .toBytes())
                    .orElse(FAILURE);
        } catch (RefusedException e) {
            log.accept("refused, nobody was asked: " + e.getMessage());
            return FAILURE;
        }
    }

    private byte[] bound(GuestMessage.SessionBind bind) {
        try {
            bindings.add(bind);
            return new byte[] {AgentProtocol.SUCCESS};
        } catch (RefusedException e) {
            log.accept("an SSH session was not bound, its server will be unknown: " + e.getMessage());
            return new byte[] {AgentProtocol.EXTENSION_FAILURE};
        }
    }
}
