// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.spectrum_os.portal.agent.link.HostAddress;
import org.spectrum_os.portal.protocol.KeyChannel;
import org.spectrum_os.portal.protocol.KeyMessage;
import org.spectrum_os.portal.protocol.KeyMessage.SignOpenpgp.Form;
import org.spectrum_os.portal.protocol.Ports;
import org.spectrum_os.portal.protocol.Untrusted;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Listener;
import org.spectrum_os.portal.transport.SocketKind;

/**
 * A host with keys, behind the Unix socket that userspace vsock would make: it has the real gpg, gpg-agent and ssh-keygen do what is
 * asked, without a user and without a policy. A test says how it answers.
 */
public final class KeyHost implements AutoCloseable {
    private static final Duration WAIT = Duration.ofSeconds(30);

    /** How it answers. */
    public enum Mood {
        ALLOW,
        DENY,
        REFUSE,
        HANG_UP,
        NO_KEY,
        /** Says yes to the ask and then nothing. */
        SILENT
    }

    private final Path socket;
    private final Listener listener;
    private final Path home;
    private final Path sshKey;
    private final Path sshAgentSocket;

    public volatile Mood mood = Mood.ALLOW;
    /** What was asked, in order. */
    public final BlockingQueue<KeyMessage.Ask> asked = new LinkedBlockingQueue<>();
    /** An entry for each connection that the guest has ended. */
    public final BlockingQueue<String> ended = new LinkedBlockingQueue<>();

    /**
     * @param home   gpg's folder with the secret keys
     * @param sshKey a file with a secret SSH key
     * @param sshAgentSocket where a real ssh-agent listens
     */
    public KeyHost(Path socket, Path home, Path sshKey, Path sshAgentSocket) throws IOException {
        this.socket = socket;
        this.home = home;
        this.sshKey = sshKey;
        this.sshAgentSocket = sshAgentSocket;
        this.listener =
                Listener.unix(Ports.unixSocket(socket, Ports.KEYS), SocketKind.STREAM, Listener.Identity.SOCKET);
        Thread.ofPlatform().daemon().name("key-host").start(this::accept);
    }

    public HostAddress address() {
        return new HostAddress.UnixSocket(socket);
    }

    private void accept() {
        try {
            while (true) {
                var channel = new KeyChannel(listener.accept());
                Thread.ofPlatform().daemon().name("key-host connection").start(() -> serve(channel));
            }
        } catch (IOException e) {
            // Closed by the test.
        }
    }

    private void serve(KeyChannel channel) {
        try (channel) {
            KeyMessage.Ask ask = channel.receiveMessage(KeyMessage.Ask.class, WAIT);
            asked.add(ask);
            if (mood == Mood.HANG_UP) {
                return;
            }
            if (mood == Mood.REFUSE) {
                channel.send(new KeyMessage.Refused("the policy names no key that this VM may use"), WAIT);
                return;
            }
            channel.send(new KeyMessage.Ready(), WAIT);
            switch (ask) {
                case KeyMessage.GpgAgent _ -> gpgAgent(channel);
                case KeyMessage.SshAgent _ -> sshAgent(channel);
                case KeyMessage.PublicKeys _ -> publicKeys(channel);
                case KeyMessage.SignOpenpgp sign -> sign(channel, gpg(sign));
                case KeyMessage.SignSsh sign ->
                    sign(
                            channel,
                            List.of(
                                    "ssh-keygen",
                                    "-q",
                                    "-Y",
                                    "sign",
                                    "-f",
                                    sshKey.toString(),
                                    "-n",
                                    text(sign.namespace())));
            }
        } catch (IOException | InterruptedException e) {
            ended.add(String.valueOf(e.getMessage()));
        }
    }

    private static String text(Untrusted<String> claim) {
        return claim.validate(text -> text);
    }

    private List<String> gpg(KeyMessage.SignOpenpgp sign) {
        List<String> words =
                new ArrayList<>(List.of("gpg", "--homedir", home.toString(), "--batch", "--status-fd", "2"));
        if (sign.armour()) {
            words.add("--armor");
        }
        if (!text(sign.key()).isEmpty()) {
            words.add("-u");
            words.add(text(sign.key()));
        }
        words.add(
                switch (sign.form()) {
                    case DETACHED, DETACHED_TEXT -> "--detach-sign";
                    case CLEAR -> "--clear-sign";
                    case INLINE -> "--sign";
                });
        if (sign.form() == Form.DETACHED_TEXT) {
            words.add("--textmode");
        }
        return words;
    }

    private void sign(KeyChannel channel, List<String> command) throws IOException, InterruptedException {
        Path log = Files.createTempFile(home.resolveSibling("."), "key-host", ".log");
        Process signer = new ProcessBuilder(command).redirectError(log.toFile()).start();
        Thread output = Thread.ofPlatform().daemon().start(() -> {
            byte[] piece = new byte[32 * 1024];
            try (InputStream made = signer.getInputStream()) {
                for (int count = made.read(piece); count >= 0; count = made.read(piece)) {
                    channel.sendData(ByteBuffer.wrap(piece, 0, count));
                }
            } catch (IOException e) {
                ended.add("no reader: " + e.getMessage());
            }
        });
        long bytes = 0;
        try (OutputStream content = signer.getOutputStream()) {
            while (channel.receive(KeyMessage.Ask.class, WAIT)
                    instanceof KeyChannel.Piece.Data<KeyMessage.Ask>(ByteBuffer data)) {
                content.write(data.array(), data.arrayOffset() + data.position(), data.remaining());
                bytes += data.remaining();
                channel.send(new KeyMessage.Received(bytes), WAIT);
            }
            switch (mood) {
                case DENY, NO_KEY -> {
                    signer.destroyForcibly();
                    channel.send(
                            new KeyMessage.Failed(mood == Mood.DENY ? KeyMessage.Why.DENIED : KeyMessage.Why.NO_KEY),
                            WAIT);
                    return;
                }
                case SILENT -> {
                    channel.receive(KeyMessage.Ask.class, WAIT);
                    return;
                }
                default -> {}
            }
        } finally {
            if (signer.isAlive() && mood == Mood.SILENT) {
                signer.destroyForcibly();
            }
        }
        output.join();
        if (signer.waitFor() != 0) {
            channel.send(new KeyMessage.Failed(KeyMessage.Why.NO_KEY), WAIT);
            return;
        }
        String status = "";
        for (String line : Files.readAllLines(log)) {
            if (line.startsWith("[GNUPG:] SIG_CREATED ")) {
                status = line.substring("[GNUPG:] SIG_CREATED ".length());
            }
        }
        channel.send(new KeyMessage.Signed(status), WAIT);
    }

    private void publicKeys(KeyChannel channel) throws IOException, InterruptedException {
        Process list = new ProcessBuilder(
                        "gpg", "--homedir", home.toString(), "--batch", "--with-colons", "--list-secret-keys")
                .start();
        List<String> fingerprints = new ArrayList<>();
        boolean primary = false;
        for (String line : new String(list.getInputStream().readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
            if (line.startsWith("sec:")) {
                primary = true;
            } else if (line.startsWith("fpr:") && primary) {
                fingerprints.add(line.split(":", -1)[9]);
                primary = false;
            }
        }
        Process export = new ProcessBuilder("gpg", "--homedir", home.toString(), "--batch", "--export").start();
        byte[] keys = export.getInputStream().readAllBytes();
        channel.sendData(ByteBuffer.wrap(keys));
        channel.sendEnd();
        channel.send(new KeyMessage.Keys(fingerprints), WAIT);
    }

    private void gpgAgent(KeyChannel channel) throws IOException, InterruptedException {
        Process launch = new ProcessBuilder("gpgconf", "--homedir", home.toString(), "--launch", "gpg-agent").start();
        launch.waitFor();
        Connection guest = channel.connection();
        try (Connection agent = Connection.connectUnix(home.resolve("S.gpg-agent"), SocketKind.STREAM)) {
            Thread answers = Thread.ofPlatform().daemon().start(() -> copy(agent, guest));
            var line = new StringBuilder();
            var buffer = ByteBuffer.allocate(4096);
            while (guest.read(buffer.clear(), Duration.ZERO) >= 0) {
                for (byte each : bytes(buffer.flip())) {
                    line.append((char) (each & 0xff));
                    if (each == '\n') {
                        commanded(line.toString(), guest, agent);
                        line.setLength(0);
                    }
                }
            }
            agent.finishWriting();
            answers.join();
        } finally {
            ended.add("gpg-agent");
        }
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private void commanded(String line, Connection guest, Connection agent) throws IOException {
        boolean uses = line.startsWith("PKSIGN") || line.startsWith("PKDECRYPT");
        if (uses && mood == Mood.DENY) {
            guest.write(
                    ByteBuffer.wrap("ERR 83886179 Operation cancelled <Pinentry>\n".getBytes(StandardCharsets.UTF_8)));
        } else if (!(uses && mood == Mood.SILENT)) {
            agent.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.ISO_8859_1)));
        }
    }

    private void sshAgent(KeyChannel channel) throws IOException {
        try (Connection real = Connection.connectUnix(sshAgentSocket, SocketKind.STREAM)) {
            Thread.ofPlatform().daemon().start(() -> copy(real, channel.connection()));
            copy(channel.connection(), real);
        } finally {
            ended.add("ssh-agent");
        }
    }

    private static void copy(Connection from, Connection to) {
        var buffer = ByteBuffer.allocate(4096);
        try {
            while (from.read(buffer.clear(), Duration.ZERO) >= 0) {
                to.write(buffer.flip());
            }
        } catch (IOException e) {
            // One end is gone, and so is the other.
        }
        to.close();
    }

    /** Waits for the guest's end of a connection. */
    public void awaitEnd() throws InterruptedException {
        if (ended.poll(WAIT.toSeconds(), TimeUnit.SECONDS) == null) {
            throw new AssertionError("the guest did not end its connection");
        }
    }

    /** The next ask. */
    public KeyMessage.Ask nextAsk() throws InterruptedException {
        KeyMessage.Ask ask = asked.poll(WAIT.toSeconds(), TimeUnit.SECONDS);
        if (ask == null) {
            throw new AssertionError("the guest did not ask");
        }
        return ask;
    }

    @Override
    public void close() {
        listener.close();
    }
}
