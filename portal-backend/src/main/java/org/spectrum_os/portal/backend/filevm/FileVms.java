// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.filevm;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.spectrum_os.portal.backend.agent.LinkDoor;
import org.spectrum_os.portal.backend.lease.Effect;
import org.spectrum_os.portal.backend.lease.HostEntries;
import org.spectrum_os.portal.backend.lease.LeaseTable;
import org.spectrum_os.portal.backend.lease.ResourceGoneException;
import org.spectrum_os.portal.backend.lease.VmFile;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.backend.policy.Policy;
import org.spectrum_os.portal.backend.policy.VmTree;
import org.spectrum_os.portal.protocol.LogBudget;
import org.spectrum_os.portal.store.lease.Lease;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Relay;

/** All VMs that serve files, and the guests that see them. Thread-safe. */
public final class FileVms implements LinkDoor.FileConnections, Effect, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(FileVms.class.getName());
    /** For a guest that is turned away to take note of it. */
    private static final Duration DRAIN = Duration.ofSeconds(1);

    private static final int DRAIN_BYTES = 64 * 1024;

    private final Executor executor;
    private final Relays relays = new Relays();
    private final LogBudget lines = new LogBudget();
    private final Map<String, FileVm> vms = new ConcurrentHashMap<>();
    private volatile Consumer<String> instanceStopped = _ -> {};
    private volatile VmGifts gifts;
    private volatile boolean closing;

    /**
     * Nothing happens before {@link #start}.
     *
     * @param executor runs what waits for leases
     */
    public FileVms(Policy policy, Executor executor) {
        this.gifts = VmGifts.of(policy);
        this.executor = executor;
    }

    /**
     * Looks for the VMs that the policy names, from now on.
     *
     * @param instanceStopped hears that an instance had mounted files and has not any more
     */
    public void start(Policy policy, LeaseTable leases, Consumer<String> instanceStopped) {
        this.instanceStopped = instanceStopped;
        policyChanged(policy, leases);
    }

    /** Another policy is in force, and what it does not allow has ended: lends what it adds. One at a time. */
    public void policyChanged(Policy policy, LeaseTable leases) {
        gifts = VmGifts.of(policy);
        if (closing) {
            return;
        }
        vms.values().removeIf(old -> {
            boolean stays = policy.instance(old.instance().name())
                    .filter(now ->
                            isUsed(now) && now.link().equals(old.instance().link()))
                    .isPresent();
            if (!stays) {
                old.close();
            }
            return !stays;
        });
        vms.values().forEach(FileVm::grant);
        for (Instance instance : policy.instances()) {
            if (isUsed(instance) && !vms.containsKey(instance.name())) {
                var added = new FileVm(instance, leases, () -> gifts, relays, executor);
                vms.put(instance.name(), added);
                added.start();
            }
        }
    }

    private boolean isUsed(Instance instance) {
        return instance.serves() && gifts.uses(instance.name());
    }

    /** {@inheritDoc} It is relayed to the VM that the policy names for the instance. */
    @Override
    public void serve(Instance instance, Connection connection) throws IOException {
        String vm = instance.tree()
                .map(VmTree::vm)
                .orElseThrow(() -> new IOException(instance.name() + " has no files from another VM"));
        Relays.Place place = relays.begin(instance.name(), vm, connection);
        // The VM may take its time, and other guests knock at this door.
        Thread.ofPlatform()
                .daemon()
                .name("relay of " + instance.name())
                .start(() -> relay(instance, vm, place, connection));
    }

    private void relay(Instance instance, String vm, Relays.Place place, Connection guest) {
        String name = instance.name();
        try {
            FileVm serving = vms.get(vm);
            if (serving == null) {
                throw new IOException("the policy names no VM " + vm + " that serves files");
            }
            var relay = new Relay(guest, serving.connect(instance));
            try (relay) {
                if (relays.connected(place, relay)) {
                    tell(INFO, name, name + " has files of " + vm + " mounted (" + guest.peer() + ")");
                    relay.run();
                }
            }
        } catch (IOException e) {
            tell(WARNING, name, "turned away " + guest.peer() + ": its files cannot be served: " + e.getMessage());
            guest.closeAfterDraining(DRAIN, DRAIN_BYTES);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            guest.close();
            if (relays.end(place)) {
                tell(INFO, name, name + " has stopped: its mount of files of " + vm + " is gone");
                instanceStopped.accept(name);
            }
        }
    }

    /** Guests mount and unmount as they like. */
    private void tell(System.Logger.Level level, String instance, String line) {
        lines.write(instance, line, within -> LOG.log(level, within));
    }

    /** Whether a VM serves its files just now. */
    public boolean isServing(String vm) {
        FileVm serving = vms.get(vm);
        return serving != null && serving.isServing();
    }

    /** Whether the guest has its files mounted. */
    public boolean isMounted(String instance) {
        return relays.has(instance);
    }

    /** Ends an instance's mounts: it is not the one any more that the policy meant. */
    public void cut(String instance) {
        relays.cut(instance);
    }

    @Override
    public void end(Lease lease) throws IOException {
        FileVm serving =
                VmFile.of(lease.resource()).map(file -> vms.get(file.vm())).orElse(null);
        if (serving != null) {
            serving.end(lease);
        }
    }

    /** {@inheritDoc} Never: what the policy gives is given anew when the VM is there. */
    @Override
    public HostEntries restore(Lease lease) throws IOException {
        throw new ResourceGoneException("what another VM serves is lent by the policy alone");
    }

    /** No other attempt to reach a VM is made, and nothing more is lent. */
    public void stopLending() {
        closing = true;
        vms.values().forEach(FileVm::stop);
    }

    @Override
    public void close() {
        stopLending();
        vms.values().forEach(FileVm::close);
    }
}
