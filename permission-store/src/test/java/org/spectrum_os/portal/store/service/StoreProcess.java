// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.service;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.spectrum_os.portal.dbus.testing.PrivateBus;

/** A permission store as a process: ours, or the stock one. Closing it kills it. */
final class StoreProcess implements AutoCloseable {
    static final String STOCK = "/usr/libexec/xdg-permission-store";
    private static final int PATIENCE_SECONDS = 60;

    private final Process process;
    private final List<String> lines = new ArrayList<>();
    private final CompletableFuture<Boolean> serving = new CompletableFuture<>();
    private final Thread reader;

    private StoreProcess(ProcessBuilder builder) throws IOException {
        process = builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        BufferedReader errors = process.errorReader(StandardCharsets.UTF_8);
        reader = Thread.startVirtualThread(() -> {
            errors.lines().forEach(this::line);
            serving.complete(false);
        });
    }

    private synchronized void line(String line) {
        lines.add(line);
        if (line.contains("INFO: serving")) {
            serving.complete(true);
        }
    }

    /** The command line of ours, in a JVM as this one. */
    static List<String> command(String... arguments) {
        var words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                SpectrumPermissionStore.class.getName()));
        words.addAll(List.of(arguments));
        return words;
    }

    /** Ours, serving. */
    static StoreProcess start(PrivateBus bus, Path state, String... options) throws IOException {
        StoreProcess store = launch(bus, state, options);
        store.awaitServing();
        return store;
    }

    /** Ours, perhaps not serving yet, or never. */
    static StoreProcess launch(PrivateBus bus, Path state, String... options) throws IOException {
        var arguments = new ArrayList<>(List.of("--verbose", "--state", state.toString()));
        arguments.addAll(List.of(options));
        return new StoreProcess(
                bus.command(command(arguments.toArray(String[]::new)).toArray(String[]::new)));
    }

    /** Ours, in which no file may become larger than so many KiB: as good as a full disk, and it needs no other rights. */
    static StoreProcess startLimited(PrivateBus bus, Path state, int kib) throws IOException {
        var words = new ArrayList<>(List.of("bash", "-c", "ulimit -f " + kib + "; exec \"$@\"", "limited"));
        words.addAll(command("--verbose", "--state", state.toString()));
        var store = new StoreProcess(bus.command(words.toArray(String[]::new)));
        store.awaitServing();
        return store;
    }

    /**
     * Ours, with its state in {@code <disk>/state}, where {@code disk} is a file system of its own that nobody else sees but through
     * {@code /proc/<pid>/root}; a file {@code ballast} takes some of it.
     *
     * @param size as mount's option takes it
     */
    static StoreProcess startOnSmallDisk(PrivateBus bus, Path disk, String size, int ballastKib) throws IOException {
        boolean root = "root".equals(System.getProperty("user.name"));
        var words = new ArrayList<>(List.of("unshare", "--mount"));
        if (!root) {
            words.addAll(List.of("--user", "--map-current-user", "--keep-caps"));
        }
        words.addAll(List.of(
                "sh",
                "-ec",
                "mount -t tmpfs -o size=$2 small-disk \"$1\"; head -c \"$3\"k /dev/zero >\"$1/ballast\"; shift 3; exec \"$@\"",
                "small-disk",
                disk.toString(),
                size,
                Integer.toString(ballastKib)));
        words.addAll(command("--verbose", "--state", disk.resolve("state").toString()));
        var store = new StoreProcess(bus.command(words.toArray(String[]::new)));
        store.awaitServing();
        return store;
    }

    /** The stock service, serving, with its tables in {@code home}. */
    static StoreProcess startStock(PrivateBus bus, Path home, String... options) throws Exception {
        var words = new ArrayList<>(List.of(STOCK));
        words.addAll(List.of(options));
        ProcessBuilder builder = bus.command(words.toArray(String[]::new));
        builder.environment().putAll(Map.of("HOME", home.toString(), "XDG_DATA_HOME", home.toString()));
        var store = new StoreProcess(builder);
        try (var client = StoreClient.connect(bus)) {
            client.awaitOwner(store.process.pid());
        }
        return store;
    }

    void awaitServing() {
        assertTrue(serving.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join(), () -> "it ended: " + log());
    }

    /** What it has said on standard error. */
    synchronized String log() {
        return String.join("\n", lines);
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** Waits for its end and what it said; its exit status. */
    int await() throws InterruptedException {
        assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), () -> "it still runs: " + log());
        reader.join();
        return process.exitValue();
    }

    /** Ends it as a service manager does; its exit status. */
    int terminate() throws InterruptedException {
        process.destroy();
        return await();
    }

    /** Ends it as a crash does. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        await();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
