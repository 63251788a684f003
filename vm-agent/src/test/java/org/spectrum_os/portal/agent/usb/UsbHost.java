// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.usb;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.agent.link.HostAddress;
import org.spectrum_os.portal.protocol.LentDevice;
import org.spectrum_os.portal.protocol.MessageChannel;
import org.spectrum_os.portal.protocol.Ports;
import org.spectrum_os.portal.protocol.UsbDeviceInfo;
import org.spectrum_os.portal.protocol.UsbMessage;
import org.spectrum_os.portal.transport.Listener;
import org.spectrum_os.portal.transport.SocketKind;

/** The host's end of conversations about USB devices; the test says what it answers. */
public final class UsbHost implements AutoCloseable {
    private static final Duration WAIT = Duration.ofSeconds(15);

    private final Path socket;
    private final Listener listener;
    private final BlockingQueue<MessageChannel> accepted = new LinkedBlockingQueue<>();

    /** A host behind {@code <socket>_5224}. */
    public UsbHost(Path socket) throws IOException {
        this.socket = socket;
        this.listener = Listener.unix(Ports.unixSocket(socket, Ports.USB), SocketKind.STREAM, Listener.Identity.SOCKET);
        Thread.ofPlatform().daemon().name("usb-host-double").start(this::accept);
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

    /** A device like any other; {@code number} tells it from others. */
    public static UsbDeviceInfo device(int number) {
        return device(number, "serial" + number);
    }

    public static UsbDeviceInfo device(int number, String serial) {
        return new UsbDeviceInfo(
                id(number), 0x1d50, 0x6018, 0x0100, "OpenMoko", "Black Magic", "Black Sphere", "Probe 1", serial);
    }

    public static String id(int number) {
        return "%08x".formatted(number);
    }

    public static LentDevice lent(int number, @Nullable Integer port) {
        return lent(number, "serial" + number, port);
    }

    public static LentDevice lent(int number, String serial, @Nullable Integer port) {
        return new LentDevice("lease-" + number, id(number), 0x1d50, 0x6018, serial, port);
    }

    /** The next conversation, its hello not yet read. */
    public MessageChannel connection() throws InterruptedException {
        MessageChannel next = accepted.poll(WAIT.toSeconds(), TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("the agent did not connect");
        }
        return next;
    }

    /** The next conversation, welcomed, with so many devices. */
    public MessageChannel welcomed(int devices) throws IOException, InterruptedException {
        MessageChannel conversation = connection();
        expect(conversation, UsbMessage.Hello.class);
        conversation.send(new UsbMessage.Welcome(UsbMessage.VERSION));
        for (int i = 1; i <= devices; i++) {
            conversation.send(new UsbMessage.Present(device(i)));
        }
        conversation.send(new UsbMessage.Listed());
        return conversation;
    }

    /** The next message, which must be of this kind. */
    public static <M extends UsbMessage.FromGuest> M expect(MessageChannel conversation, Class<M> kind)
            throws IOException {
        UsbMessage.FromGuest message = conversation.receive(UsbMessage.FromGuest.class, WAIT);
        if (!kind.isInstance(message)) {
            throw new AssertionError("expected " + kind.getSimpleName() + ", got " + message);
        }
        return kind.cast(message);
    }

    /** Says that the agent ends the conversation, and sends nothing more. */
    public static void expectEnd(MessageChannel conversation) throws IOException {
        try {
            throw new AssertionError("unexpected: " + conversation.receive(UsbMessage.FromGuest.class, WAIT));
        } catch (EOFException e) {
            // As it should be.
        }
    }

    @Override
    public void close() {
        listener.close();
    }
}
