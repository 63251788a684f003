// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.daemon;

import static java.lang.System.Logger.Level.INFO;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.spectrum_os.portal.files.control.FileServerClient;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Listener;
import org.spectrum_os.portal.transport.Peer;
import org.spectrum_os.portal.transport.SocketKind;

/**
 * One file server process and the control connection to it. The connection is made by the child, over a socket that exists only for that
 * moment, and is believed only if it comes from that child.
 */
final class FileServerProcess implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(FileServerProcess.class.getName());
    private static final Duration START = Duration.ofSeconds(20);
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final Process process;
    /** The file server itself, where {@link #process} is what confines it. */
    private final ProcessHandle server;

    private final FileServerClient client;

    private FileServerProcess(Process process, ProcessHandle server, FileServerClient client) {
        this.process = process;
        this.server = server;
        this.client = client;
    }

    /**
     * Starts a file server and waits until it answers.
     *
     * @param command the program and its arguments, to which the control socket's path is added
     * @param spawner runs what starts the process, on a thread that lives as long as the process is to: what confines the file server may
     *     ask the kernel to end it with the thread that started it (prctl(2), PR_SET_PDEATHSIG)
     * @param runtime a folder of this user's alone, made if absent
     */
    static FileServerProcess start(
            List<String> command, Path runtime, ExecutorService spawner, FileServerClient.Events events)
            throws IOException {
        Files.createDirectories(
                runtime, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path socket = runtime.resolve("file-server-" + ProcessHandle.current().pid() + ".sock");
        try (Listener listener = Listener.unix(socket, SocketKind.SEQPACKET, Listener.Identity.PROCESS);
                var alarm = Executors.newSingleThreadScheduledExecutor()) {
            var arguments = new ArrayList<>(command);
            arguments.add("--control");
            arguments.add(socket.toString());
            Process process = spawn(arguments, spawner);
            var timeout = alarm.schedule(listener::close, START.toMillis(), TimeUnit.MILLISECONDS);
            var early = process.onExit().thenAccept(ended -> listener.close());
            try {
                Connection control = acceptFrom(process, listener);
                ProcessHandle server = handle(control.peer()).orElse(process.toHandle());
                LOG.log(INFO, "the file server is running (process {0})", Long.toString(process.pid()));
                return new FileServerProcess(process, server, new FileServerClient(control, events));
            } catch (ClosedChannelException e) {
                boolean ended = !process.isAlive();
                killAll(process);
                throw new IOException(
                        "the file server (" + command.getFirst() + ") "
                                + (ended
                                        ? "ended with status " + process.exitValue() + " before it answered"
                                        : "did not answer within " + START.toSeconds() + " s")
                                + "; its own message is above",
                        e);
            } catch (IOException e) {
                killAll(process);
                throw e;
            } finally {
                boolean _ = timeout.cancel(false);
                early.cancel(false);
            }
        }
    }

    private static Process spawn(List<String> arguments, ExecutorService spawner) throws IOException {
        try {
            return spawner.submit(() -> new ProcessBuilder(arguments)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start())
                    .get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failed ? failed : new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while starting the file server", e);
        }
    }

    /** The program goes first: what confines it does not take it along. */
    private static void killAll(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private static Connection acceptFrom(Process process, Listener listener) throws IOException {
        while (true) {
            Connection connection = listener.accept();
            if (handle(connection.peer())
                    .filter(peer -> isOrDescends(peer, process))
                    .isPresent()) {
                return connection;
            }
            LOG.log(
                    System.Logger.Level.WARNING,
                    "turned away {0} from the file server's control socket",
                    connection.peer());
            connection.close();
        }
    }

    private static Optional<ProcessHandle> handle(Peer peer) {
        return peer instanceof Peer.HostProcess(int pid, int _, int _) ? ProcessHandle.of(pid) : Optional.empty();
    }

    /** The program is started through a wrapper that confines it. */
    private static boolean isOrDescends(ProcessHandle peer, Process process) {
        Optional<ProcessHandle> handle = Optional.of(peer);
        while (handle.isPresent()) {
            if (handle.get().pid() == process.pid()) {
                return true;
            }
            handle = handle.get().parent();
        }
        return false;
    }

    FileServerClient client() {
        return client;
    }

    /** The file server itself. */
    ProcessHandle handle() {
        return server;
    }

    /** Ends the process, and with it everything it serves. */
    void kill() {
        // Itself first: what confines it does not take it along.
        boolean _ = server.destroyForcibly();
        process.destroyForcibly();
    }

    @Override
    public void close() {
        client.close();
        try {
            if (!process.waitFor(GRACE)) {
                kill();
                process.waitFor();
            }
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
        }
    }
}
