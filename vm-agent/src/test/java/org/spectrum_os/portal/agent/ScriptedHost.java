// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.spectrum_os.portal.agent.link.HostAddress;
import org.spectrum_os.portal.protocol.Message;
import org.spectrum_os.portal.protocol.MessageChannel;
import org.spectrum_os.portal.protocol.Ports;
import org.spectrum_os.portal.transport.Listener;
import org.spectrum_os.portal.transport.SocketKind;

/** The host's end of a link over a Unix socket; the test says what it answers. */
public final class ScriptedHost implements AutoCloseable {
    private static final Duration WAIT = Duration.ofSeconds(15);

    private final Path socket;
    private final Listener listener;
    private final BlockingQueue<MessageChannel> accepted = new LinkedBlockingQueue<>();

    /** A host behind {@code <socket>_5219}. */
    public ScriptedHost(Path socket) throws IOException {
        this.socket = socket;
        this.listener =
                Listener.unix(Ports.unixSocket(socket, Ports.LINK), SocketKind.STREAM, Listener.Identity.SOCKET);
        Thread.ofPlatform().daemon().name("scripted-host").start(this::accept);
    }

    private void accept() {
        try {
            while (true) {
                accepted.add(new MessageChannel(listener.accept()));
            }
        } catch (IOException e) {
            // Closed by the test.
        }
    }

    public HostAddress address() {
        return new HostAddress.UnixSocket(socket);
    }

    /** The next connection, its hello not yet read. */
    public MessageChannel connection() throws InterruptedException {
        MessageChannel next = accepted.poll(WAIT.toSeconds(), TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("the agent did not connect");
        }
        return next;
    }

    /** The next connection, welcomed. */
    public MessageChannel welcomed() throws IOException, InterruptedException {
        MessageChannel link = connection();
        expect(link, Message.Hello.class);
        link.send(new Message.Welcome(Message.VERSION, "test"));
        return link;
    }

    /** The next message, which must be of this kind. */
    public static <M extends Message.FromGuest> M expect(MessageChannel link, Class<M> kind) throws IOException {
        Message.FromGuest message = link.receive(Message.FromGuest.class, WAIT);
        if (!kind.isInstance(message)) {
            throw new AssertionError("expected " + kind.getSimpleName() + ", got " + message);
        }
        return kind.cast(message);
    }

    /** Says that the agent ends the link, and sends nothing more. */
    public static void expectEnd(MessageChannel link) throws IOException {
        try {
            throw new AssertionError("unexpected: " + link.receive(Message.FromGuest.class, WAIT));
        } catch (EOFException e) {
            // As it should be.
        }
    }

    /** Says that nothing comes for a while. */
    public static void expectSilence(MessageChannel link, Duration length) throws IOException {
        try {
            throw new AssertionError("unexpected: " + link.receive(Message.FromGuest.class, length));
        } catch (SocketTimeoutException e) {
            // As it should be.
        }
    }

    @Override
    public void close() {
        listener.close();
    }
}
