// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.hypervisor.crosvm;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.hypervisor.Machine;
import org.spectrum_os.portal.backend.hypervisor.MachineException;
import org.spectrum_os.portal.backend.hypervisor.life.VmPeer;
import org.spectrum_os.portal.backend.hypervisor.life.VmWatch;
import org.spectrum_os.portal.transport.Awaited;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.PinnedProcess;
import org.spectrum_os.portal.transport.TruncatedMessageException;

/** Whether a VM runs, by a connection that is held open. A crosvm that still sets the VM up takes connections, and answers later. */
final class CrosvmLife implements VmWatch.Driver {
    private static final System.Logger LOG = System.getLogger(CrosvmLife.class.getName());
    private static final Duration FOR_EVER = Duration.ZERO;
    private static final int MOST_DESCRIPTORS = 4;
    /** Two answers at most are to come after the first. */
    private static final int MOST_STRAYS = 16;

    private final String name;
    private final Machine.Life listener;
    private int runs;
    /** Who was last seen at the place of a VM that goes on. */
    private @Nullable VmPeer stranger;

    private volatile @Nullable VmRun run;
    private volatile MachineException why;
    private volatile boolean closed;

    CrosvmLife(String name, Machine.Life listener) {
        this.name = name;
        this.listener = listener;
        this.why = new MachineException.NotRunning(name + " has not been seen yet: start the VM");
    }

    boolean isRunning() {
        return run != null;
    }

    VmRun run() throws MachineException {
        VmRun now = run;
        if (now == null) {
            throw why;
        }
        return now;
    }

    @Override
    public void connected(Connection connection, VmPeer peer, PinnedProcess process) throws IOException {
        VmRun before = run;
        if (before != null && !before.isOf(peer) && !before.hasEnded()) {
            strangerAt(peer, before);
            return;
        }
        if (before == null || !before.isOf(peer)) {
            stopped(new MachineException.NoAnswer(
                    name + " takes connections, but answers nothing yet: wait until the VM has started"));
            Set<Integer> pids = awaitAnswer(connection, process);
            if (pids == null) {
                return;
            }
            started(VmRun.of(++runs, peer, pids));
        }
        awaitEnd(connection, process);
    }

    /** Which processes it names, none if it is too old for that; null if it has ended. */
    private static @Nullable Set<Integer> awaitAnswer(Connection connection, PinnedProcess process) throws IOException {
        connection.sendWithDescriptors(new Request.VcpuPidTid().packet(), List.of(), Exchange.PLAIN);
        Awaited awaited = connection.await(process, Exchange.PLAIN);
        if (awaited == Awaited.NOTHING) {
            // On one connection answers come in order: if this one comes first, the other is not understood.
            connection.sendWithDescriptors(new Request.ListDevice().packet(), List.of(), Exchange.PLAIN);
            awaited = connection.await(process, FOR_EVER);
        }
        if (awaited == Awaited.PROCESS_ENDED) {
            return null;
        }
        Connection.Received received = receive(connection);
        if (received != null && !received.bytes().hasRemaining()) {
            return null;
        }
        try {
            return received != null && ReplyReader.read(received.bytes()) instanceof Reply.Pids(var pids)
                    ? pids
                    : Set.of();
        } catch (ReplyReader.NonsenseException _) {
            // It runs, and what it makes of requests is found out with the next one.
            return Set.of();
        }
    }

    private void awaitEnd(Connection connection, PinnedProcess listening) throws IOException {
        VmRun now = run;
        if (now == null || now.vm().isEmpty()) {
            drain(connection, listening);
            return;
        }
        try (PinnedProcess vm = PinnedProcess.open(now.vm().get().pid())) {
            if (now.vm().get().isThere()) {
                drain(connection, vm);
            }
        }
    }

    private static void drain(Connection connection, PinnedProcess process) throws IOException {
        for (int i = 0; i < MOST_STRAYS && connection.await(process, FOR_EVER) == Awaited.INPUT; i++) {
            Connection.Received received = receive(connection);
            if (received != null && !received.bytes().hasRemaining()) {
                return;
            }
        }
    }

    /** Null for a message that is too large. */
    private static Connection.@Nullable Received receive(Connection connection) throws IOException {
        try {
            Connection.Received received =
                    connection.receiveWithDescriptors(ReplyReader.MOST_BYTES, MOST_DESCRIPTORS, Exchange.PLAIN);
            received.descriptors().forEach(Descriptor::close);
            return received;
        } catch (TruncatedMessageException _) {
            return null;
        }
    }

    /** The VM that was seen goes on, and what is in it stays in it; whoever took its place is looked at when it has ended. */
    private void strangerAt(VmPeer peer, VmRun before) {
        if (!peer.equals(stranger)) {
            stranger = peer;
            LOG.log(
                    WARNING,
                    "process " + peer.process().pid() + " is at the socket of " + name
                            + ", whose VM still runs (process "
                            + before.peer().process().pid()
                            + "): nothing is passed to either; stop the VM, and start it anew");
        }
    }

    @Override
    public boolean absent(MachineException reason) {
        VmRun now = run;
        if (now != null && !now.hasEnded()) {
            return true;
        }
        stopped(reason);
        return false;
    }

    private void started(VmRun now) {
        if (!closed) {
            run = now;
            LOG.log(INFO, name + " runs (" + now.peer().process().pid() + ")");
            listener.started();
        }
    }

    private void stopped(MachineException reason) {
        if (closed) {
            return;
        }
        boolean ran = run != null;
        why = reason;
        run = null;
        if (ran) {
            LOG.log(INFO, name + " has stopped");
            listener.stopped();
        }
    }

    /** Nobody hears of anything that has not begun yet. */
    void close() {
        closed = true;
        why = new MachineException.NoAnswer("the watch of " + name + " has ended");
        run = null;
    }
}
