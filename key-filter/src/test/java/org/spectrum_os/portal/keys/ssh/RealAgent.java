// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.SocketKind;

/** A real ssh-agent with real keys, in a short folder of its own, and OpenSSH's other programs beside it. */
final class RealAgent implements AutoCloseable {
    /** One of each kind. */
    static final List<String> KINDS = List.of("rsa", "ed25519", "ecdsa");

    private final Path folder;
    private final Map<String, String> environment = new HashMap<>();
    private Process agent;

    RealAgent() throws Exception {
        folder = Files.createTempDirectory(Path.of("/tmp"), "ssh");
        environment.put("HOME", folder.toString());
        for (String kind : KINDS) {
            makeKey("id_" + kind, kind, kind.equals("rsa") ? "3072" : "256");
        }
        agent = start();
    }

    private Process start() throws Exception {
        Files.deleteIfExists(socket());
        Process started = new ProcessBuilder("ssh-agent", "-D", "-a", socket().toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("agent.log").toFile())
                .start();
        for (String kind : KINDS) {
            // Its socket is there a moment later than the process.
            awaitFile(socket(), started);
            run(
                            Map.of("SSH_AUTH_SOCK", socket().toString()),
                            "ssh-add",
                            "-q",
                            folder.resolve("id_" + kind).toString())
                    .expectSuccess();
        }
        return started;
    }

    static void awaitFile(Path file, Process by) throws Exception {
        while (!Files.exists(file)) {
            assertTrue(!by.waitFor(5, TimeUnit.MILLISECONDS), () -> "it ended before there was " + file);
        }
    }

    void makeKey(String name, String kind, String bits) throws Exception {
        run(
                        Map.of(),
                        "ssh-keygen",
                        "-q",
                        "-t",
                        kind,
                        "-b",
                        bits,
                        "-N",
                        "",
                        "-C",
                        name,
                        "-f",
                        folder.resolve(name).toString())
                .expectSuccess();
    }

    Path folder() {
        return folder;
    }

    Path socket() {
        return folder.resolve("agent");
    }

    SshAgentClient client() {
        return new SshAgentClient(() -> Connection.connectUnix(socket(), SocketKind.STREAM));
    }

    /** The public key in {@code name.pub}. */
    SshKey key(String name) throws IOException {
        String[] fields = Files.readString(folder.resolve(name + ".pub")).split(" ", -1);
        return SshKey.of(Base64.getDecoder().decode(fields[1]), fields[2].strip());
    }

    /** What a program printed, and how it ended. */
    record Run(int status, String printed) {
        String expectSuccess() {
            assertEquals(0, status, printed);
            return printed;
        }
    }

    /** Runs a program in the folder. */
    Run run(Map<String, String> more, String... command) throws Exception {
        return run(more, null, command);
    }

    /** Runs a program in the folder. {@code input} is its input, or null for none. */
    Run run(Map<String, String> more, @org.jspecify.annotations.Nullable Path input, String... command)
            throws Exception {
        Path printed = Files.createTempFile(folder, "out", "");
        var builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().remove("SSH_AUTH_SOCK");
        builder.environment().putAll(environment);
        builder.environment().putAll(more);
        builder.redirectInput(input == null ? Path.of("/dev/null").toFile() : input.toFile());
        Process process = builder.redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
        try {
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), () -> Arrays.toString(command) + " does not end");
        } finally {
            process.destroyForcibly();
        }
        return new Run(process.exitValue(), Files.readString(printed, UTF_8));
    }

    void stop() throws Exception {
        agent.destroy();
        assertTrue(agent.waitFor(20, TimeUnit.SECONDS));
    }

    /** As after the host's user has logged in anew: same socket, same keys. */
    void restart() throws Exception {
        stop();
        agent = start();
    }

    @Override
    public void close() throws Exception {
        stop();
        try (var all = Files.walk(folder)) {
            for (Path one :
                    new ArrayList<>(all.sorted(Comparator.reverseOrder()).toList())) {
                Files.delete(one);
            }
        }
    }
}
