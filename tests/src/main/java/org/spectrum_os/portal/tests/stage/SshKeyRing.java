// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.spectrum_os.portal.tests.desktop.Patience;
import org.spectrum_os.portal.tests.guest.OrdinaryUser;

/** An ssh-agent on the host, of the ordinary user, with a key of each kind; it ends at the close. Used from one thread. */
final class SshKeyRing implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final HostCommands commands;
    private final Path folder;
    private final Map<Kind, Key> keys = new EnumMap<>(Kind.class);
    private Process agent;

    /** What kinds of keys there are; the agent has all of them. */
    enum Kind {
        ED25519("ed25519", "256"),
        RSA("rsa", "3072"),
        ECDSA("ecdsa", "256"),
        /** One that no policy names. */
        UNPERMITTED("ed25519", "256");

        private final String type;
        private final String bits;

        Kind(String type, String bits) {
            this.type = type;
            this.bits = bits;
        }

        /** What the agent calls the key. */
        String comment() {
            return "key " + name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * One key.
     *
     * @param fingerprint {@code SHA256:} and base64
     * @param line        as in a file of public keys
     */
    record Key(String fingerprint, String line) {}

    private SshKeyRing(HostCommands commands, Path folder, Process agent) {
        this.commands = commands;
        this.folder = folder;
        this.agent = agent;
    }

    /** Makes the keys and starts the agent, with its socket in {@code parent}. */
    static SshKeyRing in(Path parent, OrdinaryUser user) throws IOException, InterruptedException {
        Path folder = Files.createDirectory(
                parent.resolve("ssh"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        user.own(folder);
        Path socket = folder.resolve("agent");
        var commands = HostCommands.in(folder, user).with("SSH_AUTH_SOCK", socket.toString());
        var ring = new SshKeyRing(commands, folder, startAgent(commands, socket));
        try {
            for (Kind kind : Kind.values()) {
                ring.make(kind);
            }
            return ring;
        } catch (IOException | InterruptedException e) {
            ring.close();
            throw e;
        }
    }

    private static Process startAgent(HostCommands commands, Path socket) throws IOException {
        // In the foreground: it is ours to end.
        Process started = commands.builder("ssh-agent", "-D", "-a", socket.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        Patience.await(
                "the ssh-agent at " + socket,
                PATIENCE,
                () -> Files.exists(socket) ? Optional.of(true) : Optional.empty());
        return started;
    }

    private void make(Kind kind) throws IOException, InterruptedException {
        String file = folder.resolve(kind.name()).toString();
        commands.must("ssh-keygen", "-q", "-t", kind.type, "-b", kind.bits, "-N", "", "-C", kind.comment(), "-f", file);
        commands.must("ssh-add", "-q", file);
        String listed = commands.must("ssh-keygen", "-l", "-E", "sha256", "-f", file);
        keys.put(
                kind,
                new Key(
                        listed.split(" ", -1)[1],
                        Files.readString(Path.of(file + ".pub")).strip()));
    }

    /** Where the agent listens. */
    Path socket() {
        return folder.resolve("agent");
    }

    /** Commands that find this agent in their environment. */
    HostCommands commands() {
        return commands;
    }

    Key key(Kind kind) {
        Key key = keys.get(kind);
        if (key == null) {
            throw new IllegalStateException("no key " + kind);
        }
        return key;
    }

    /** A rule of the policy for the key; {@code more} are its other members, such as {@code "sign": "ask"}. */
    String rule(Kind kind, String more) {
        return "{\"ssh\": \"%s\", \"agent\": \"%s\", %s}".formatted(key(kind).fingerprint(), socket(), more);
    }

    /** Ends the agent; its keys are gone with it. */
    void endAgent() throws IOException {
        agent.destroy();
        try {
            if (!agent.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                agent.destroyForcibly();
            }
        } catch (InterruptedException e) {
            agent.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Files.deleteIfExists(socket());
    }

    /** Starts another agent with the same keys, after {@link #endAgent}. */
    void startAgain() throws IOException, InterruptedException {
        agent = startAgent(commands, socket());
        for (Kind kind : Kind.values()) {
            commands.must("ssh-add", "-q", folder.resolve(kind.name()).toString());
        }
    }

    @Override
    public void close() throws IOException {
        endAgent();
    }
}
