// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.ssh;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A real sshd on loopback, with host keys of its own, that lets this user in by the agent's keys. */
final class RealServer implements AutoCloseable {
    static final List<String> HOST_KEYS = List.of("rsa 3072", "ed25519 256", "ecdsa 256", "ecdsa 384", "ecdsa 521");

    private final RealAgent agent;
    private final int port;
    private final Process sshd;

    RealServer(RealAgent agent) throws Exception {
        this.agent = agent;
        Path folder = agent.folder();
        var config = new StringBuilder();
        for (String kind : HOST_KEYS) {
            String[] words = kind.split(" ", -1);
            String name = "host_" + words[0] + words[1];
            agent.makeKey(name, words[0], words[1]);
            config.append("HostKey ").append(folder.resolve(name)).append('\n');
        }
        Path allowed = folder.resolve("authorized_keys");
        for (String kind : RealAgent.KINDS) {
            Files.writeString(
                    allowed,
                    Files.readString(folder.resolve("id_" + kind + ".pub")),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        }
        port = freePort();
        config.append("ListenAddress 127.0.0.1\nPort ").append(port).append('\n');
        config.append("AuthorizedKeysFile ").append(allowed).append('\n');
        config.append(
                "PidFile none\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n");
        config.append("PermitRootLogin prohibit-password\nAllowAgentForwarding yes\n");
        Files.writeString(folder.resolve("sshd_config"), config);
        if (System.getProperty("user.name").equals("root")) {
            // Where sshd puts its unprivileged half; a running system has it.
            Files.createDirectories(Path.of("/run/sshd"));
        }
        sshd = new ProcessBuilder(
                        "/usr/sbin/sshd",
                        "-D",
                        "-e",
                        "-f",
                        folder.resolve("sshd_config").toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("sshd.log").toFile())
                .start();
        awaitListening();
    }

    private static int freePort() throws IOException {
        try (var probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    private void awaitListening() throws Exception {
        while (true) {
            try (var probe = new Socket()) {
                probe.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
                return;
            } catch (IOException e) {
                assertTrue(!sshd.waitFor(20, TimeUnit.MILLISECONDS), () -> log() + e);
            }
        }
    }

    String log() {
        try {
            return Files.readString(agent.folder().resolve("sshd.log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** The words of an ssh command to this server, options included. */
    List<String> ssh(String... more) {
        return Stream.concat(
                        Stream.of(
                                "ssh",
                                "-F",
                                "none",
                                "-p",
                                String.valueOf(port),
                                "-oBatchMode=yes",
                                "-oStrictHostKeyChecking=no",
                                "-oUserKnownHostsFile=/dev/null",
                                "-oLogLevel=ERROR"),
                        Stream.of(more))
                .collect(Collectors.toList());
    }

    /** Where to log in. */
    static String account() {
        return System.getProperty("user.name") + "@127.0.0.1";
    }

    @Override
    public void close() throws Exception {
        sshd.destroy();
        assertTrue(sshd.waitFor(20, TimeUnit.SECONDS));
    }
}
