// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.usb;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.agent.AgentLog;
import org.spectrum_os.portal.protocol.LentDevice;
import org.spectrum_os.portal.transport.Descriptor;

/** Finds the nodes of lent devices, for everybody in this process who has some. Thread-safe. */
public final class GuestNodes {
    /** From the attachment to the node: the kernel has to talk to the device, and udev to the node. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /**
     * So long the monitor's port alone counts. A monitor that counts its ports in another way must not make a device unreachable, but of two
     * of one kind the wrong one may be found then.
     */
    private static final Duration PORT_PATIENCE = Duration.ofSeconds(3);

    private final GuestDevices devices;
    private final NodeWatch watch;
    private final Path nodes;
    private final Duration patience;
    private final Duration portPatience;
    private final Set<Path> held = new HashSet<>();

    /** The nodes of this VM. */
    public static GuestNodes ofThisVm() {
        return new GuestNodes(Path.of("/sys"), Path.of("/dev/bus/usb"), PATIENCE, PORT_PATIENCE);
    }

    /**
     * The nodes of another tree.
     *
     * @param patience     the longest wait for a node
     * @param portPatience the part of it in which the port alone counts
     */
    public GuestNodes(Path sysfs, Path nodes, Duration patience, Duration portPatience) {
        this.devices = new GuestDevices(sysfs, nodes);
        this.watch = new NodeWatch(nodes);
        this.nodes = nodes;
        this.patience = patience;
        this.portPatience = portPatience;
    }

    /** Until when a node that is looked for from now on is waited for; of {@link System#nanoTime}. */
    public long deadline() {
        return System.nanoTime() + patience.toNanos();
    }

    /** A node that was opened; nobody else is given it until it is let go. */
    record Opened(GuestNode node, Descriptor descriptor) {}

    /**
     * Waits for a device's node, and opens it. Blocks a platform thread. The node counts as held until {@link #letGo}.
     *
     * @param deadline see {@link #deadline}
     * @param wanted   whether somebody still waits for it; asked again after {@link #lookAgain}
     * @return null once it is not wanted any more
     * @throws NodeMissingException if it did not come in time, or cannot be opened
     */
    @Nullable
    Opened await(LentDevice lent, boolean writable, long deadline, BooleanSupplier wanted)
            throws NodeMissingException, InterruptedException {
        long portDeadline = System.nanoTime() + portPatience.toNanos();
        var waited = new Wait(lent, writable);
        try {
            watch.enter();
            try {
                while (wanted.getAsBoolean()) {
                    long seen = watch.changes();
                    boolean portAlone = System.nanoTime() - portDeadline < 0;
                    Optional<Opened> opened = look(waited, portAlone);
                    if (opened.isPresent()) {
                        return opened.get();
                    }
                    if (System.nanoTime() - deadline >= 0) {
                        throw new NodeMissingException(waited.why + " within " + patience.toSeconds() + " s");
                    }
                    watch.await(seen, portAlone && portDeadline - deadline < 0 ? portDeadline : deadline);
                }
            } finally {
                watch.leave();
            }
        } catch (IOException e) {
            throw new NodeMissingException("the USB devices of this VM cannot be looked at, in " + nodes + " (" + e
                    + "); the kernel must have USB support and an xHCI controller");
        }
        return null;
    }

    /** One who waits, and what stood in the way at the last look. */
    private static final class Wait {
        private final LentDevice lent;
        private final boolean writable;
        private String why;

        Wait(LentDevice lent, boolean writable) {
            this.lent = lent;
            this.writable = writable;
            this.why = "the device " + UsbText.numbers(lent.vendor(), lent.product()) + " did not appear in this VM";
        }
    }

    private Optional<Opened> look(Wait waited, boolean portAlone) throws IOException {
        for (GuestNode node : candidates(waited.lent, portAlone)) {
            if (!hold(node.path())) {
                continue;
            }
            try {
                return Optional.of(new Opened(node, node.open(waited.writable)));
            } catch (IOException e) {
                // It is not there yet or not there any more, or udev has not been at it; the last look's reason is
                // told.
                letGo(node);
                waited.why = node.path() + " could not be opened (" + e.getMessage()
                        + "; is the udev rule of the portal's agent installed?)";
            }
        }
        return Optional.empty();
    }

    private List<GuestNode> candidates(LentDevice lent, boolean portAlone) throws IOException {
        List<GuestNode> same =
                devices.all().stream().filter(node -> node.isOf(lent)).toList();
        Integer port = lent.guestPort();
        if (port != null) {
            List<String> names = devices.namesOfPort(port);
            List<GuestNode> there =
                    same.stream().filter(node -> names.contains(node.name())).toList();
            if (!there.isEmpty() || (portAlone && !names.isEmpty())) {
                return there;
            }
        }
        return same.stream()
                .filter(node -> lent.serial().isEmpty() || lent.serial().equals(node.serial()))
                .toList();
    }

    private synchronized boolean hold(Path path) {
        return held.add(path);
    }

    synchronized void letGo(GuestNode node) {
        held.remove(node.path());
    }

    /** Has every wait look whether it is still wanted. */
    void lookAgain() {
        watch.changed();
    }

    /**
     * Whether a node is that of a device that the host has lent to this VM, as far as that can be seen here: one on its xHCI controller, and
     * not a keyboard, mouse or tablet that QEMU makes. What else a VM's own configuration puts on that controller counts as lent.
     *
     * @param path as sysfs's numbers give it, {@code /dev/bus/usb/BBB/DDD}
     */
    public boolean isLent(String path) {
        try {
            for (GuestNode node : devices.all()) {
                if (node.path().toString().equals(path)) {
                    return !GuestDevices.isMadeByQemu(node) && devices.isOnXhci(node);
                }
            }
        } catch (IOException e) {
            AgentLog.warn("the USB devices of this VM cannot be looked at: " + e.getMessage());
        }
        return false;
    }
}
