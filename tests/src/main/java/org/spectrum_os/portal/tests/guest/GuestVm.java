// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.guest;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A running guest. Starts in some seconds, ends with {@link #close()}, with the JVM however that ends, and with either of its two
 * processes. All methods may be called from any thread.
 *
 * <p>The vsock convention is the one Firecracker, Cloud Hypervisor and vhost-device-vsock share: a guest's connection to CID 2, port P arrives
 * on the Unix socket {@code <vsockSocket>_P} if somebody listens there; the host reaches the guest's port by writing
 * {@code CONNECT P} to {@code <vsockSocket>} itself.
 */
public final class GuestVm implements AutoCloseable {
    private final GuestSettings settings;
    private final GuestProcesses processes;
    private final CommandChannel commands;
    private final double uptimeAtReady;
    private final Duration bootTime;

    private GuestVm(
            GuestSettings settings,
            GuestProcesses processes,
            CommandChannel commands,
            double uptimeAtReady,
            Duration bootTime) {
        this.settings = settings;
        this.processes = processes;
        this.commands = commands;
        this.uptimeAtReady = uptimeAtReady;
        this.bootTime = bootTime;
    }

    /**
     * Starts a guest and waits until it runs commands. An emulated kernel that panics before it has run any of ours, as QEMU's emulation
     * of several processors makes one do now and then, is started once more, and said so.
     *
     * @throws GuestException if it does not get that far in time; the message holds the end of each log
     */
    public static GuestVm start(GuestImage image, GuestSettings settings) throws IOException, InterruptedException {
        try {
            return startOnce(image, settings);
        } catch (GuestException e) {
            if (!settings.isEmulated() || !GuestProcesses.hasPanicked(settings.directory())) {
                throw e;
            }
            System.err.println("guest: its kernel panicked while it started; trying once more. " + e.getMessage());
            return startOnce(image, settings);
        }
    }

    private static GuestVm startOnce(GuestImage image, GuestSettings settings)
            throws IOException, InterruptedException {
        long begin = System.nanoTime();
        Path directory = settings.directory();
        Path commandSocket = directory.resolve("commands");
        settings.user().own(directory);
        Files.deleteIfExists(commandSocket);
        // The host listens and QEMU connects: so there is no socket to wait for.
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(commandSocket));
            settings.user().own(commandSocket);
            GuestProcesses processes = GuestProcesses.start(image, settings, commandSocket);
            try {
                CommandChannel commands = accept(server, processes, settings.bootTimeout());
                double uptime = commands.ready().get(settings.bootTimeout().toMillis(), TimeUnit.MILLISECONDS);
                Duration bootTime = Duration.ofNanos(System.nanoTime() - begin);
                var vm = new GuestVm(settings, processes, commands, uptime, bootTime);
                vm.sh("echo 1 >/sys/devices/system/cpu/cpu1/online", settings.bootTimeout())
                        .orThrow();
                return vm;
            } catch (TimeoutException e) {
                processes.close();
                throw new GuestException(
                        "The guest was not ready after "
                                + settings.bootTimeout().toSeconds() + " s. On a slow machine set "
                                + GuestSettings.BOOT_SECONDS + " higher." + GuestProcesses.logs(directory),
                        e);
            } catch (ExecutionException | IOException e) {
                processes.close();
                throw new GuestException("The guest ended before it was ready." + GuestProcesses.logs(directory), e);
            } catch (InterruptedException e) {
                processes.close();
                throw e;
            }
        } finally {
            Files.deleteIfExists(commandSocket);
        }
    }

    private static CommandChannel accept(ServerSocketChannel server, GuestProcesses processes, Duration timeout)
            throws IOException {
        CompletableFuture<Process> over = processes
                .launcher()
                .onExit()
                .completeOnTimeout(processes.launcher(), timeout.toSeconds(), TimeUnit.SECONDS);
        var _ = over.thenAccept(_ -> closeQuietly(server));
        try {
            return new CommandChannel(server.accept());
        } catch (AsynchronousCloseException e) {
            throw new GuestException("QEMU did not connect to its command channel.", e);
        }
    }

    private static void closeQuietly(ServerSocketChannel server) {
        try {
            server.close();
        } catch (IOException e) {
            // Nobody can be helped by this: the accept it is to wake fails, or has long succeeded.
            System.getLogger(GuestVm.class.getName()).log(System.Logger.Level.DEBUG, "closing the command socket", e);
        }
    }

    /**
     * Runs a bash script in the guest as root, in {@code /root}, with empty input. Several may run at once. A command left in the background
     * lives on; let it write to a file. To run as the ordinary user, prefix with {@code as-app}.
     *
     * @param timeout after this the command and its process group are killed, and its status is 124
     * @throws GuestException if the guest ends or does not answer
     */
    public CommandResult sh(String command, Duration timeout) throws IOException, InterruptedException {
        return commands.run(command, timeout);
    }

    /** {@link #sh(String, Duration)} with 30 s. */
    public CommandResult sh(String command) throws IOException, InterruptedException {
        return sh(command, Duration.ofSeconds(30));
    }

    /** The Unix socket that stands for this guest; {@code <this>_<port>} is where the host listens for it. */
    public Path vsockSocket() {
        return settings.directory().resolve("vm.vsock");
    }

    /** Where the host listens for the guest's connections to a vsock port. Nothing is created. */
    public Path vsockSocket(int port) {
        return settings.directory().resolve("vm.vsock_" + Integer.toUnsignedString(port));
    }

    /**
     * Connects to a port that a program in the guest listens on.
     *
     * @throws GuestException if nobody does
     */
    public SocketChannel connect(int port) throws IOException {
        SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(vsockSocket()));
        try {
            channel.write(ByteBuffer.wrap(
                    ("CONNECT " + Integer.toUnsignedString(port) + "\n").getBytes(StandardCharsets.US_ASCII)));
            // Byte by byte: what follows the line belongs to the caller.
            ByteBuffer one = ByteBuffer.allocate(1);
            StringBuilder line = new StringBuilder();
            while (line.length() < 32) {
                if (channel.read(one.clear()) < 0) {
                    throw new EOFException("end of stream after \"" + line + "\"");
                }
                char next = (char) (one.get(0) & 0xff);
                if (next == '\n') {
                    break;
                }
                line.append(next);
            }
            if (!line.toString().startsWith("OK ")) {
                throw new GuestException("answer \"" + line + "\"");
            }
            return channel;
        } catch (IOException e) {
            channel.close();
            throw new GuestException(
                    "Nobody in the guest accepts connections on vsock port " + port + ": " + e.getMessage(), e);
        }
    }

    /** QEMU's machine protocol, a listening Unix socket for one client at a time. */
    public Path qmpSocket() {
        return settings.directory().resolve("qmp");
    }

    /** The guest's serial console, a root shell, a listening Unix socket for one client at a time: for people. */
    public Path serialSocket() {
        return settings.directory().resolve("serial");
    }

    /** Everything the serial console has said so far. */
    public String console() throws IOException {
        return Files.readString(GuestProcesses.consoleLog(settings.directory()), StandardCharsets.ISO_8859_1);
    }

    public GuestSettings settings() {
        return settings;
    }

    /** The guest's own uptime, in seconds, when it was ready. */
    public double uptimeAtReady() {
        return uptimeAtReady;
    }

    /** From the start of its processes to its readiness. */
    public Duration bootTime() {
        return bootTime;
    }

    public ProcessHandle qemu() {
        return processes.qemu();
    }

    public ProcessHandle vsockDaemon() {
        return processes.vsock();
    }

    /** Completes when the guest is over, by whatever cause, and all its processes with it. */
    public CompletableFuture<Void> ended() {
        return processes.launcher().onExit().thenAccept(_ -> {});
    }

    /** Turns the guest off, as pulling its plug would, and waits until its processes are gone. Further calls do nothing. */
    @Override
    public void close() throws IOException {
        try (commands) {
            processes.close();
        }
    }
}
