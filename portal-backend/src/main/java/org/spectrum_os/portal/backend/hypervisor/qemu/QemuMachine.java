// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.hypervisor.qemu;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.hypervisor.Deadline;
import org.spectrum_os.portal.backend.hypervisor.Machine;
import org.spectrum_os.portal.backend.hypervisor.MachineException;
import org.spectrum_os.portal.backend.hypervisor.Plug;
import org.spectrum_os.portal.backend.hypervisor.life.SocketFolders;
import org.spectrum_os.portal.backend.hypervisor.life.VmPeer;
import org.spectrum_os.portal.backend.hypervisor.life.VmWatch;
import org.spectrum_os.portal.backend.policy.MachineAddress;
import org.spectrum_os.portal.transport.Awaited;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.PinnedProcess;
import org.spectrum_os.portal.transport.SocketKind;

/**
 * A VM that QEMU runs, by a monitor that is for this project alone. A reset is a new run of the guest, and a shutdown the end of one, even if the process
 * stays: then what came from here is taken out.
 */
public final class QemuMachine implements Machine {
    private static final System.Logger LOG = System.getLogger(QemuMachine.class.getName());
    /** Says that the monitor's connection is at its end; no event of QEMU's. */
    private static final String END = "";

    private static final String RESET = "RESET";
    /** Between two ends of the guest that are followed. */
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final String name;
    private final Path socket;
    private final Life listener;
    private final VmWatch watch;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable Session session;
    private volatile MachineException why;
    private volatile boolean closed;
    /** The guest's end that is not followed yet, or empty. */
    private volatile String owed = "";

    /** One connection, and whose it is. */
    private record Session(VmPeer peer, QemuPlugs plugs, boolean off) {}

    /**
     * Nothing happens before {@link #start}.
     *
     * @param life hears of it on a thread of the machine's own
     */
    public QemuMachine(MachineAddress.Qemu address, SocketFolders folders, Life life) {
        this.name = address.toString();
        this.socket = address.socket();
        this.listener = life;
        this.why = new MachineException.NotRunning(name + " has not been seen yet: start the VM");
        this.watch = new VmWatch(address.socket(), SocketKind.STREAM, folders, new Watched());
    }

    /** Looks for the VM from now on. Once. */
    public void start() {
        watch.start("life of " + name);
    }

    private final class Watched implements VmWatch.Driver {
        @Override
        public void connected(Connection connection, VmPeer peer, PinnedProcess process)
                throws IOException, InterruptedException {
            Session before = session;
            if (before != null && !before.peer().process().equals(peer.process())) {
                if (!before.peer().process().hasEnded()) {
                    return;
                }
                stopped(new MachineException.NotRunning(name + " has been restarted: try again"));
            }
            why = new MachineException.NoAnswer(
                    name
                            + " takes connections, but does not greet: wait until it has started, or see who else uses this monitor, which is for one alone");
            if (connection.await(process, Duration.ZERO) != Awaited.INPUT) {
                return;
            }
            var qmp = new Qmp(connection);
            var events = new LinkedBlockingQueue<String>();
            Thread reader =
                    Thread.ofPlatform().daemon().name("monitor of " + name).start(() -> read(qmp, events));
            try {
                begin(qmp, peer);
                follow(events);
            } finally {
                connection.close();
                reader.join();
            }
        }

        private void read(Qmp qmp, LinkedBlockingQueue<String> events) {
            try {
                qmp.read(message -> {
                    String event = message.path("event").asText();
                    if (event.equals("SHUTDOWN") || event.equals(RESET)) {
                        // A guest can reset itself faster than anybody follows: the last counts.
                        events.clear();
                        events.add(event);
                    }
                });
            } catch (IOException e) {
                if (!closed) {
                    LOG.log(WARNING, "the monitor of " + name + " has broken off: " + e.getMessage());
                }
            } finally {
                events.add(END);
            }
        }

        private void begin(Qmp qmp, VmPeer peer) throws IOException, InterruptedException {
            try {
                JsonNode _ = qmp.ask("qmp_capabilities", Qmp.arguments(), List.of(), Deadline.ofCall());
            } catch (Qmp.RefusedException e) {
                throw new IOException("the monitor does not take commands: " + e.getMessage(), e);
            }
            var plugs = new QemuPlugs(name, qmp);
            plugs.adopt(Deadline.ofCall());
            Session before = session;
            if (closed) {
                return;
            }
            session = new Session(peer, plugs, before != null && before.off());
            if (before == null) {
                LOG.log(INFO, name + " runs (" + peer.process().pid() + ")");
                listener.started();
            }
        }

        /** Ends of the guest that come soon after one another are one; and none is told before what was plugged in is out. */
        private void follow(LinkedBlockingQueue<String> events) throws InterruptedException {
            long notBefore = System.nanoTime();
            while (true) {
                String event = owed.isEmpty()
                        ? events.take()
                        : events.poll(Math.max(0, notBefore - System.nanoTime()), TimeUnit.NANOSECONDS);
                if (event == null) {
                    notBefore = System.nanoTime() + PAUSE_NANOS;
                    if (takeOut()) {
                        boolean again = owed.equals(RESET);
                        owed = "";
                        tell(again);
                    }
                } else if (event.equals(END)) {
                    return;
                } else {
                    owed = event;
                }
            }
        }

        private void tell(boolean again) {
            Session now = session;
            if (now == null || closed || (now.off() && !again)) {
                return;
            }
            session = new Session(now.peer(), now.plugs(), !again);
            if (!now.off()) {
                listener.stopped();
            }
            if (again) {
                listener.started();
            }
        }

        @Override
        public boolean absent(MachineException reason) {
            Session now = session;
            if (now != null && !now.peer().process().hasEnded()) {
                return true;
            }
            stopped(reason);
            return false;
        }
    }

    /** Whether all that came from here is out. */
    private boolean takeOut() throws InterruptedException {
        try {
            for (Plug plug : plugs()) {
                detach(plug);
            }
            return true;
        } catch (MachineException e) {
            LOG.log(
                    WARNING,
                    "the guest of " + name
                            + " has ended, and what was plugged in may still be there; that is tried again: "
                            + e.getMessage());
            return false;
        }
    }

    private void stopped(MachineException reason) {
        Session before = session;
        why = reason;
        session = null;
        owed = "";
        if (before != null && !before.off() && !closed) {
            LOG.log(INFO, name + " has stopped");
            listener.stopped();
        }
    }

    @FunctionalInterface
    private interface Work<T> {
        T with(QemuPlugs plugs, Deadline deadline) throws MachineException, InterruptedException;
    }

    private <T> T alone(Work<T> work) throws MachineException, InterruptedException {
        Deadline deadline = Deadline.ofCall();
        if (!lock.tryLock(deadline.left().toNanos(), TimeUnit.NANOSECONDS)) {
            throw new MachineException.NoAnswer(name + " is still busy with another device: try again");
        }
        try {
            Session now = session;
            if (now == null) {
                throw why;
            }
            return work.with(now.plugs(), deadline);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Plug attach(Descriptor node, String label) throws MachineException, InterruptedException {
        return alone((plugs, deadline) -> {
            verify();
            return plugs.attach(node, label, deadline);
        });
    }

    @Override
    public Plug attachSecurityKey(Descriptor node, String label) throws MachineException, InterruptedException {
        return alone((plugs, deadline) -> {
            verify();
            return plugs.attachKey(node, label, deadline);
        });
    }

    /** That whoever has the connection is still the process that was looked at. */
    private void verify() throws MachineException {
        Session now = session;
        if (now == null) {
            throw why;
        }
        if (!owed.isEmpty()) {
            throw new MachineException.NoAnswer(
                    name
                            + " was reset or shut down, and what was in it is not out yet; nothing was passed to it: try again");
        }
        if (now.off()) {
            throw new MachineException.NotRunning(name + " is off: start its guest");
        }
        if (now.peer().process().hasEnded()) {
            throw new MachineException.NotRunning(
                    "the process behind " + socket + " has ended; nothing was passed to it");
        }
        if (!now.peer().process().isThere()) {
            throw new MachineException.NoAnswer(
                    "the process behind " + socket + " cannot be looked at; nothing was passed to it: try again");
        }
    }

    @Override
    public void detach(Plug plug) throws MachineException, InterruptedException {
        try {
            alone((plugs, deadline) -> {
                plugs.detach(plug, deadline);
                return plug;
            });
        } catch (MachineException.NotRunning e) {
            LOG.log(INFO, "what was plugged in is out: " + e.getMessage());
        }
    }

    @Override
    public List<Plug> plugs() throws MachineException, InterruptedException {
        return alone(QemuPlugs::list);
    }

    @Override
    public boolean isRunning() {
        Session now = session;
        return now != null && !now.off();
    }

    @Override
    public void close() {
        closed = true;
        session = null;
        why = new MachineException.NoAnswer("the watch of " + name + " has ended");
        watch.close();
    }

    @Override
    public String toString() {
        return name;
    }
}
