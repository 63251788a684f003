// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.vm;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.spectrum_os.portal.files.lent.GuestUser;
import org.spectrum_os.portal.files.ninep.FileServer;
import org.spectrum_os.portal.files.ninep.RefusedException;
import org.spectrum_os.portal.protocol.LogBudget;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.ErrnoException;

/** One control connection from its opening to its end, with all that was lent and all guests that were served under it. */
final class ControlSession implements AutoCloseable {
    /** Without a word from the host for so long, the host is gone; it says something every {@link FileVmClient#HEARTBEAT}. */
    static final Duration SILENCE = Duration.ofSeconds(30);

    private static final Duration SEND = Duration.ofSeconds(10);
    /** Requests in progress; beyond, the connection is not read. */
    private static final int MOST_IN_PROGRESS = 32;

    private final VmChannel control;
    private final byte[] secret;
    private final SharedFolder folder;
    private final Consumer<String> log;
    private final LogBudget lines = new LogBudget();
    private final LocalStaging staging = new LocalStaging();
    private final FileServer files;
    private final Semaphore permits = new Semaphore(MOST_IN_PROGRESS);

    ControlSession(VmChannel control, String secret, SharedFolder folder, Consumer<String> log) throws IOException {
        this.control = control;
        this.secret = secret.getBytes(StandardCharsets.UTF_8);
        this.folder = folder;
        this.log = log;
        files = new FileServer(new Reports(), staging, log);
    }

    /** Serves until the host closes the connection, says nothing for long, or says what it must not. */
    void run() {
        ExecutorService workers = Executors.newCachedThreadPool(
                Thread.ofPlatform().name("control-", 0).daemon().factory());
        try {
            control.send(new VmMessage.Ready(VmMessage.VERSION), SEND);
            while (true) {
                VmMessage.FromHost message = control.receive(VmMessage.FromHost.class, SILENCE);
                if (!(message instanceof VmMessage.Request request)) {
                    log.accept("the host opened the control connection twice; every lease ends");
                    return;
                }
                permits.acquireUninterruptibly();
                workers.execute(() -> {
                    try {
                        send(answer(request));
                    } finally {
                        permits.release();
                    }
                });
            }
        } catch (EOFException | ClosedChannelException e) {
            log.accept("the host closed the control connection; every lease ends");
        } catch (SocketTimeoutException e) {
            log.accept("the host said nothing for " + SILENCE.toSeconds() + " s; every lease ends");
        } catch (IOException e) {
            log.accept("the control connection failed: " + e.getMessage() + "; every lease ends");
        } finally {
            workers.shutdown();
        }
    }

    private VmMessage.FromVm answer(VmMessage.Request request) {
        try {
            switch (request) {
                case VmMessage.Lend lend -> lend(lend);
                case VmMessage.Revoke revoke -> {
                    staging.end(revoke.lease());
                    files.revoke(revoke.lease());
                }
                case VmMessage.Ping _ -> {}
            }
            return new VmMessage.Done(request.id());
        } catch (RefusedException | SharedFolder.NoPathException e) {
            log.accept("refused: " + e.getMessage());
            return new VmMessage.Failed(request.id(), String.valueOf(e.getMessage()));
        } catch (ErrnoException e) {
            return new VmMessage.Failed(request.id(), "it cannot be opened: " + e.getMessage());
        } catch (IOException | RuntimeException e) {
            log.accept("internal error: " + e);
            return new VmMessage.Failed(request.id(), "internal error in the file server");
        }
    }

    private void lend(VmMessage.Lend lend) throws IOException, RefusedException {
        SharedFolder.Opened opened = folder.open(lend.path(), lend.access());
        Descriptor place = opened.folder();
        boolean lent = false;
        boolean placed = false;
        try {
            if (place != null) {
                // Before the guest has it: its first act may be to save.
                placed = staging.open(lend.lease(), place, opened.entry().name(), opened.descriptor());
                if (!placed) {
                    throw new RefusedException("there is a lease of that name already");
                }
            }
            lent = true;
            files.lend(
                    lend.instance(),
                    lend.lease(),
                    lend.access(),
                    List.of(opened.entry()),
                    List.of(opened.descriptor()));
        } catch (IOException | RefusedException | RuntimeException e) {
            if (!lent) {
                opened.close();
            }
            if (placed) {
                staging.end(lend.lease());
            }
            throw e;
        }
    }

    /** Whether somebody knows what only the host's end of this control connection knows. */
    boolean knows(String said) {
        return MessageDigest.isEqual(secret, said.getBytes(StandardCharsets.UTF_8));
    }

    /** Serves a guest's connection, which is this object's from now on, also when it is refused. */
    void serve(VmChannel guest, String instance, GuestUser user) throws IOException {
        // The host must not write 9P before it knows; nor must 9P be answered before the host is told.
        guest.send(new VmMessage.Ready(VmMessage.VERSION), SEND);
        try {
            files.admit(instance, user, guest.connection().release()).run();
        } catch (RefusedException e) {
            lines.write(instance, "refused: " + e.getMessage(), log);
        }
    }

    private void send(VmMessage.FromVm message) {
        try {
            control.send(message, SEND);
        } catch (IOException e) {
            // The receiving thread sees the same end and stops everything.
            log.accept("the host is gone: " + e.getMessage());
        }
    }

    private final class Reports implements FileServer.Events {
        @Override
        public void guestGone(String instance, int connectionsLeft) {
            // The host relays the connection and sees its end itself.
        }

        @Override
        public void used(String lease) {
            send(new VmMessage.Used(lease));
        }
    }

    /** Ends every lease and every guest's connection. */
    @Override
    public void close() {
        control.close();
        files.close();
        staging.endAll();
    }
}
