// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.daemon;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.spectrum_os.portal.backend.agent.LinkDoor;
import org.spectrum_os.portal.backend.file.FileLending;
import org.spectrum_os.portal.backend.file.OpenedEntries;
import org.spectrum_os.portal.backend.file.SavePlaces;
import org.spectrum_os.portal.backend.lease.Access;
import org.spectrum_os.portal.backend.lease.HostEntries;
import org.spectrum_os.portal.backend.lease.HostEntry;
import org.spectrum_os.portal.backend.lease.ResourceGoneException;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.files.control.FileServerClient;
import org.spectrum_os.portal.files.control.FileServerRefusedException;
import org.spectrum_os.portal.files.lent.Entry;
import org.spectrum_os.portal.files.lent.GuestUser;
import org.spectrum_os.portal.protocol.LogBudget;
import org.spectrum_os.portal.store.lease.Lease;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Descriptor;

/**
 * The lent files' way into the guests: hands the file server its descriptors and the guests' connections, and hears when a guest is gone.
 * When the file server dies, all it served is out of reach; another is started, to which what lasts is lent again.
 */
final class LentFiles implements FileLending, LinkDoor.FileConnections, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(LentFiles.class.getName());

    private final FileServerKeeper servers;
    private final SavePlaces saves;
    private final LogBudget lines = new LogBudget();

    /** What follows from what the file server tells. */
    interface Consequences {
        void instanceStopped(String instance);

        void leaseUsed(String lease);

        /** The guest saved: another file stands in the place of a lent one. Told while the file server waits; must be quick. */
        void leaseReplaced(String lease);

        void allLost();

        /** Another server is there, to which nothing has been lent yet. */
        void serverBack();
    }

    LentFiles(List<String> command, Path runtime, SavePlaces saves) {
        servers = new FileServerKeeper(command, runtime);
        this.saves = saves;
    }

    void start(Consequences consequences) throws IOException {
        servers.start(mounts -> events(mounts, consequences));
    }

    private FileServerClient.Events events(Mounts mounts, Consequences then) {
        return new FileServerClient.Events() {
            @Override
            public void guestGone(String instance, int connectionsLeft) {
                ended(mounts, instance);
                if (connectionsLeft == 0) {
                    tell(instance, instance + " has stopped: its mount of lent files is gone");
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

            @Override
            public Descriptor stage(String lease) throws IOException {
                return saves.stage(lease);
            }

            @Override
            public void install(String lease, String name, Descriptor staged) throws IOException {
                saves.install(lease, name, staged);
                then.leaseReplaced(lease);
            }
        };
    }

    private static void refused(Mounts mounts, String instance, Connection kept) {
        try {
            mounts.refused(instance, kept);
        } catch (IOException e) {
            LOG.log(WARNING, "a connection of {0} was closed already: {1}", instance, e.getMessage());
        }
    }

    /** Guests mount and unmount as they like. */
    private void tell(String instance, String line) {
        lines.write(instance, line, within -> LOG.log(INFO, within));
    }

    private static void ended(Mounts mounts, String instance) {
        try {
            mounts.end(instance);
        } catch (IOException e) {
            LOG.log(WARNING, "a connection of {0} was closed already: {1}", instance, e.getMessage());
        }
    }

    private void serverStopped(Consequences then) {
        if (!servers.lost()) {
            return;
        }
        LOG.log(ERROR, "the file server is gone: all lent files are out of reach; VMs that run must mount them again");
        saves.endAll();
        then.allLost();
        try {
            start(then);
            then.serverBack();
        } catch (IOException e) {
            LOG.log(ERROR, "no other file server can be started, nothing can be lent: {0}", e.getMessage());
        }
    }

    Optional<ProcessHandle> process() {
        return servers.now().map(running -> running.process().handle());
    }

    @Override
    public void serve(Instance instance, Connection connection) throws IOException {
        String name = instance.name();
        FileServerKeeper.Running current = servers.require();
        Connection kept = current.mounts().begin(name, connection);
        boolean served = false;
        try {
            var user = new GuestUser(instance.user().uid(), instance.user().gid());
            current.process().client().serve(name, user, connection.descriptor());
            served = true;
        } finally {
            if (!served) {
                refused(current.mounts(), name, kept);
            }
        }
        // The socket is the server's now; closing the connection object would shut it down there too.
        connection.release().close();
        tell(name, name + " has its lent files mounted (" + connection.peer() + ")");
    }

    @Override
    public boolean isMounted(String instance) {
        return servers.now().filter(running -> running.mounts().has(instance)).isPresent();
    }

    /** Ends an instance's mounts: it is not the one any more that the policy meant. */
    void cut(String instance) {
        servers.now().ifPresent(running -> running.mounts().cut(instance));
    }

    /**
     * {@inheritDoc}
     *
     * <p>A server that does not say whether it lends the files is ended: nothing must appear in a guest without a lease.
     */
    @Override
    public void lend(Lease lease, OpenedEntries entries) throws IOException {
        FileServerKeeper.Running current = servers.require();
        // With the server in whose tree the guest looks, not one that was started since.
        if (!current.mounts().has(lease.owner())) {
            throw new IOException(lease.owner() + " has no mount of lent files any more");
        }
        lend(current.process(), lease, entries);
    }

    @Override
    public void give(Lease lease, OpenedEntries entries) throws IOException {
        lend(servers.require().process(), lease, entries);
    }

    private void lend(FileServerProcess by, Lease lease, OpenedEntries entries) throws IOException {
        var access = switch (access(lease)) {
            case READ -> org.spectrum_os.portal.files.lent.Access.READ;
            case WRITE -> org.spectrum_os.portal.files.lent.Access.WRITE;
        };
        boolean lent = false;
        // Before the guest has it: its first act may be to save.
        saves.open(lease, entries);
        try {
            by.client()
                    .lend(
                            lease.owner(),
                            lease.name(),
                            access,
                            entries.what().entries().stream()
                                    .map(LentFiles::entry)
                                    .toList(),
                            entries.descriptors());
            lent = true;
        } catch (FileServerRefusedException e) {
            throw e;
        } catch (IOException e) {
            LOG.log(WARNING, "the file server did not say whether it lends {0}; ending it", lease.name());
            by.kill();
            throw e;
        } finally {
            if (!lent) {
                saves.end(lease.name());
            }
        }
    }

    private static Entry entry(HostEntry entry) {
        return new Entry(
                entry.name(),
                switch (entry.kind()) {
                    case FILE -> Entry.Kind.FILE;
                    case DIRECTORY -> Entry.Kind.DIRECTORY;
                });
    }

    private static Access access(Lease lease) throws ResourceGoneException {
        return Access.of(lease.access())
                .orElseThrow(() -> new ResourceGoneException(
                        "the store says nothing known of what the guest may do: " + lease.access()));
    }

    /**
     * {@inheritDoc}
     *
     * <p>Each entry is opened anew by its path. A guest that has not mounted yet finds them when it does. */
    @Override
    public HostEntries restore(Lease lease) throws IOException {
        HostEntries seen = HostEntries.of(lease.resource())
                .orElseThrow(() -> new ResourceGoneException("the store does not say which file was lent"));
        FileServerKeeper.Running current = servers.require();
        try (OpenedEntries opened = OpenedEntries.again(seen, access(lease))) {
            lend(current.process(), lease, opened);
            return opened.what();
        }
    }

    /** If the server does not confirm the end, the server is ended: that takes the files out of reach for certain. */
    @Override
    public void end(Lease lease) throws IOException {
        saves.end(lease.name());
        FileServerProcess current = servers.require().process();
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
        servers.close();
        saves.endAll();
    }
}
