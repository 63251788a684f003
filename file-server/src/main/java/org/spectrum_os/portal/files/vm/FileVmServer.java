// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.vm;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.protocol.Ports;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Listener;
import org.spectrum_os.portal.transport.Peer;

/**
 * Serves what is beneath one folder of this VM to guests whose connections the host relays, as the host says. Hears nobody but the host:
 * who it is, is the transport's to say. One control connection at a time; when it ends, so does everything that came by it.
 */
public final class FileVmServer implements AutoCloseable {
    /** From the connection to the end of its first frame. */
    private static final Duration OPENING = Duration.ofSeconds(10);
    /** Connections that have not said what they are; more are closed unheard. */
    private static final int MOST_STRANGERS = 16;

    private final Listener listener;
    private final Predicate<Peer> isHost;
    private final SharedFolder folder;
    private final Consumer<String> log;
    private final Semaphore strangers = new Semaphore(MOST_STRANGERS);
    private @Nullable ControlSession session;

    /**
     * @param listener belongs to this from now on
     * @param isHost   whether a peer is the host; see {@link #isHost}
     * @param root     the folder to lend from, absolute and without symbolic links
     */
    FileVmServer(Listener listener, Predicate<Peer> isHost, Path root, Consumer<String> log) throws IOException {
        this.listener = listener;
        this.isHost = isHost;
        this.folder = SharedFolder.open(root);
        this.log = log;
    }

    /**
     * Listens on a vsock port.
     *
     * @param root the folder to lend from, absolute and without symbolic links
     * @throws IOException if it cannot listen, or the folder cannot be opened
     */
    public static FileVmServer listen(int port, Path root, Consumer<String> log) throws IOException {
        Listener listener = Listener.vsock(port);
        try {
            return new FileVmServer(listener, FileVmServer::isHost, root, log);
        } catch (IOException | RuntimeException e) {
            listener.close();
            throw e;
        }
    }

    /** The context id of the host, as the kernel says. */
    static boolean isHost(Peer peer) {
        return peer instanceof Peer.Vsock(int cid) && cid == Ports.HOST_CID;
    }

    /** Serves until it is closed. */
    public void run() throws IOException {
        while (true) {
            Connection connection;
            try {
                connection = listener.accept();
            } catch (ClosedChannelException _) {
                return;
            }
            if (!isHost.test(connection.peer())) {
                log.accept("turned away " + connection.peer() + ": only the host is served");
                connection.close();
            } else if (!strangers.tryAcquire()) {
                log.accept("turned away a connection: " + MOST_STRANGERS + " others have not said what they are");
                connection.close();
            } else {
                Thread.ofPlatform().daemon().name("connection").start(() -> opened(connection));
            }
        }
    }

    private void opened(Connection connection) {
        try (var channel = new VmChannel(connection)) {
            VmMessage.Opening opening;
            try {
                opening = channel.receive(VmMessage.Opening.class, OPENING);
            } finally {
                strangers.release();
            }
            switch (opening) {
                case VmMessage.Control(int version, var secret) -> control(channel, version, secret);
                case VmMessage.Guest(var secret, var instance, var user) -> {
                    ControlSession now = current();
                    if (now == null || !now.knows(secret)) {
                        log.accept("turned away a guest's connection that is not the host's who has the control");
                    } else {
                        now.serve(channel, instance, user);
                    }
                }
            }
        } catch (IOException e) {
            log.accept("a connection ended before it was one: " + e.getMessage());
        }
    }

    private void control(VmChannel channel, int version, String secret) throws IOException {
        if (version != VmMessage.VERSION) {
            log.accept("the host speaks version " + version + ", this file server " + VmMessage.VERSION
                    + ": update the older of the two");
            return;
        }
        var mine = new ControlSession(channel, secret, folder, log);
        try (mine) {
            if (!begin(mine)) {
                log.accept("turned away a second control connection: there is one");
                return;
            }
            log.accept("the host has the control");
            mine.run();
        } finally {
            end(mine);
        }
    }

    private synchronized @Nullable ControlSession current() {
        return session;
    }

    private synchronized boolean begin(ControlSession mine) {
        if (session != null) {
            return false;
        }
        session = mine;
        return true;
    }

    private synchronized void end(ControlSession mine) {
        if (session == mine) {
            session = null;
        }
    }

    /** Ends everything. */
    @Override
    public void close() {
        listener.close();
        ControlSession last = current();
        if (last != null) {
            last.close();
        }
        folder.close();
    }
}
