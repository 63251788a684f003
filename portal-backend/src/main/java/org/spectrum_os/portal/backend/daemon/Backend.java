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
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.spectrum_os.portal.backend.agent.LinkDoor;
import org.spectrum_os.portal.backend.agent.LinkException;
import org.spectrum_os.portal.backend.agent.Requests;
import org.spectrum_os.portal.backend.agent.Service;
import org.spectrum_os.portal.backend.bus.HostFileChooser;
import org.spectrum_os.portal.backend.bus.Management;
import org.spectrum_os.portal.backend.bus.ManagementWhenReady;
import org.spectrum_os.portal.backend.consent.ConsentDesk;
import org.spectrum_os.portal.backend.consent.Timer;
import org.spectrum_os.portal.backend.file.FilePortal;
import org.spectrum_os.portal.backend.file.FileReply;
import org.spectrum_os.portal.backend.file.GivenFiles;
import org.spectrum_os.portal.backend.file.SavePlaces;
import org.spectrum_os.portal.backend.filevm.FileVms;
import org.spectrum_os.portal.backend.lease.HostEntries;
import org.spectrum_os.portal.backend.lease.LeaseTable;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.backend.policy.Policy;
import org.spectrum_os.portal.backend.sign.KeyPortal;
import org.spectrum_os.portal.backend.window.WindowProcess;
import org.spectrum_os.portal.chooser.BackendFace;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.BusException;
import org.spectrum_os.portal.dbus.ExportedObject;
import org.spectrum_os.portal.dbus.NameFlag;
import org.spectrum_os.portal.dbus.NameTakenException;
import org.spectrum_os.portal.protocol.FileAsk;
import org.spectrum_os.portal.protocol.Message;
import org.spectrum_os.portal.protocol.Ports;
import org.spectrum_os.portal.store.MachineTime;
import org.spectrum_os.portal.store.audit.AuditBook;
import org.spectrum_os.portal.store.lease.Lease;
import org.spectrum_os.portal.store.lease.Leases;

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
     * @param policyFile where the policy was read, and is read again when somebody asks for it
     * @param state      folder for what must be kept: leases and audit logs
     * @param runtime    folder for short-lived sockets, the user's alone
     * @param consentUi  command that starts the window process
     * @param fileServer command that starts the file server
     * @param usbRoot    {@code /}, or a folder with {@code sys} and {@code dev} in its place
     */
    public record Settings(
            Policy policy,
            Path policyFile,
            Path state,
            Path runtime,
            List<String> consentUi,
            List<String> fileServer,
            Path usbRoot) {}

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
        var managed = new ManagementWhenReady();
        part(managementBus.export(Management.PATH, ExportedObject.of(managed)));
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
        var time = new MachineTime(scheduler);
        List<String> names = policy.instances().stream().map(Instance::name).toList();
        var store = part(Leases.open(settings.state(), names, time));
        var saves = new SavePlaces(
                (lease, what) -> store.describe(lease.owner(), lease.name(), what.toResource())
                        .isPresent(),
                audit);
        var lending = new LentFiles(settings.fileServer(), settings.runtime(), saves);
        var inForce = new PolicyInForce(settings.policyFile(), policy);
        var sources = new FileSources(lending, new FileVms(policy, executor));
        var devices = new LentDevices(settings.usbRoot(), inForce::now, Timer.of(scheduler), executor);
        var leases = new LeaseTable(store, audit, new LeaseEffects(sources, devices), inForce::allows, executor, time);
        devices.connect(desk, leases, audit, inForce::now, time::now);
        var given = new GivenFiles(leases, lending);
        var portal = new FilePortal(desk, leases, lending, audit, time::now, inForce::instance);
        var keys = part(new KeyPortal(
                desk,
                leases,
                audit,
                time::now,
                inForce::instance,
                KeyPortal.Host.of(
                        settings.runtime().resolve("vaults"),
                        System.getenv(),
                        Path.of(System.getenv().getOrDefault("HOME", System.getProperty("user.home"))))));
        var door = new LinkDoor(policy.instances(), requests(portal), sources, services(keys, devices), audit);

        part(lending);
        LentFiles.Consequences then = consequences(desk, leases, executor, () -> inForce.bringFiles(given));
        lending.start(then);
        part(sources.vms());
        part(devices);
        part(leases);
        part(sources.vms()::stopLending);
        part(devices::stopLending);
        // Before anybody can ask: an equal request must find what is lent already.
        leases.restore();
        inForce.bringFiles(given);
        sources.vms().start(policy, leases, then::instanceStopped);
        devices.start(policy);
        part(window);
        window.start(desk);
        part(door);
        door.open();

        var parts = new PolicyInForce.Parts(door, leases, sources, given, desk, devices);
        var management = new Management(
                managementBus,
                () -> overview(inForce.now(), door, sources, desk, leases),
                leases,
                desk::unblock,
                () -> inForce.reload(parts),
                devices.desk());
        leases.addListener(management);
        managed.ready(management);
        var hostFace = new BackendFace(
                portalBus, new HostFileChooser(() -> inForce.now().host(), desk, audit));
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

    private static Map<Integer, Service> services(KeyPortal keys, LentDevices devices) {
        var services = new HashMap<>(devices.services());
        services.put(Ports.KEYS, new Service("keys", KeyPortal.CONNECTIONS_MOST, keys));
        return services;
    }

    private static Requests requests(FilePortal portal) {
        return (String instance,
                long request,
                FileAsk ask,
                Function<Message.FromHost, CompletionStage<Boolean>> answer) ->
                portal.ask(instance, ask, reply -> answer.apply(message(request, reply)))::withdraw;
    }

    private static Message.FromHost message(long request, FileReply reply) {
        return switch (reply) {
            case FileReply.Lent(var files, var choices, var filter, var writable) ->
                new Message.Granted(request, files, choices, filter, writable);
            case FileReply.Refused(var decision) -> new Message.Ended(request, decision.outcome());
        };
    }

    private static LentFiles.Consequences consequences(
            ConsentDesk desk, LeaseTable leases, Executor executor, Runnable bringFiles) {
        // At most one task for each lease: a guest saves faster than its leases may be free.
        Set<String> replaced = ConcurrentHashMap.newKeySet();
        return new LentFiles.Consequences() {
            @Override
            public void instanceStopped(String instance) {
                leases.instanceStopped(instance);
                desk.instanceStopped(instance);
            }

            @Override
            public void leaseUsed(String lease) {
                leases.used(lease);
            }

            @Override
            public void leaseReplaced(String lease) {
                // Not here: whoever ends leases holds its files' lock, and waits for the file server, which waits for
                // this.
                if (replaced.add(lease)) {
                    executor.execute(() -> {
                        replaced.remove(lease);
                        leases.replaced(lease);
                    });
                }
            }

            @Override
            public void allLost() {
                leases.filesLost(lease -> HostEntries.of(lease.resource()).isPresent());
            }

            @Override
            public void serverBack() {
                leases.restoreFiles();
                bringFiles.run();
            }
        };
    }

    private static List<Management.InstanceState> overview(
            Policy policy, LinkDoor door, FileSources sources, ConsentDesk desk, LeaseTable leases) {
        Set<String> linked = door.linked();
        List<Lease> all = leases.list();
        return policy.instances().stream()
                .map(instance -> new Management.InstanceState(
                        instance.name(),
                        instance.colour().hex(),
                        instance.link().toString(),
                        linked.contains(instance.name()),
                        sources.isMounted(instance.name()),
                        sources.vms().isServing(instance.name()),
                        desk.isBlocked(instance.name()),
                        instance.file().name().toLowerCase(Locale.ROOT),
                        (int) all.stream()
                                .filter(lease -> lease.owner().equals(instance.name()))
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

    /** Ends every lease that does not last and every child process. May be called twice. */
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
