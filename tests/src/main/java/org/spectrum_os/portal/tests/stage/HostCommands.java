// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.spectrum_os.portal.tests.guest.OrdinaryUser;

/** Commands on the host as the ordinary user: in a folder of their own, with an environment that holds nothing else of the caller's. */
final class HostCommands {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final OrdinaryUser user;
    private final Path folder;
    private final Map<String, String> environment;

    private HostCommands(OrdinaryUser user, Path folder, Map<String, String> environment) {
        this.user = user;
        this.folder = folder;
        this.environment = environment;
    }

    /** In {@code folder}, which is the user's and is the home too. */
    static HostCommands in(Path folder, OrdinaryUser user) {
        var environment = new HashMap<String, String>();
        environment.put("PATH", System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
        environment.put("HOME", folder.toString());
        environment.put("LANG", "C.UTF-8");
        return new HostCommands(user, folder, Map.copyOf(environment));
    }

    /** The same with one more variable. */
    HostCommands with(String variable, String value) {
        var more = new HashMap<>(environment);
        more.put(variable, value);
        return new HostCommands(user, folder, Map.copyOf(more));
    }

    /** What a command came to; all of what it wrote is kept in memory. */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares it
    record Ran(int status, byte[] output, String errors) {
        String text() {
            return new String(output, StandardCharsets.UTF_8);
        }

        /** Insists that it worked. */
        Ran orThrow(String what) throws IOException {
            if (status != 0) {
                throw new IOException(what + " failed with status " + status + ": " + text() + errors);
            }
            return this;
        }
    }

    /** A builder for what is to run longer. */
    ProcessBuilder builder(String... command) {
        var builder = new ProcessBuilder(user.command(List.of(command)));
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder.directory(folder.toFile());
    }

    /** Runs a command that must work; returns what it printed. */
    String must(String... command) throws IOException, InterruptedException {
        return run(new byte[0], command).orThrow(String.join(" ", command)).text();
    }

    /** Runs a command with that input. */
    Ran run(byte[] input, String... command) throws IOException, InterruptedException {
        // Not a pipe: what a command leaves behind, such as a gpg-agent, would keep it open.
        Path errors = Files.createTempFile("command", ".err");
        try {
            Process process = builder(command).redirectError(errors.toFile()).start();
            Thread.ofVirtual().start(() -> {
                try (OutputStream in = process.getOutputStream()) {
                    in.write(input);
                } catch (IOException e) {
                    // It ended, or did not want all of it: its status says.
                    System.getLogger(HostCommands.class.getName()).log(System.Logger.Level.DEBUG, "input", e);
                }
            });
            byte[] output;
            try (InputStream out = process.getInputStream()) {
                output = out.readAllBytes();
            }
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(String.join(" ", command) + " does not end");
            }
            return new Ran(process.exitValue(), output, Files.readString(errors));
        } finally {
            Files.delete(errors);
        }
    }
}
