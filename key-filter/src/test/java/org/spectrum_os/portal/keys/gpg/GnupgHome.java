// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.gpg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.SocketKind;

/** A GNUPGHOME of its own, right below /tmp as a socket's path must be short; ends its daemons when closed. */
final class GnupgHome implements AutoCloseable, AgentSocket {
    final Path folder;

    GnupgHome() throws IOException {
        folder = Files.createTempDirectory(
                Path.of("/tmp"),
                "gh",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.writeString(folder.resolve("gpg.conf"), "batch\nno-tty\ntrust-model always\nno-greeting\n");
        // Nobody is there to be asked.
        pinentry("echo no pinentry in this test >&2; exit 1");
    }

    /** What came of a program. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Done(int exit, byte[] out, String err) {
        String text() {
            return new String(out, StandardCharsets.UTF_8);
        }

        Done ok() {
            assertEquals(0, exit, err);
            return this;
        }
    }

    /** Sets what stands in for a person; a shell script. */
    void pinentry(String script) throws IOException {
        Path program = folder.resolve("pinentry");
        Files.writeString(program, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        Files.writeString(folder.resolve("gpg-agent.conf"), "pinentry-program " + program + "\n");
    }

    /** A pinentry that writes down what it shows, and answers with these lines of the protocol. */
    void pinentry(String getpin, String confirm) throws IOException {
        pinentry("""
                echo "OK ready"
                while read -r word rest; do
                  case "$word" in
                    SETDESC) echo "$rest" >> "$(dirname "$0")/shown"; echo OK ;;
                    GETPIN) %s ;;
                    CONFIRM|MESSAGE) %s ;;
                    BYE) echo OK; exit 0 ;;
                    *) echo OK ;;
                  esac
                done""".formatted(getpin, confirm));
    }

    String shown() throws IOException {
        return Files.readString(folder.resolve("shown"));
    }

    Process start(byte[] input, Path out, Path err, String... command) throws IOException {
        var builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().putAll(Map.of("GNUPGHOME", folder.toString(), "LC_ALL", "C.UTF-8"));
        Process process = builder.start();
        try (var in = process.getOutputStream()) {
            in.write(input);
        } catch (IOException _) {
            // It ended without reading all of it; its exit status says why.
        }
        return process;
    }

    Done run(byte[] input, String... command) throws Exception {
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        Process process = start(input, out, err, command);
        try {
            assertTrue(process.waitFor(100, TimeUnit.SECONDS), () -> "it does not end: " + List.of(command));
        } finally {
            process.destroyForcibly();
        }
        return new Done(process.exitValue(), Files.readAllBytes(out), Files.readString(err));
    }

    Done gpg(byte[] input, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("gpg"));
        command.addAll(List.of(arguments));
        return run(input, command.toArray(String[]::new));
    }

    Done gpg(String... arguments) throws Exception {
        return gpg(new byte[0], arguments);
    }

    /** A key without a passphrase, or with one. */
    void generate(String user, String algorithm, String encryption, String passphrase) throws Exception {
        String[] quiet = {"--passphrase", passphrase, "--pinentry-mode", "loopback"};
        gpg(quiet[0], quiet[1], quiet[2], quiet[3], "--quick-gen-key", user, algorithm, "sign", "never")
                .ok();
        gpg(quiet[0], quiet[1], quiet[2], quiet[3], "--quick-add-key", fingerprint(user), encryption, "encr", "never")
                .ok();
    }

    String fingerprint(String user) throws Exception {
        return gpg("--with-colons", "--list-keys", user)
                .ok()
                .text()
                .lines()
                .filter(line -> line.startsWith("fpr:"))
                .map(line -> line.split(":", -1)[9])
                .findFirst()
                .orElseThrow();
    }

    /** Of a user's primary key and subkeys, in this order. */
    List<Keygrip> keygrips(String user) throws Exception {
        return gpg("--with-colons", "--with-keygrip", "--list-keys", user)
                .ok()
                .text()
                .lines()
                .filter(line -> line.startsWith("grp:"))
                .map(line -> new Keygrip(line.split(":", -1)[9]))
                .toList();
    }

    Path agentSocket() throws Exception {
        return Path.of(run(new byte[0], "gpgconf", "--list-dirs", "agent-socket")
                .ok()
                .text()
                .strip());
    }

    /** Ends the agent; the next connection starts another. */
    void killAgent() throws Exception {
        run(new byte[0], "gpgconf", "--kill", "all").ok();
    }

    @Override
    public Connection connect() throws IOException {
        try {
            run(new byte[0], "gpgconf", "--launch", "gpg-agent").ok();
            return Connection.connectUnix(agentSocket(), SocketKind.STREAM);
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    @Override
    public void close() throws Exception {
        killAgent();
        try (var all = Files.walk(folder)) {
            for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
                // The agent takes its sockets away by itself.
                Files.deleteIfExists(one);
            }
        }
    }
}
