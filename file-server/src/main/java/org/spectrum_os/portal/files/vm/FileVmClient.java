// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.vm;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.files.lent.Access;
import org.spectrum_os.portal.files.lent.GuestUser;
import org.spectrum_os.portal.protocol.DisplayText;
import org.spectrum_os.portal.protocol.ProtocolException;
import org.spectrum_os.portal.protocol.Untrusted;
import org.spectrum_os.portal.transport.Connection;

/**
 * The host's side of one control connection to a VM that serves files. Thread-safe. A VM that does not answer in time, or says what it must
 * not, loses the connection, and with it every lease and every guest.
 */
public final class FileVmClient implements AutoCloseable {
    /** For each answer on the control connection. Whoever ends leases waits so long at most. */
    public static final Duration TIMEOUT = Duration.ofSeconds(5);
    /** How often the host must say something. */
    public static final Duration HEARTBEAT = Duration.ofSeconds(5);
    /** For the answer to an opening, which may be the first thing that a program does. */
    private static final Duration OPENING = Duration.ofSeconds(20);

    private static final int TEXT = 200;

    private final VmChannel control;
    private final String secret;
    private final Consumer<String> used;
    private final AtomicLong ids = new AtomicLong();
    private final Map<Long, CompletableFuture<@Nullable String>> waiting = new ConcurrentHashMap<>();
    /** Leases whose first use has not been told. */
    private final Set<String> unused = ConcurrentHashMap.newKeySet();

    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean silent;

    private FileVmClient(VmChannel control, String secret, Consumer<String> used) {
        this.control = control;
        this.secret = secret;
        this.used = used;
    }

    /**
     * Takes the control of a VM's file server.
     *
     * @param stream a connection to it, which is this object's from now on, also when this fails
     * @param used   hears, once for each lease, that something in it was opened; on a thread of this object's own
     * @throws IOException if somebody else has the control, or nobody answers
     */
    public static FileVmClient open(Connection stream, Consumer<String> used) throws IOException {
        var random = new byte[16];
        new SecureRandom().nextBytes(random);
        String secret = HexFormat.of().formatHex(random);
        var channel = new VmChannel(stream);
        open(channel, new VmMessage.Control(VmMessage.VERSION, secret));
        var client = new FileVmClient(channel, secret, used);
        Thread.ofPlatform().daemon().name("file VM").start(client::receive);
        return client;
    }

    private static void open(VmChannel channel, VmMessage.Opening opening) throws IOException {
        try {
            channel.send(opening, TIMEOUT);
            if (!(channel.receive(VmMessage.FromVm.class, OPENING) instanceof VmMessage.Ready(int version))
                    || version != VmMessage.VERSION) {
                throw new ProtocolException("the VM's file server answered something else than that it is ready");
            }
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Makes a connection to the VM's file server one of a guest: when this returns, what is written to it is 9P.
     *
     * @param stream stays the caller's; closed if this fails
     */
    public void attach(Connection stream, String instance, GuestUser user) throws IOException {
        open(new VmChannel(stream), new VmMessage.Guest(secret, instance, user));
    }

    /**
     * Lends what is at a path beneath the VM's shared folder; when this returns, the instance sees it.
     *
     * @throws FileVmRefusedException if nothing is lent
     * @throws IOException            if the VM is gone, or did not answer; then this client has ended
     */
    public void lend(String instance, String lease, Access access, String path) throws IOException {
        unused.add(lease);
        try {
            call(new VmMessage.Lend(ids.incrementAndGet(), instance, lease, access, path));
        } catch (IOException e) {
            unused.remove(lease);
            throw e;
        }
    }

    /** Ends a lease; if the VM does not confirm it, this client ends, and with it every guest's connection. */
    public void revoke(String lease) throws IOException {
        unused.remove(lease);
        try {
            call(new VmMessage.Revoke(ids.incrementAndGet(), lease));
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private void call(VmMessage.Request request) throws IOException {
        var answer = new CompletableFuture<@Nullable String>();
        waiting.put(request.id(), answer);
        try {
            if (ended.getCount() == 0) {
                throw new IOException("the VM's file server is gone");
            }
            control.send(request, TIMEOUT);
            String failure = answer.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            if (failure != null) {
                throw new FileVmRefusedException(failure);
            }
        } catch (TimeoutException e) {
            silent = true;
            close();
            throw new IOException("the VM's file server did not answer for " + TIMEOUT.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw new IOException("the VM's file server is gone", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for the VM's file server", e);
        } finally {
            waiting.remove(request.id());
        }
    }

    /**
     * Keeps the connection alive until it ends.
     *
     * @return whether the end was that the VM did not answer
     */
    public boolean awaitEnd() throws InterruptedException {
        while (!ended.await(HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS)) {
            try {
                call(new VmMessage.Ping(ids.incrementAndGet()));
            } catch (IOException _) {
                close();
            }
        }
        return silent;
    }

    private void receive() {
        try (control) {
            while (true) {
                switch (control.receive(VmMessage.FromVm.class, Duration.ZERO)) {
                    case VmMessage.Done(long id) -> settle(id, null);
                    case VmMessage.Failed(long id, var message) ->
                        settle(id, DisplayText.of(Untrusted.of(message), TEXT).toString());
                    case VmMessage.Used(var lease) -> {
                        if (unused.remove(lease)) {
                            used.accept(lease);
                        }
                    }
                    case VmMessage.Ready _ -> throw new ProtocolException("the VM's file server is ready twice");
                }
            }
        } catch (IOException e) {
            close();
            waiting.values().forEach(answer -> answer.completeExceptionally(e));
        }
    }

    private void settle(long id, @Nullable String failure) {
        CompletableFuture<@Nullable String> answer = waiting.remove(id);
        if (answer != null) {
            answer.complete(failure);
        }
    }

    public boolean isEnded() {
        return ended.getCount() == 0;
    }

    @Override
    public void close() {
        control.close();
        ended.countDown();
    }
}
