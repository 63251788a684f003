// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.hypervisor.crosvm;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.hypervisor.Deadline;
import org.spectrum_os.portal.backend.hypervisor.Machine;
import org.spectrum_os.portal.backend.hypervisor.MachineException;
import org.spectrum_os.portal.backend.hypervisor.Plug;
import org.spectrum_os.portal.backend.hypervisor.life.SocketFolders;
import org.spectrum_os.portal.backend.hypervisor.life.VmWatch;
import org.spectrum_os.portal.backend.policy.MachineAddress;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.SocketKind;

/**
 * A VM that crosvm runs. It has no names for devices, so a plug is what came onto a port as the how-manieth: one of an earlier run is out, and so
 * is one that left its port, whatever is there now, also if it is alike. And crosvm does not say who attached what: {@link #plugs} has all.
 */
public final class CrosvmMachine implements Machine {
    private static final System.Logger LOG = System.getLogger(CrosvmMachine.class.getName());
    /** Between looks for what was attached late. */
    private static final Duration FIRST_LOOK = Duration.ofSeconds(1);

    private static final Duration LAST_LOOK = Duration.ofSeconds(30);
    /** So often must a look succeed: the first may have overtaken the late one. */
    private static final int LOOKS = 2;

    private final String name;
    private final Exchange exchange;
    private final CrosvmLife life;
    private final VmWatch watch;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable VmRun controlled;
    private @Nullable Controller controller;
    private boolean looking;
    /** By port, in this run. */
    private final Map<Integer, Plug> plugged = new HashMap<>();
    /** Devices, in all runs. */
    private long came;

    /**
     * Nothing happens before {@link #start}.
     *
     * @param life hears of it on a thread of the machine's own
     */
    public CrosvmMachine(MachineAddress.Crosvm address, SocketFolders folders, Life life) {
        this.name = address.toString();
        this.exchange = new Exchange(address.socket());
        this.life = new CrosvmLife(name, life);
        this.watch = new VmWatch(address.socket(), SocketKind.SEQPACKET, folders, this.life);
    }

    /** Looks for the VM from now on. Once. */
    public void start() {
        watch.start("life of " + name);
    }

    @FunctionalInterface
    private interface Work<T> {
        T with(VmRun run, Controller controller, Deadline deadline) throws MachineException, InterruptedException;
    }

    private <T> T alone(Work<T> work) throws MachineException, InterruptedException {
        Deadline deadline = Deadline.ofCall();
        if (!lock.tryLock(deadline.left().toNanos(), TimeUnit.NANOSECONDS)) {
            throw new MachineException.NoAnswer(name + " is still busy with another device: try again");
        }
        try {
            VmRun run = life.run();
            Controller ports = of(run);
            try {
                return work.with(run, ports, deadline);
            } catch (MachineException.NotRunning e) {
                watch.doubt();
                throw e;
            } finally {
                if (ports.owes()) {
                    lookLater(run);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private Controller of(VmRun run) {
        Controller ports = controller;
        if (ports == null || !run.equals(controlled)) {
            ports = new Controller(name, new Tube(name, run, exchange, closing), closing);
            controller = ports;
            controlled = run;
            plugged.clear();
        }
        return ports;
    }

    @Override
    public Plug attach(Descriptor node, String label) throws MachineException, InterruptedException {
        return attach(new Request.AttachDevice(), node, WantedDevice.of(node));
    }

    @Override
    public Plug attachSecurityKey(Descriptor node, String label) throws MachineException, InterruptedException {
        return attach(new Request.AttachSecurityKey(), node, WantedDevice.SECURITY_KEY);
    }

    private Plug attach(Request.Usb request, Descriptor node, WantedDevice wanted)
            throws MachineException, InterruptedException {
        return alone(
                (run, ports, deadline) -> newPlug(run, ports.attach(request, node, wanted, deadline), wanted.slot()));
    }

    /** What is on a port: what was seen there before, or something new. */
    private Plug plug(VmRun run, int port, Reply.Slot slot) {
        Plug before = plugged.get(port);
        if (before != null && before.vendor() == slot.vendor() && before.product() == slot.product()) {
            return before;
        }
        return newPlug(run, port, slot);
    }

    private Plug newPlug(VmRun run, int port, Reply.Slot slot) {
        came++;
        var plug = new Plug(port + "@" + run.number() + "#" + came, port, slot.vendor(), slot.product());
        plugged.put(port, plug);
        return plug;
    }

    @Override
    public void detach(Plug plug) throws MachineException, InterruptedException {
        try {
            alone((run, ports, deadline) -> {
                Integer port = plug.guestPort();
                if (port != null && plug.equals(plugged.get(port))) {
                    ports.detach(port, new Reply.Slot(plug.vendor(), plug.product()), deadline);
                    plugged.remove(port);
                }
                return plug;
            });
        } catch (MachineException.NotRunning e) {
            LOG.log(INFO, "what was plugged in is out: " + e.getMessage());
        }
    }

    @Override
    public List<Plug> plugs() throws MachineException, InterruptedException {
        return alone((run, ports, deadline) -> {
            Reply.Devices devices = ports.list(deadline);
            var plugs = new ArrayList<Plug>();
            for (int port = 1; port <= Request.PORTS; port++) {
                if (devices.at(port).equals(Reply.Slot.EMPTY)) {
                    plugged.remove(port);
                } else {
                    plugs.add(plug(run, port, devices.at(port)));
                }
            }
            return plugs;
        });
    }

    /** An attach that nobody was told of may be carried out yet; then the device is taken off. */
    private void lookLater(VmRun run) {
        if (!looking) {
            looking = true;
            Thread.ofPlatform().daemon().name("late answers of " + name).start(() -> {
                try {
                    look(run);
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                }
            });
        }
    }

    private void look(VmRun run) throws InterruptedException {
        Duration pause = FIRST_LOOK;
        int good = 0;
        while (true) {
            boolean ended = closing.await(pause.toMillis(), TimeUnit.MILLISECONDS);
            lock.lockInterruptibly();
            try {
                if (ended || good == LOOKS || !run.equals(controlled) || controller == null) {
                    looking = false;
                    return;
                }
                controller.owe();
                Reply.Devices _ = controller.list(Deadline.ofCall());
                good++;
                pause = FIRST_LOOK;
            } catch (MachineException e) {
                if (e instanceof MachineException.NotRunning) {
                    looking = false;
                    return;
                }
                LOG.log(WARNING, "whether a device was attached late is not known yet: " + e.getMessage());
                pause = pause.multipliedBy(2).compareTo(LAST_LOOK) < 0 ? pause.multipliedBy(2) : LAST_LOOK;
            } finally {
                lock.unlock();
            }
        }
    }

    @Override
    public boolean isRunning() {
        return life.isRunning();
    }

    @Override
    public void close() {
        closing.countDown();
        life.close();
        watch.close();
        exchange.close();
    }

    @Override
    public String toString() {
        return name;
    }
}
