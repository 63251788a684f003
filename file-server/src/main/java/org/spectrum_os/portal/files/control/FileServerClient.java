// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.control;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.files.lent.Access;
import org.spectrum_os.portal.files.lent.Entry;
import org.spectrum_os.portal.files.lent.GuestUser;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.ErrnoException;

/**
 * The backend's end of the file server. Thread-safe; every call waits for the file server's answer, for at most {@link #TIMEOUT}. After
 * a timeout it is unknown whether the request was carried out: revoke the lease, or start a new file server.
 */
public final class FileServerClient implements AutoCloseable {
    public static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** What the file server reports. Called one at a time and in order, on a thread of the client's own. */
    public interface Events {
        /** A connection of the instance has ended; it has {@code connectionsLeft} others. */
        void guestGone(String instance, int connectionsLeft);

        /** Something in the lease was opened for the first time. */
        void used(String lease);

        /** The file server is gone and with it every lease; called last, and not when {@link #close} was called here. */
        void stopped();

        /**
         * Makes an unnamed writable file ({@code O_TMPFILE}, mode 0600) beside the lease's files. Called on other threads than the
         * reports, up to {@link org.spectrum_os.portal.files.ninep.Staging#AT_ONCE} at once for each instance.
         *
         * @return open for reading and writing; the client closes it
         * @throws IOException if it cannot be; the errno of an {@link ErrnoException} goes to the guest
         */
        Descriptor stage(String lease) throws IOException;

        /**
         * Puts the staged file in the place of the lease's entry, atomically, and durable when it returns. Called as {@link #stage} is.
         *
         * @param staged the client's to close
         */
        void install(String lease, String name, Descriptor staged) throws IOException;
    }

    private final Connection control;
    private final Events events;
    private final AtomicLong ids = new AtomicLong();
    private final Map<Long, CompletableFuture<@Nullable String>> waiting = new ConcurrentHashMap<>();
    private final ExecutorService reports = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("file-server-events").daemon().factory());
    private final StagingDesk staging;
    private volatile boolean stopped;
    private volatile boolean closing;

    /** Takes over the control socket (SOCK_SEQPACKET) that the file server has connected to. */
    public FileServerClient(Connection control, Events events) {
        this.control = control;
        this.events = events;
        this.staging = new StagingDesk(control, events);
        Thread.ofPlatform().name("file-server-client").daemon().start(this::receive);
    }

    /**
     * Lends files and directories; when this returns, the instance sees them as {@code <lease>/<name>} below its mount.
     *
     * @param entries     1 to 64, of different names
     * @param descriptors one per entry: a regular file open for reading only ({@code READ}) or for reading and writing ({@code WRITE}),
     *     a directory as a reference ({@link org.spectrum_os.portal.transport.FileNode#openFolder}). They stay the caller's, who may
     *     close them at once
     * @throws FileServerRefusedException if nothing is lent
     * @throws IOException                if the file server is gone or did not answer: then they may be lent, and stay so
     */
    public void lend(String instance, String lease, Access access, List<Entry> entries, List<Descriptor> descriptors)
            throws IOException {
        if (entries.size() != descriptors.size()) {
            throw new IllegalArgumentException(entries.size() + " entries, " + descriptors.size() + " descriptors");
        }
        // Before the guest has it: its first act may be to save.
        staging.lent(instance, lease);
        boolean isLent = false;
        try {
            call(new ControlMessage.Lend(ids.incrementAndGet(), instance, lease, access, entries), descriptors);
            isLent = true;
        } finally {
            if (!isLent) {
                staging.ended(lease);
            }
        }
    }

    /**
     * Ends a lease; when this returns, every operation on it fails, and none of the file's bytes is on its way any more.
     *
     * @throws IOException if there is no such lease, or the file server is gone or did not answer
     */
    public void revoke(String lease) throws IOException {
        staging.ended(lease);
        call(new ControlMessage.Revoke(ids.incrementAndGet(), lease), List.of());
    }

    /**
     * Lets the file server talk to a guest.
     *
     * @param user       who owns everything there, as the guest sees it
     * @param connection the accepted socket; stays the caller's, who must close this descriptor, and must not call
     *     {@link Connection#close}, which would end it for the file server too: take it with {@link Connection#release}
     * @throws FileServerRefusedException if it does not serve the guest
     */
    public void serve(String instance, GuestUser user, Descriptor connection) throws IOException {
        call(new ControlMessage.Serve(ids.incrementAndGet(), instance, user), List.of(connection));
    }

    private void call(ControlMessage.Request request, List<Descriptor> descriptors) throws IOException {
        var answer = new CompletableFuture<@Nullable String>();
        waiting.put(request.id(), answer);
        try {
            if (stopped) {
                throw gone();
            }
            control.sendWithDescriptors(ControlCodec.encode(request), descriptors, TIMEOUT);
            String failure = answer.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            if (failure != null) {
                throw new FileServerRefusedException(failure);
            }
        } catch (ClosedChannelException e) {
            throw new IOException(gone().getMessage(), e);
        } catch (ErrnoException e) {
            throw new IOException("cannot reach the file server: " + e.getMessage(), e);
        } catch (SocketTimeoutException | TimeoutException e) {
            throw new IOException("the file server did not answer for " + TIMEOUT.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw new IOException(gone().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for the file server", e);
        } finally {
            waiting.remove(request.id());
        }
    }

    private static IOException gone() {
        return new IOException("the file server is gone, and every lease with it: start it again");
    }

    private void receive() {
        IOException end = gone();
        try {
            while (true) {
                Connection.Received packet =
                        control.receiveWithDescriptors(ControlMessage.MOST_BYTES, 1, Duration.ZERO);
                if (!packet.bytes().hasRemaining() && packet.descriptors().isEmpty()) {
                    break;
                }
                received(ControlCodec.decode(packet, ControlMessage.FromServer.class), packet.descriptors());
            }
        } catch (IOException e) {
            end = e;
        } finally {
            stop(end);
        }
    }

    private void received(ControlMessage.FromServer message, List<Descriptor> descriptors) {
        switch (message) {
            case ControlMessage.Done done -> settle(done.id(), null);
            case ControlMessage.Failed failed -> settle(failed.id(), failed.message());
            case ControlMessage.GuestGone gone ->
                reports.execute(() -> events.guestGone(gone.instance(), gone.connections()));
            case ControlMessage.Used used -> reports.execute(() -> events.used(used.lease()));
            case ControlMessage.Stage stage -> staging.stage(stage);
            case ControlMessage.Install install -> staging.install(install, descriptors.getFirst());
        }
    }

    /** An answer that nobody waits for any more came after its timeout. */
    private void settle(long id, @Nullable String failure) {
        CompletableFuture<@Nullable String> answer = waiting.remove(id);
        if (answer != null) {
            answer.complete(failure);
        }
    }

    private void stop(IOException end) {
        stopped = true;
        control.close();
        waiting.values().forEach(answer -> answer.completeExceptionally(end));
        if (!closing) {
            reports.execute(events::stopped);
        }
        reports.shutdown();
        staging.stop();
    }

    /** Closes the socket; the file server ends every lease and exits. */
    @Override
    public void close() {
        closing = true;
        control.close();
    }
}
