// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.daemon;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.spectrum_os.portal.backend.agent.LinkDoor;
import org.spectrum_os.portal.backend.agent.LinkException;
import org.spectrum_os.portal.backend.agent.Requests;
import org.spectrum_os.portal.backend.bus.HostFileChooser;
import org.spectrum_os.portal.backend.bus.Management;
import org.spectrum_os.portal.backend.consent.ConsentDesk;
import org.spectrum_os.portal.backend.consent.Timer;
import org.spectrum_os.portal.backend.file.FilePortal;
import org.spectrum_os.portal.backend.file.FileReply;
import org.spectrum_os.portal.backend.lease.Lease;
import org.spectrum_os.portal.backend.lease.LeaseTable;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.backend.policy.Policy;
import org.spectrum_os.portal.backend.window.WindowProcess;
import org.spectrum_os.portal.chooser.BackendFace;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.BusException;
import org.spectrum_os.portal.dbus.ExportedObject;
import org.spectrum_os.portal.dbus.NameFlag;
import org.spectrum_os.portal.dbus.NameTakenException;
import org.spectrum_os.portal.protocol.FileRequest;
import org.spectrum_os.portal.protocol.Message;
import org.spectrum_os.portal.store.audit.AuditBook;

/**
 * The running backend: everything put together once, in the order in which data flows, and taken apart in the opposite order.
 */
public final class Backend implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Backend.class.getName());

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile String endReason = "it was stopped";
    private volatile boolean failed;

    /**
     * What a backend needs to know to start.
     *
     * @param state      folder for what must be kept, such as the audit logs
     * @param runtime    folder for short-lived sockets, the user's alone
     * @param consentUi  command that starts the window process
     * @param fileServer command that starts the file server
     */
    public record Settings(Policy policy, Path state, Path runtime, List<String> consentUi, List<String> fileServer) {}

    private Backend() {}

    /** Starts everything, or nothing. */
    public static Backend start(Settings settings) throws StartException {
        var backend = new Backend();
        try {
            backend.assemble(settings);
            return backend;
        } catch (BusException e) {
            backend.close();
            throw new StartException(
                    e instanceof NameTakenException
                            ? "another backend is running on this session bus (" + e.getMessage()
                                    + "): stop that one first"
                            : "the session bus cannot be used: " + e.getMessage(),
                    e);
        } catch (IOException | LinkException e) {
            backend.close();
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
    }

    private <T extends AutoCloseable> T part(T part) {
        parts.push(part);
        return part;
    }

    private void assemble(Settings settings) throws IOException, BusException, LinkException {
        Policy policy = settings.policy();
        // First the names, so that a second backend stops before it touches anything of the first one's.
        BusConnection portalBus = part(BusConnection.session());
        BusConnection managementBus = part(BusConnection.session());
        managementBus.requestName(Management.BUS_NAME, Set.of(NameFlag.DO_NOT_QUEUE));

        AuditBook audit = part(AuditBook.open(settings.state(), InstantSource.system()));
        // Platform threads: opening the user's files may block in a native call. As many as there are requests under
        // way, which
        // Limits.OPEN_REQUESTS bounds for each instance.
        var executor = part(Executors.newThreadPerTaskExecutor(
                Thread.ofPlatform().daemon().name("decision ", 0).factory()));
        var scheduler = part(Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("timer").factory()));

        var window = new WindowProcess(settings.consentUi());
        Executor replies = executor;
        var desk = new ConsentDesk(window, policy.timing(), policy.phrase(), Timer.of(scheduler), replies);
        var lending = new LentFiles(settings.fileServer(), settings.runtime());
        var leases = new LeaseTable(audit, InstantSource.system(), lending);
        var portal = new FilePortal(desk, leases, lending, audit);
        var door = new LinkDoor(policy.instances(), requests(portal), lending, audit);

        part(lending);
        lending.start(consequences(desk, leases));
        part(() -> leases.endAll(Lease.EndReason.BACKEND_STOPPED));
        part(window);
        window.start(desk);
        part(door);
        door.open();

        var management = new Management(
                managementBus, () -> overview(policy, door, lending, desk, leases), leases, desk::unblock);
        leases.addListener(management);
        part(managementBus.export(Management.PATH, ExportedObject.of(management)));
        var hostFace = new BackendFace(portalBus, new HostFileChooser(policy.host(), desk, audit));
        part(portalBus.export(BackendFace.PATH, ExportedObject.of(hostFace)));
        portalBus.requestName(BackendFace.BUS_NAME, Set.of(NameFlag.DO_NOT_QUEUE));
        endWith(portalBus);
        endWith(managementBus);
        LOG.log(INFO, "ready: {0} instance(s)", policy.instances().size());
    }

    private void endWith(BusConnection bus) {
        var _ = bus.disconnected().whenComplete((nothing, error) -> {
            if (error != null) {
                failed = true;
                endReason = "the session bus is gone";
            }
            ended.countDown();
        });
    }

    private static Requests requests(FilePortal portal) {
        return (Instance instance,
                long request,
                FileRequest ask,
                Function<Message.FromHost, CompletionStage<Boolean>> answer) ->
                portal.openFile(instance, ask, reply -> answer.apply(message(request, reply)))::withdraw;
    }

    private static Message.FromHost message(long request, FileReply reply) {
        return switch (reply) {
            case FileReply.Lent(var files, var choices, var filter) ->
                new Message.Granted(request, files, choices, filter, false);
            case FileReply.Refused(var decision) -> new Message.Ended(request, decision.outcome());
        };
    }

    private static LentFiles.Consequences consequences(ConsentDesk desk, LeaseTable leases) {
        return new LentFiles.Consequences() {
            @Override
            public void instanceStopped(String instance) {
                leases.endAll(instance, Lease.EndReason.INSTANCE_STOPPED);
                desk.instanceStopped(instance);
            }

            @Override
            public void leaseUsed(String lease) {
                leases.used(lease);
            }

            @Override
            public void allLost() {
                leases.endAll(Lease.EndReason.FILE_SERVER_LOST);
            }
        };
    }

    private static List<Management.InstanceState> overview(
            Policy policy, LinkDoor door, LentFiles lending, ConsentDesk desk, LeaseTable leases) {
        Set<String> linked = door.linked();
        List<Lease> all = leases.list();
        return policy.instances().stream()
                .map(instance -> new Management.InstanceState(
                        instance.name(),
                        instance.colour().hex(),
                        instance.link().toString(),
                        linked.contains(instance.name()),
                        lending.isMounted(instance.name()),
                        desk.isBlocked(instance.name()),
                        instance.file().name().toLowerCase(java.util.Locale.ROOT),
                        (int) all.stream()
                                .filter(lease -> lease.instance().equals(instance.name()))
                                .count()))
                .toList();
    }

    /**
     * Waits until the backend is closed or cannot go on.
     *
     * @return whether it was closed in order
     */
    public boolean awaitEnd() throws InterruptedException {
        ended.await();
        if (failed) {
            LOG.log(ERROR, "stopping: {0}", endReason);
        }
        return !failed;
    }

    /** Ends every lease and every child process. May be called twice. */
    @Override
    public synchronized void close() {
        while (!parts.isEmpty()) {
            AutoCloseable part = parts.pop();
            try {
                part.close();
            } catch (Exception e) {
                LOG.log(ERROR, "closing " + part.getClass().getSimpleName() + ": " + e.getMessage(), e);
            }
        }
        ended.countDown();
    }
}
