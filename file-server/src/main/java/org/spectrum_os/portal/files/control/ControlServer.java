// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.control;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.spectrum_os.portal.files.ninep.FileServer;
import org.spectrum_os.portal.files.ninep.RefusedException;
import org.spectrum_os.portal.protocol.LogBudget;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.TruncatedMessageException;

/**
 * The file server's end of the control socket. Requests are carried out side by side, so that a file whose disk does not answer does
 * not hold up the revoking of another.
 */
public final class ControlServer {
    /** Requests in progress; beyond, the socket is not read. */
    private static final int MOST_IN_PROGRESS = 32;

    private final Connection control;
    private final Consumer<String> log;
    private final LogBudget lines = new LogBudget();
    private final RemoteStaging staging;
    private final Semaphore permits = new Semaphore(MOST_IN_PROGRESS);

    public ControlServer(Connection control, Consumer<String> log) {
        this.control = control;
        this.log = log;
        this.staging = new RemoteStaging(control);
    }

    /**
     * Serves until the backend closes the socket. On return every lease has ended and every guest's connection is closed.
     *
     * @throws IOException if the socket failed or what came is not the control protocol
     */
    public void run() throws IOException {
        ExecutorService workers = Executors.newCachedThreadPool(
                Thread.ofPlatform().name("control-", 0).daemon().factory());
        try (var files = new FileServer(new Reports(), staging, log)) {
            while (true) {
                Connection.Received packet;
                try {
                    packet = control.receiveWithDescriptors(
                            ControlMessage.MOST_BYTES, ControlMessage.MOST_ENTRIES, Duration.ZERO);
                } catch (TruncatedMessageException e) {
                    // Packets keep their boundaries, so the next one is whole; the sender's request runs into its
                    // timeout.
                    log.accept("refused a control packet: " + e.getMessage());
                    continue;
                }
                if (!packet.bytes().hasRemaining() && packet.descriptors().isEmpty()) {
                    return;
                }
                switch (ControlCodec.decode(packet, ControlMessage.FromBackend.class)) {
                    case ControlMessage.Request request ->
                        execute(workers, () -> answer(files, request, packet.descriptors()));
                    case ControlMessage.StagingAnswer answer -> staging.answered(answer, packet.descriptors());
                }
            }
        } finally {
            staging.stop();
            workers.shutdown();
        }
    }

    private void execute(ExecutorService workers, Runnable task) {
        permits.acquireUninterruptibly();
        workers.execute(() -> {
            try {
                task.run();
            } finally {
                permits.release();
            }
        });
    }

    private void answer(FileServer files, ControlMessage.Request request, List<Descriptor> descriptors) {
        Runnable afterwards = () -> {};
        ControlMessage.FromServer answer = new ControlMessage.Done(request.id());
        try {
            switch (request) {
                case ControlMessage.Lend lend ->
                    files.lend(lend.instance(), lend.lease(), lend.access(), lend.entries(), descriptors);
                case ControlMessage.Revoke revoke -> files.revoke(revoke.lease());
                case ControlMessage.Serve serve ->
                    // Started after the answer, so that "done" precedes whatever becomes of the connection.
                    afterwards = files.admit(serve.instance(), serve.user(), descriptors.getFirst());
            }
        } catch (RefusedException e) {
            // A guest connects as often as it likes.
            String about = request instanceof ControlMessage.Serve serve ? serve.instance() : "the backend";
            lines.write(about, "refused: " + e.getMessage(), log);
            answer = new ControlMessage.Failed(request.id(), String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            log.accept("internal error: " + e);
            answer = new ControlMessage.Failed(request.id(), "internal error in the file server");
        }
        send(answer);
        afterwards.run();
    }

    private void send(ControlMessage.FromServer message) {
        try {
            control.sendWithDescriptors(ControlCodec.encode(message), List.of());
        } catch (IOException e) {
            // The receiving thread sees the same end and stops everything.
            log.accept("the backend is gone: " + e.getMessage());
        }
    }

    private final class Reports implements FileServer.Events {
        @Override
        public void guestGone(String instance, int connectionsLeft) {
            send(new ControlMessage.GuestGone(instance, connectionsLeft));
        }

        @Override
        public void used(String lease) {
            send(new ControlMessage.Used(lease));
        }
    }
}
