// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.daemon;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.agent.LinkDoor;
import org.spectrum_os.portal.backend.file.FileLending;
import org.spectrum_os.portal.backend.lease.Lease;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.files.control.FileServerClient;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Descriptor;

/**
 * The lent files' way into the guests: hands the file server its descriptors and the guests' connections, and hears when a guest is gone.
 * When the file server dies, all it served is gone; another is started for the VMs that come after.
 */
final class LentFiles implements FileLending, LinkDoor.FileConnections, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(LentFiles.class.getName());

    private final List<String> command;
    private final Path runtime;
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<String> mounted = new HashSet<>();
    private @Nullable FileServerProcess server;
    private boolean closing;

    /** What follows from the end of a guest or of the server. */
    interface Consequences {
        void instanceStopped(String instance);

        void leaseUsed(String lease);

        void allLost();
    }

    LentFiles(List<String> command, Path runtime) {
        this.command = List.copyOf(command);
        this.runtime = runtime;
    }

    void start(Consequences consequences) throws IOException {
        startServer(consequences);
    }

    private void startServer(Consequences then) throws IOException {
        var started = FileServerProcess.start(command, runtime, new FileServerClient.Events() {
            @Override
            public void guestGone(String instance, int connectionsLeft) {
                if (connectionsLeft == 0) {
                    forget(instance);
                    LOG.log(INFO, "{0} has stopped: its mount of lent files is gone", instance);
                    then.instanceStopped(instance);
                }
            }

            @Override
            public void used(String lease) {
                then.leaseUsed(lease);
            }

            @Override
            public void stopped() {
                serverStopped(then);
            }
        });
        lock.lock();
        try {
            server = started;
        } finally {
            lock.unlock();
        }
    }

    private void serverStopped(Consequences then) {
        lock.lock();
        try {
            server = null;
            mounted.clear();
            if (closing) {
                return;
            }
        } finally {
            lock.unlock();
        }
        LOG.log(ERROR, "the file server is gone: all lent files are out of reach; VMs that run must be restarted");
        then.allLost();
        try {
            startServer(then);
        } catch (IOException e) {
            LOG.log(ERROR, "no other file server can be started, nothing can be lent: {0}", e.getMessage());
        }
    }

    private void forget(String instance) {
        lock.lock();
        try {
            mounted.remove(instance);
        } finally {
            lock.unlock();
        }
    }

    private FileServerProcess running() throws IOException {
        lock.lock();
        try {
            if (server == null) {
                throw new IOException("the file server is not running");
            }
            return server;
        } finally {
            lock.unlock();
        }
    }

    Optional<ProcessHandle> process() {
        lock.lock();
        try {
            return Optional.ofNullable(server).map(FileServerProcess::handle);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void serve(Instance instance, Connection connection) throws IOException {
        FileServerClient client = running().client();
        lock.lock();
        try {
            // Before the server knows the guest, so that the end of a short-lived mount cannot overtake its beginning.
            mounted.add(instance.name());
        } finally {
            lock.unlock();
        }
        // From here the socket is the server's; closing the connection object would shut it down there too.
        try (Descriptor socket = connection.release()) {
            client.serve(instance.name(), socket);
        }
        LOG.log(INFO, "{0} has its lent files mounted ({1})", instance.name(), connection.peer());
    }

    @Override
    public boolean isMounted(String instance) {
        lock.lock();
        try {
            return mounted.contains(instance);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void lend(Lease lease, Descriptor file) throws IOException {
        running().client().lend(lease.instance(), lease.name(), lease.resource().fileName(), file);
    }

    /** If the server does not confirm the end, the server is ended: that takes the file out of reach for certain. */
    @Override
    public void end(Lease lease) throws IOException {
        FileServerProcess current = running();
        try {
            current.client().revoke(lease.name());
        } catch (IOException e) {
            LOG.log(WARNING, "the file server did not confirm the end of {0}; ending it", lease.name());
            current.kill();
            throw e;
        }
    }

    @Override
    public void close() {
        FileServerProcess current;
        lock.lock();
        try {
            closing = true;
            current = server;
        } finally {
            lock.unlock();
        }
        if (current != null) {
            current.close();
        }
    }
}
