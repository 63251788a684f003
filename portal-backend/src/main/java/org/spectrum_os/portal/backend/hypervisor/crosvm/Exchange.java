// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.hypervisor.crosvm;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.hypervisor.Deadline;
import org.spectrum_os.portal.backend.hypervisor.MachineException;
import org.spectrum_os.portal.backend.hypervisor.life.VmPeer;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.SocketKind;
import org.spectrum_os.portal.transport.TruncatedMessageException;

/** One request and its answer, each time on a connection of its own: what comes late comes to nobody. One thread at a time. */
final class Exchange implements AutoCloseable {
    /** crosvm waits for its controller for two seconds to take a request, and two for the answer. */
    static final Duration USB = Duration.ofSeconds(5);

    static final Duration PLAIN = Duration.ofSeconds(2);
    /** For a place among those who wait for crosvm to accept them: none is free if it hangs for long. */
    private static final Duration CONNECT = Duration.ofSeconds(2);

    /** For it to take the request, which the kernel does for it. */
    private static final Duration SEND = Duration.ofSeconds(2);
    /** None are expected; what comes is closed. */
    private static final int MOST_DESCRIPTORS = 4;

    private final Path socket;
    private volatile @Nullable Connection current;
    private volatile boolean closed;

    Exchange(Path socket) {
        this.socket = socket;
    }

    /** There was no answer, or none that is one. The request may have been carried out, or may be later. */
    static final class UnansweredException extends Exception {
        private final boolean silent;

        private UnansweredException(String message, boolean silent) {
            super(message);
            this.silent = silent;
        }

        /** Whether nothing came at all: to crosvm the same as not to understand. */
        boolean isSilent() {
            return silent;
        }
    }

    /**
     * Looks who is there, asks, and waits.
     *
     * @param descriptors exactly those that the request names; stay the caller's
     * @throws MachineException.NotRunning if the run has ended; nothing was passed
     * @throws MachineException.NoAnswer   if the run goes on, and somebody else is there, or nobody; nothing was passed
     */
    Reply ask(VmRun run, Request request, List<Descriptor> descriptors, Deadline deadline)
            throws MachineException, UnansweredException, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        try (Connection connection = connect(run, deadline)) {
            current = connection;
            if (closed) {
                throw ended();
            }
            verify(run, connection);
            return answer(connection, request, descriptors, deadline);
        } finally {
            current = null;
        }
    }

    private Connection connect(VmRun run, Deadline deadline) throws MachineException {
        try {
            return Connection.connectUnix(socket, SocketKind.SEQPACKET, deadline.atMost(CONNECT));
        } catch (IOException e) {
            throw run.unreachable("nobody can be reached behind " + socket + ": " + e.getMessage());
        }
    }

    /** That whoever is there is the run: of another one, or of another user's, nothing follows for what is in this one. */
    private void verify(VmRun run, Connection connection) throws MachineException {
        boolean same;
        try {
            same = run.isOf(VmPeer.of(connection, socket));
        } catch (IOException e) {
            throw run.unreachable("who is behind " + socket + " cannot be told: " + e.getMessage());
        }
        if (!same) {
            throw run.unreachable("somebody else is behind " + socket + " now");
        }
    }

    /** What is in the VM is no more known for that nobody looks. */
    private MachineException ended() {
        return new MachineException.NoAnswer("the watch of " + socket + " has ended");
    }

    private Reply answer(Connection connection, Request request, List<Descriptor> descriptors, Deadline deadline)
            throws MachineException, UnansweredException {
        Duration longest = switch (request) {
            case Request.Usb _ -> USB;
            case Request.VcpuPidTid _ -> PLAIN;
        };
        try {
            connection.sendWithDescriptors(request.packet(), descriptors, deadline.atMost(SEND));
            Connection.Received received = connection.receiveWithDescriptors(
                    ReplyReader.MOST_BYTES, MOST_DESCRIPTORS, deadline.atMost(longest));
            received.descriptors().forEach(Descriptor::close);
            if (!received.bytes().hasRemaining()) {
                throw new UnansweredException("closed the connection in place of an answer", false);
            }
            return ReplyReader.read(received.bytes());
        } catch (ReplyReader.NonsenseException e) {
            throw new UnansweredException("answered with " + e.getMessage(), false);
        } catch (TruncatedMessageException e) {
            throw new UnansweredException("answered with " + e.getMessage(), false);
        } catch (SocketTimeoutException e) {
            throw new UnansweredException("gave no answer within " + longest.toSeconds() + " s", true);
        } catch (IOException e) {
            if (closed) {
                throw ended();
            }
            throw new UnansweredException("broke the connection (" + e.getMessage() + ")", false);
        }
    }

    /** Ends what is under way. */
    @Override
    public void close() {
        closed = true;
        Connection connection = current;
        if (connection != null) {
            connection.close();
        }
    }
}
