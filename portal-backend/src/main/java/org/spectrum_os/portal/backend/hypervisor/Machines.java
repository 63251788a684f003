// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.hypervisor;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.spectrum_os.portal.backend.hypervisor.crosvm.CrosvmMachine;
import org.spectrum_os.portal.backend.hypervisor.life.SocketFolders;
import org.spectrum_os.portal.backend.hypervisor.qemu.QemuMachine;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.backend.policy.MachineAddress;

/** The machine of each instance that the policy names one for. Thread-safe. */
public final class Machines implements AutoCloseable {
    private final Listener listener;
    private final SocketFolders folders;
    private final Map<String, Kept> kept = new HashMap<>();
    private boolean closed;

    private record Kept(MachineAddress address, Machine machine) {}

    /** As {@link Machine.Life}, of all: of one instance in order, of several at once. */
    public interface Listener {
        void started(String instance);

        void stopped(String instance);
    }

    /**
     * With no machine yet.
     *
     * @throws IOException if this user can watch no more folders (fs.inotify.max_user_instances)
     */
    public Machines(Listener listener) throws IOException {
        this.listener = listener;
        this.folders = new SocketFolders();
    }

    /**
     * Keeps those that are the same as before, and looks for the others from now on. One that is left out, or has another address now, is no longer
     * watched, and nobody hears that it stopped; what is attached there stays so, and is to be detached before.
     */
    public synchronized void use(List<Instance> instances) {
        if (closed) {
            return;
        }
        var addresses = new HashMap<String, MachineAddress>();
        instances.forEach(each -> each.machine().ifPresent(address -> addresses.put(each.name(), address)));
        kept.entrySet().removeIf(each -> {
            boolean stays = each.getValue().address().equals(addresses.get(each.getKey()));
            if (!stays) {
                each.getValue().machine().close();
            }
            return !stays;
        });
        addresses.forEach((name, address) ->
                kept.computeIfAbsent(name, _ -> new Kept(address, started(name, address))));
    }

    private Machine started(String instance, MachineAddress address) {
        var life = new Machine.Life() {
            @Override
            public void started() {
                listener.started(instance);
            }

            @Override
            public void stopped() {
                listener.stopped(instance);
            }
        };
        return switch (address) {
            case MachineAddress.Crosvm crosvm -> {
                var machine = new CrosvmMachine(crosvm, folders, life);
                machine.start();
                yield machine;
            }
            case MachineAddress.Qemu qemu -> {
                var machine = new QemuMachine(qemu, folders, life);
                machine.start();
                yield machine;
            }
        };
    }

    /** Empty if the policy names none for the instance. */
    public synchronized Optional<Machine> of(String instance) {
        return Optional.ofNullable(kept.get(instance)).map(Kept::machine);
    }

    /** Stops watching all. What is attached stays so. */
    @Override
    public synchronized void close() {
        closed = true;
        kept.values().forEach(each -> each.machine().close());
        kept.clear();
        folders.close();
    }
}
