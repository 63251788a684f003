// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A session bus of its own, a real {@code dbus-daemon}, for as long as this object is open. */
public final class PrivateBus implements AutoCloseable {
    private final Process daemon;
    private final String address;
    private final Path folder;

    private PrivateBus(Process daemon, String address, Path folder) {
        this.daemon = daemon;
        this.address = address;
        this.folder = folder;
    }

    /** What a finished command wrote and how it ended. */
    public record Finished(int exitCode, String output, String errors) {}

    /** Starts one that can start what the machine has installed, as any session bus. */
    public static PrivateBus start() throws IOException {
        return start(Files.createTempDirectory("private-bus"), "--session");
    }

    /** Starts one that starts nothing by itself: a call to a name that nobody owns is an error, and not the machine's own service. */
    public static PrivateBus startWithoutServices() throws IOException {
        Path folder = Files.createTempDirectory("private-bus");
        Path configuration = Files.writeString(folder.resolve("bus.conf"), """
                <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
                 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
                <busconfig>
                  <type>session</type>
                  <listen>unix:path=%s</listen>
                  <policy context="default">
                    <allow send_destination="*" eavesdrop="true"/>
                    <allow eavesdrop="true"/>
                    <allow own="*"/>
                  </policy>
                  <limit name="max_replies_per_connection">50000</limit>
                </busconfig>
                """.formatted(folder.resolve("bus")));
        return start(folder, "--config-file=" + configuration);
    }

    private static PrivateBus start(Path folder, String configuration) throws IOException {
        Process daemon = new ProcessBuilder(
                        "dbus-daemon",
                        configuration,
                        "--nofork",
                        "--nopidfile",
                        "--print-address=1",
                        "--address=unix:path=" + folder.resolve("bus"))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output = daemon.inputReader(StandardCharsets.UTF_8);
        String address = output.readLine();
        if (address == null) {
            throw new IOException("dbus-daemon ended without telling its address; is the package dbus installed?");
        }
        return new PrivateBus(daemon, address, folder);
    }

    /** The address, as {@code DBUS_SESSION_BUS_ADDRESS} holds it. */
    public String address() {
        return address;
    }

    /** The daemon's process. */
    public ProcessHandle process() {
        return daemon.toHandle();
    }

    /** A command that sees this bus as its session bus, not started yet. */
    public ProcessBuilder command(String... words) {
        var builder = new ProcessBuilder(words);
        builder.environment().put("DBUS_SESSION_BUS_ADDRESS", address);
        builder.environment().put("LC_ALL", "C.UTF-8");
        return builder;
    }

    /** Runs a command to its end, at most a minute. */
    public Finished run(String... words) throws IOException, InterruptedException {
        Path errors = Files.createTempFile(folder, "stderr", "");
        Process process = command(words).redirectError(errors.toFile()).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(1, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new IOException("still running after a minute: " + String.join(" ", words));
        }
        return new Finished(process.exitValue(), output, Files.readString(errors));
    }

    /** Ends the daemon as a crash would. */
    public void kill() throws InterruptedException {
        daemon.destroyForcibly().waitFor();
    }

    @Override
    public void close() throws IOException {
        daemon.destroyForcibly().onExit().join();
        List<Path> left = new ArrayList<>();
        try (var files = Files.list(folder)) {
            files.forEach(left::add);
        }
        left.add(folder);
        for (Path path : left) {
            Files.deleteIfExists(path);
        }
    }
}
