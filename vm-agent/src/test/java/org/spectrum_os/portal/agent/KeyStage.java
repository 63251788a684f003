// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A host with keys and a guest without, for real programs: gpg homes with short paths, the guest's launchers on its PATH, and a
 * {@code spectrum-agent} there that runs this build and finds the host by a Unix socket.
 */
public final class KeyStage implements AutoCloseable {
    private static final long WAIT_SECONDS = 60;
    /** The signing key's user id. */
    public static final String USER = "Test Signer <signer@test.example>";

    /** The root of everything, directly beneath /tmp. */
    public final Path folder;

    public final Path hostHome;
    public final Path guestHome;
    public final Path sshKey;
    public final KeyHost host;
    /** Of the signing key, in upper case. */
    public final String fingerprint;
    /** What the guest's programs see. */
    public final Map<String, String> environment = new TreeMap<>();

    private final Process sshAgent;
    private final List<Process> started = new ArrayList<>();

    public KeyStage() throws Exception {
        folder = Files.createTempDirectory(Path.of("/tmp"), "k");
        hostHome = privateFolder("h");
        guestHome = privateFolder("g");
        Path bin = Files.createDirectory(folder.resolve("bin"));
        Path launchers = Path.of("src/main/guest/bin").toAbsolutePath();
        environment.put("PATH", bin + ":" + launchers + ":/usr/local/bin:/usr/bin:/bin");
        environment.put("HOME", folder.toString());
        environment.put("GNUPGHOME", guestHome.toString());
        environment.put("XDG_RUNTIME_DIR", privateFolder("r").toString());
        environment.put("GIT_CONFIG_NOSYSTEM", "1");
        Path agent = bin.resolve("spectrum-agent");
        Files.writeString(
                agent,
                "#!/bin/sh\nexec '%s' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx48m --enable-native-access=ALL-UNNAMED -cp '%s' %s --host 'unix:%s' \"$@\"\n"
                        .formatted(
                                Path.of(System.getProperty("java.home"), "bin/java"),
                                System.getProperty("java.class.path"),
                                SpectrumAgent.class.getName(),
                                folder.resolve("vm")));
        Files.setPosixFilePermissions(agent, PosixFilePermissions.fromString("rwxr-xr-x"));
        onHost("gpg", "--batch", "--passphrase", "", "--quick-gen-key", USER, "ed25519", "sign", "never")
                .expect(0);
        fingerprint = onHost("gpg", "--batch", "--with-colons", "-K")
                .expect(0)
                .out
                .lines()
                .filter(line -> line.startsWith("fpr:"))
                .findFirst()
                .orElseThrow()
                .split(":", -1)[9];
        onHost("gpg", "--batch", "--passphrase", "", "--quick-add-key", fingerprint, "cv25519", "encr", "never")
                .expect(0);
        sshKey = folder.resolve("ssh-key");
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", sshKey.toString())
                .expect(0);
        Path sshSocket = folder.resolve("ssh-agent");
        sshAgent = new ProcessBuilder("ssh-agent", "-D", "-a", sshSocket.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("ssh-agent.log").toFile())
                .start();
        awaitFile(sshSocket);
        run(Map.of("SSH_AUTH_SOCK", sshSocket.toString()), folder, "", "ssh-add", "-q", sshKey.toString())
                .expect(0);
        host = new KeyHost(folder.resolve("vm"), hostHome, sshKey, sshSocket);
    }

    private Path privateFolder(String name) throws IOException {
        return Files.createDirectory(
                folder.resolve(name),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /** What a program did. */
    public record Result(int status, String out, String err) {
        public Result expect(int wanted) {
            if (status != wanted) {
                throw new AssertionError("status " + status + ", not " + wanted + "\n" + out + "\n" + err);
            }
            return this;
        }
    }

    /** Runs a program in the guest to its end. */
    public Result run(String... command) throws Exception {
        return run(Map.of(), folder, "", command);
    }

    /** The same, in a folder, with more environment and with standard input. */
    public Result run(Map<String, String> more, Path in, String input, String... command) throws Exception {
        Path file = Files.createTempFile(folder, "in", "");
        Files.writeString(file, input, StandardCharsets.UTF_8);
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        Process process = builder(more, in, command)
                .redirectInput(file.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        if (!process.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(String.join(" ", command) + " did not end\n" + Files.readString(err));
        }
        return new Result(
                process.exitValue(),
                Files.readString(out, StandardCharsets.ISO_8859_1),
                Files.readString(err, StandardCharsets.UTF_8));
    }

    private Result onHost(String... command) throws Exception {
        return run(Map.of("GNUPGHOME", hostHome.toString()), folder, "", command);
    }

    private ProcessBuilder builder(Map<String, String> more, Path in, String... command) {
        // The guest's PATH finds the program.
        List<String> words = new ArrayList<>(List.of("/usr/bin/env", "--"));
        words.addAll(List.of(command));
        var builder = new ProcessBuilder(words).directory(in.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.environment().putAll(more);
        return builder;
    }

    /** Starts a program that stays; its words go to {@code <name>.log}. It is ended with the stage. */
    public Process start(String name, String... command) throws IOException {
        Path log = folder.resolve(name + ".log");
        Process process = builder(Map.of(), folder, command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        started.add(process);
        return process;
    }

    /** What a started program has said. */
    public String log(String name) throws IOException {
        return Files.readString(folder.resolve(name + ".log"));
    }

    /** Waits until a started program says something. */
    public void awaitLog(String name, String text) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        while (!log(name).contains(text)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(name + " does not say '" + text + "' but:\n" + log(name));
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    /** Waits until something is there. */
    public static void awaitFile(Path file) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        while (!Files.exists(file)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(file + " does not appear");
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    @Override
    public void close() throws Exception {
        host.close();
        for (Process each : started) {
            each.destroy();
            if (!each.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)) {
                each.destroyForcibly();
            }
        }
        for (Path home : List.of(hostHome, guestHome)) {
            run("gpgconf", "--homedir", home.toString(), "--kill", "all");
        }
        sshAgent.destroy();
        sshAgent.waitFor();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }
}
