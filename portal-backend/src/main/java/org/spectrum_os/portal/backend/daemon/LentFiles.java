// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.daemon;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.agent.LinkDoor;
import org.spectrum_os.portal.backend.file.FileLending;
import org.spectrum_os.portal.backend.file.OpenedFile;
import org.spectrum_os.portal.backend.lease.HostFile;
import org.spectrum_os.portal.backend.lease.ResourceGoneException;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.files.control.FileServerClient;
import org.spectrum_os.portal.files.control.FileServerRefusedException;
import org.spectrum_os.portal.store.lease.Lease;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Descriptor;

/**
 * The lent files' way into the guests: hands the file server its descriptors and the guests' connections, and hears when a guest is gone.
 * When the file server dies, all it served is out of reach; another is started, to which what lasts is lent again.
 */
final class LentFiles implements FileLending, LinkDoor.FileConnections, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(LentFiles.class.getName());

    private final List<String> command;
    private final Path runtime;
    private final ReentrantLock lock = new ReentrantLock();
    /** How many connections the guest has with the server that runs now, those being made included. */
    private final Map<String, Integer> mounts = new HashMap<>();

    private @Nullable FileServerProcess server;
    private boolean closing;
    /** Held while a server is being started; taken before {@link #lock}. */
    private final ReentrantLock starting = new ReentrantLock();

    /** What follows from the end of a guest or of the server. */
    interface Consequences {
        void instanceStopped(String instance);

        void leaseUsed(String lease);

        void allLost();

        /** Another server is there, to which nothing has been lent yet. */
        void serverBack();
    }

    LentFiles(List<String> command, Path runtime) {
        this.command = List.copyOf(command);
        this.runtime = runtime;
    }

    void start(Consequences consequences) throws IOException {
        startServer(consequences);
    }

    /** One start at a time, and none once {@link #close} has begun: a server started behind its back would outlive the backend. */
    private void startServer(Consequences then) throws IOException {
        starting.lock();
        try {
            if (!isClosing()) {
                startServerNow(then);
            }
        } finally {
            starting.unlock();
        }
    }

    private boolean isClosing() {
        lock.lock();
        try {
            return closing;
        } finally {
            lock.unlock();
        }
    }

    private void startServerNow(Consequences then) throws IOException {
        var started = FileServerProcess.start(command, runtime, new FileServerClient.Events() {
            @Override
            public void guestGone(String instance, int connectionsLeft) {
                lock.lock();
                try {
                    unmount(instance);
                } finally {
                    lock.unlock();
                }
                if (connectionsLeft == 0) {
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
            mounts.clear();
            if (closing) {
                return;
            }
        } finally {
            lock.unlock();
        }
        LOG.log(ERROR, "the file server is gone: all lent files are out of reach; VMs that run must mount them again");
        then.allLost();
        try {
            startServer(then);
            then.serverBack();
        } catch (IOException e) {
            LOG.log(ERROR, "no other file server can be started, nothing can be lent: {0}", e.getMessage());
        }
    }

    /** One connection less; under the lock. */
    private void unmount(String instance) {
        mounts.computeIfPresent(instance, (name, count) -> count > 1 ? count - 1 : null);
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
        FileServerProcess current;
        lock.lock();
        try {
            current = running();
            // Before the server knows the guest, so that the end of a short-lived mount cannot overtake its beginning.
            mounts.merge(instance.name(), 1, Integer::sum);
        } finally {
            lock.unlock();
        }
        boolean served = false;
        // From here the socket is the server's; closing the connection object would shut it down there too.
        try (Descriptor socket = connection.release()) {
            current.client().serve(instance.name(), socket);
            served = true;
        } finally {
            if (!served) {
                notServed(instance.name(), current);
            }
        }
        LOG.log(INFO, "{0} has its lent files mounted ({1})", instance.name(), connection.peer());
    }

    /** The marks of a server that has died went with it. */
    private void notServed(String instance, FileServerProcess by) {
        lock.lock();
        try {
            if (server == by) {
                unmount(instance);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isMounted(String instance) {
        lock.lock();
        try {
            return mounts.containsKey(instance);
        } finally {
            lock.unlock();
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>A server that does not say whether it lends the file is ended: a file must not appear in a guest without a lease.
     */
    @Override
    public void lend(Lease lease, Descriptor file) throws IOException {
        FileServerProcess current;
        lock.lock();
        try {
            current = running();
            // With the server in whose tree the guest looks, not one that was started since.
            if (!mounts.containsKey(lease.owner())) {
                throw new IOException(lease.owner() + " has no mount of lent files any more");
            }
        } finally {
            lock.unlock();
        }
        lend(current, lease, HostFile.of(lease.resource()).orElseThrow(), file);
    }

    private static void lend(FileServerProcess by, Lease lease, HostFile what, Descriptor file) throws IOException {
        try {
            by.client().lend(lease.owner(), lease.name(), what.fileName(), file);
        } catch (FileServerRefusedException e) {
            throw e;
        } catch (IOException e) {
            LOG.log(WARNING, "the file server did not say whether it lends {0}; ending it", lease.name());
            by.kill();
            throw e;
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>The file is opened anew by its path. A guest that has not mounted yet finds it when it does. */
    @Override
    public void restore(Lease lease) throws IOException {
        var seen = HostFile.of(lease.resource())
                .orElseThrow(() -> new ResourceGoneException("the store does not say which file was lent"));
        FileServerProcess current = running();
        try (OpenedFile opened = OpenedFile.again(seen)) {
            lend(current, lease, seen, opened.descriptor());
        }
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
        lock.lock();
        try {
            closing = true;
        } finally {
            lock.unlock();
        }
        // A start in progress ends first, within its own time limit.
        starting.lock();
        try {
            FileServerProcess current;
            lock.lock();
            try {
                current = server;
            } finally {
                lock.unlock();
            }
            if (current != null) {
                current.close();
            }
        } finally {
            starting.unlock();
        }
    }
}
