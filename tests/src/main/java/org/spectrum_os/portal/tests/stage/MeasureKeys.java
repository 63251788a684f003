// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.spectrum_os.portal.protocol.KeyChannel;
import org.spectrum_os.portal.protocol.KeyMessage;

/**
 * What {@code tests/measure-keys} prints: what a signature costs beside the same programs used directly. The window answers at once, and the
 * guest's half runs on the host, so that neither a person nor the emulation of a guest is measured.
 */
public final class MeasureKeys {
    private static final String DIRECT = "direct";
    private static final String PORTAL = "portal";
    private static final int ROUNDS = 30;
    private static final int COMMANDS = 10;
    private static final int STREAMS = 3;
    private static final int MANY = 100;
    private static final int MB = 1_000_000;
    private static final String SIGN = "\"sign\": \"ask\"";

    private final Narrator narrator = new Narrator(System.err);
    private final StringBuilder table = new StringBuilder();
    private final List<AutoCloseable> toClose = new ArrayList<>();

    private MeasureKeys() {}

    /** Takes no arguments. */
    public static void main(String[] arguments) {
        System.exit(Curtain.run("tests/measure-keys", () -> new MeasureKeys().run()));
    }

    private int run() throws IOException, InterruptedException {
        try (Stage stage = new Stage()) {
            KeyRing ring = stage.keyRing();
            SshKeyRing ssh = stage.sshKeyRing();
            stage.startBackend(
                    new KeyPolicy(stage)
                            .key(ring.rule(KeyRing.Kind.ED25519, SIGN + ", \"decrypt\": \"ask\""))
                            .key(ssh.rule(SshKeyRing.Kind.ED25519, SIGN))
                            .write(),
                    stage.scriptedWindow("agree"));
            var guest = new KeyGuest(stage);
            try {
                each(stage, guest);
                streams(stage, guest);
                many(stage, guest);
            } finally {
                closeAll();
            }
        }
        System.out.print(table);
        return 0;
    }

    private void closeAll() throws IOException {
        for (AutoCloseable each : toClose.reversed()) {
            try {
                each.close();
            } catch (Exception e) {
                throw new IOException("cannot close " + each, e);
            }
        }
    }

    /** Something that is done once and timed. */
    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    /** In turn, so that what else the machine does meets both alike; the first round does not count. */
    private void compare(String what, int rounds, Work direct, Work portal) throws IOException, InterruptedException {
        narrator.step(what);
        var series = new Series();
        for (int round = 0; round <= rounds; round++) {
            double first = milliseconds(direct);
            double second = milliseconds(portal);
            if (round > 0) {
                series.add(DIRECT, first);
                series.add(PORTAL, second);
            }
        }
        row(what, rounds, series.median(DIRECT), series.median(PORTAL));
    }

    private void row(String what, int rounds, double direct, double portal) {
        table.append(String.format(
                Locale.ROOT, "| %s | %d | %.1f | %.1f | %.2f |%n", what, rounds, direct, portal, portal / direct));
    }

    private static double milliseconds(Work work) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        work.run();
        return (System.nanoTime() - begin) / 1e6;
    }

    private void each(Stage stage, KeyGuest guest) throws IOException, InterruptedException {
        HostCommands direct = stage.keyRing().commands();
        String key = stage.keyRing().key(KeyRing.Kind.ED25519).fingerprint();
        byte[] content = "Dear Ada,\nthe engine runs.\n".repeat(40).getBytes(StandardCharsets.UTF_8);
        HostCommands plain = guest.gnupg(stage.folder().resolve("gnupg2"), toClose);
        table.append("| a signature of 1 kB, ms | n | direct | portal | ratio |\n|---|--:|--:|--:|--:|\n");
        Work gpg = () -> direct.run(content, "gpg", "--batch", "-u", key, "--armor", "--detach-sign")
                .orThrow("gpg");
        compare(
                "content, the host's half alone, against gpg",
                ROUNDS,
                gpg,
                () -> guest.sign(KeyGuest.detached(key), content).orThrow());
        String agent = stage.programs().root().resolve("bin/spectrum-agent").toString();
        String host = "unix:" + stage.folder().resolve("vm/vm.vsock");
        HostCommands java = plain.with("JAVA_HOME", System.getProperty("java.home"));
        compare(
                "content, spectrum-gpg with its Java started each time, against gpg",
                COMMANDS,
                gpg,
                () -> java.run(
                                content,
                                agent,
                                "gpg-sign",
                                "--host",
                                host,
                                "--own",
                                "/usr/bin/gpg",
                                "--",
                                "--armor",
                                "--detach-sign")
                        .orThrow("spectrum-gpg"));
        compare(
                "gpg-agent's socket, gpg against gpg",
                ROUNDS,
                gpg,
                () -> plain.run(content, "gpg", "-u", key, "--armor", "--detach-sign")
                        .orThrow("gpg through the portal"));
        byte[] secret = direct.run(content, "gpg", "--batch", "--trust-model", "always", "-r", key, "--encrypt")
                .orThrow("encrypting")
                .output();
        compare(
                "gpg-agent's socket, decrypting",
                ROUNDS,
                () -> direct.run(secret, "gpg", "--batch", "--decrypt").orThrow("gpg"),
                () -> plain.run(secret, "gpg", "--decrypt").orThrow("gpg through the portal"));
        ssh(stage, guest, content);
    }

    private void ssh(Stage stage, KeyGuest guest, byte[] content) throws IOException, InterruptedException {
        SshKeyRing ssh = stage.sshKeyRing();
        Path folder = Files.createDirectory(stage.folder().resolve("ssh2"));
        Files.writeString(
                folder.resolve("key.pub"), ssh.key(SshKeyRing.Kind.ED25519).line() + "\n");
        stage.own(folder);
        toClose.add(guest.serve(folder.resolve("agent"), new KeyMessage.SshAgent(KeyMessage.VERSION)));
        HostCommands plain = HostCommands.in(folder, stage.user())
                .with("SSH_AUTH_SOCK", folder.resolve("agent").toString());
        String[] sign = {
            "ssh-keygen",
            "-Y",
            "sign",
            "-n",
            "file",
            "-f",
            folder.resolve("key.pub").toString()
        };
        Work direct = () -> ssh.commands().run(content, sign).orThrow("ssh-keygen");
        compare(
                "ssh-agent's socket, ssh-keygen -Y sign",
                ROUNDS,
                direct,
                () -> plain.run(content, sign).orThrow("ssh-keygen through the portal"));
        String line = ssh.key(SshKeyRing.Kind.ED25519).line();
        compare(
                "content by an SSH key, the host's half alone",
                ROUNDS,
                direct,
                () -> guest.sign(KeyGuest.ssh(line, "file"), content).orThrow());
    }

    /** Large content: time beside gpg's, and the backend's memory at its highest beside that for small content. */
    private void streams(Stage stage, KeyGuest guest) throws IOException, InterruptedException {
        String key = stage.keyRing().key(KeyRing.Kind.ED25519).fingerprint();
        HostCommands direct = stage.keyRing().commands();
        table.append("\n| a detached signature, ms | n | direct | portal | ratio |\n|---|--:|--:|--:|--:|\n");
        var peaks = new StringBuilder();
        for (int size : List.of(10, 1000)) {
            Path file = stage.documents().resolve(size + "MB");
            fill(file, size);
            stage.own(file);
            var series = new Series();
            long peak = 0;
            for (int round = 0; round < STREAMS; round++) {
                narrator.step(size + " MB, round " + (round + 1));
                series.add(
                        DIRECT,
                        milliseconds(() -> direct.must(
                                "gpg", "--batch", "-u", key, "--output", "-", "--detach-sign", file.toString())));
                resetPeak(stage);
                series.add(PORTAL, milliseconds(() -> {
                    try (InputStream content = Files.newInputStream(file)) {
                        guest.sign(KeyGuest.detached(key), content).orThrow();
                    }
                }));
                peak = Math.max(peak, peakKilobytes(stage));
            }
            row(size + " MB", STREAMS, series.median(DIRECT), series.median(PORTAL));
            peaks.append(String.format(
                    Locale.ROOT, "%nHighest RSS of the backend during %d MB: %.0f MB.%n", size, peak / 1024.0));
            Files.delete(file);
        }
        table.append(peaks);
    }

    private static void fill(Path file, int megabytes) throws IOException {
        byte[] block = new byte[MB];
        new Random(42).nextBytes(block);
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int i = 0; i < megabytes; i++) {
                out.write(block);
            }
        }
    }

    /** From now on the kernel counts anew (proc(5), clear_refs). */
    private static void resetPeak(Stage stage) throws IOException {
        Files.writeString(Path.of("/proc/" + stage.backend().process().pid() + "/clear_refs"), "5");
    }

    private static long peakKilobytes(Stage stage) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + stage.backend().process().pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow(() -> new IOException("the kernel does not say VmHWM"));
    }

    private void many(Stage stage, KeyGuest guest) throws IOException, InterruptedException {
        String key = stage.keyRing().key(KeyRing.Kind.ED25519).fingerprint();
        HostCommands direct = stage.keyRing().commands();
        narrator.step(MANY + " at once");
        double one = milliseconds(() -> {
            for (int i = 0; i < MANY; i++) {
                direct.run(content(i), "gpg", "--batch", "-u", key, "--armor", "--detach-sign")
                        .orThrow("gpg");
            }
        });
        double all = milliseconds(() -> {
            var channels = new ArrayList<KeyChannel>();
            try {
                for (int i = 0; i < MANY; i++) {
                    channels.add(guest.open(KeyGuest.detached(key)));
                    KeyGuest.send(channels.get(i), new ByteArrayInputStream(content(i)));
                }
                for (KeyChannel channel : channels) {
                    if (!(KeyGuest.receive(channel, OutputStream.nullOutputStream()) instanceof KeyMessage.Signed)) {
                        throw new IOException("a request was lost");
                    }
                }
            } finally {
                channels.forEach(KeyChannel::close);
            }
        });
        table.append(
                "\n| requests | n | direct, one after the other | portal, all at once | ratio |\n|---|--:|--:|--:|--:|\n");
        row(MANY + " signatures of content, ms", 1, one, all);
    }

    private static byte[] content(int number) {
        return ("content " + number).getBytes(StandardCharsets.UTF_8);
    }
}
