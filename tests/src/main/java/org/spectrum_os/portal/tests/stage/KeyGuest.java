// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.protocol.KeyChannel;
import org.spectrum_os.portal.protocol.KeyMessage;
import org.spectrum_os.portal.protocol.Ports;
import org.spectrum_os.portal.protocol.Untrusted;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Listener;
import org.spectrum_os.portal.transport.Relay;
import org.spectrum_os.portal.transport.SocketKind;

/** The guest's half of what is said about keys, without a guest: for tests, and to measure the host's half alone. Thread-safe. */
final class KeyGuest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Stage stage;

    KeyGuest(Stage stage) {
        this.stage = stage;
    }

    /** Connects to the backend, and says nothing. */
    Connection connect() throws IOException {
        return Connection.connectUnix(
                Ports.unixSocket(stage.folder().resolve("vm/vm.vsock"), Ports.KEYS), SocketKind.STREAM);
    }

    /** Asks for something, which must be granted. */
    KeyChannel open(KeyMessage.Ask ask) throws IOException {
        var channel = new KeyChannel(connect());
        channel.send(ask, PATIENCE);
        if (channel.receiveMessage(KeyMessage.Answer.class, PATIENCE) instanceof KeyMessage.Ready) {
            return channel;
        }
        channel.close();
        throw new IOException("the backend refused " + ask);
    }

    /**
     * What came of a request to sign.
     *
     * @param answer {@link KeyMessage.Signed} or {@link KeyMessage.Failed}
     * @param bytes  all that the host sent
     */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares it
    record Signature(KeyMessage.Answer answer, byte[] bytes) {
        /** Insists that there is one. */
        byte[] orThrow() throws IOException {
            if (answer instanceof KeyMessage.Signed && bytes.length > 0) {
                return bytes;
            }
            throw new IOException("no signature, in " + bytes.length + " bytes: " + answer);
        }
    }

    /** A request for a readable signature by itself. */
    static KeyMessage.SignOpenpgp detached(String key) {
        return new KeyMessage.SignOpenpgp(
                KeyMessage.VERSION,
                Untrusted.of(key),
                KeyMessage.SignOpenpgp.Form.DETACHED,
                true,
                Untrusted.of("a test"));
    }

    /** A request for a signature by an SSH key. */
    static KeyMessage.SignSsh ssh(String key, String namespace) {
        return new KeyMessage.SignSsh(
                KeyMessage.VERSION, Untrusted.of(key), Untrusted.of(namespace), Untrusted.of("a test"));
    }

    Signature sign(KeyMessage.Sign ask, byte[] content) throws IOException, InterruptedException {
        return sign(ask, new ByteArrayInputStream(content));
    }

    /** Has content signed; blocks until the user has answered and there is a signature, or there will be none. */
    Signature sign(KeyMessage.Sign ask, InputStream content) throws IOException, InterruptedException {
        try (KeyChannel channel = open(ask)) {
            var unsent = new AtomicReference<@Nullable IOException>();
            Thread sending = Thread.ofPlatform().start(() -> {
                try {
                    send(channel, content);
                } catch (IOException e) {
                    unsent.set(e);
                }
            });
            var received = new ByteArrayOutputStream();
            KeyMessage.Answer last = receive(channel, received);
            channel.close();
            sending.join();
            IOException failure = unsent.get();
            if (failure != null && last instanceof KeyMessage.Signed) {
                throw new IOException("signed although not all of the content was sent", failure);
            }
            return new Signature(last, received.toByteArray());
        }
    }

    /** Receives all that the host makes of content, and its last word. */
    static KeyMessage.Answer receive(KeyChannel channel, OutputStream into) throws IOException {
        while (true) {
            switch (channel.receive(KeyMessage.Answer.class, PATIENCE)) {
                case KeyChannel.Piece.Data<KeyMessage.Answer>(ByteBuffer piece) ->
                    into.write(piece.array(), piece.arrayOffset() + piece.position(), piece.remaining());
                case KeyChannel.Piece.End<KeyMessage.Answer> _ -> {
                    // What follows says whether it counts.
                }
                case KeyChannel.Piece.Said<KeyMessage.Answer>(KeyMessage.Received _) -> {
                    // Progress.
                }
                case KeyChannel.Piece.Said<KeyMessage.Answer>(KeyMessage.Answer last) -> {
                    return last;
                }
            }
        }
    }

    /** Sends content and its end. */
    static void send(KeyChannel channel, InputStream content) throws IOException {
        byte[] block = new byte[KeyChannel.PIECE_BYTES];
        for (int count = content.read(block); count >= 0; count = content.read(block)) {
            channel.sendData(ByteBuffer.wrap(block, 0, count));
        }
        channel.sendEnd();
    }

    /** What the host lets this guest have of public keys. */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares it
    record PublicKeys(byte[] openpgp, List<String> fingerprints) {}

    PublicKeys publicKeys() throws IOException {
        try (KeyChannel channel = open(new KeyMessage.PublicKeys(KeyMessage.VERSION))) {
            var received = new ByteArrayOutputStream();
            if (receive(channel, received) instanceof KeyMessage.Keys keys) {
                return new PublicKeys(received.toByteArray(), keys.fingerprints());
            }
            throw new IOException("no list of keys follows their data");
        }
    }

    /** A Unix socket behind which the backend is what {@code ask} asks for, for real programs of the stage's user; the caller's to close. */
    AutoCloseable serve(Path socket, KeyMessage.Ask ask) throws IOException {
        Listener listener = Listener.unix(socket, SocketKind.STREAM, Listener.Identity.SOCKET);
        stage.own(socket);
        Thread.ofPlatform().daemon().name("relay to the backend").start(() -> {
            try {
                while (true) {
                    Connection program = listener.accept();
                    Thread.ofPlatform().daemon().start(() -> relay(program, ask));
                }
            } catch (ClosedChannelException e) {
                // Closed by its owner.
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        return listener;
    }

    private void relay(Connection program, KeyMessage.Ask ask) {
        try (program) {
            new Relay(program, open(ask).connection()).run();
        } catch (IOException e) {
            // The program is told by the closed connection; a test that expects otherwise says what it missed.
            System.getLogger(KeyGuest.class.getName()).log(System.Logger.Level.DEBUG, "no relay", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * A home of GnuPG with the public keys that the host offers and none of the secret ones, whose gpg-agent is the backend. Guest and host
     * may have different releases of GnuPG: the property {@code gnupg.guest} names the folder with this one's programs.
     *
     * @param folder to be made; its path must be short
     */
    HostCommands gnupg(Path folder, List<AutoCloseable> toClose) throws IOException, InterruptedException {
        Files.createDirectory(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        // Never an agent of its own.
        Files.writeString(folder.resolve("gpg.conf"), "no-autostart\nbatch\ntrust-model always\n");
        stage.own(folder);
        HostCommands commands = HostCommands.in(folder, stage.user()).with("GNUPGHOME", folder.toString());
        String programs = System.getProperty("gnupg.guest");
        if (programs != null) {
            commands = commands.with("PATH", programs + ":/usr/bin:/bin");
        }
        PublicKeys offered = publicKeys();
        if (!offered.fingerprints().isEmpty()) {
            commands.run(offered.openpgp(), "gpg", "--import").orThrow("importing the offered keys");
        }
        String socket = commands.must("gpgconf", "--list-dirs", "agent-socket").strip();
        toClose.add(serve(Path.of(socket), new KeyMessage.GpgAgent(KeyMessage.VERSION)));
        return commands;
    }
}
