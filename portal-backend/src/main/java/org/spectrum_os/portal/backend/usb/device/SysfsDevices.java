// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb.device;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Reason;
import org.spectrum_os.portal.transport.Uevent;
import org.spectrum_os.portal.transport.UeventSource;
import org.spectrum_os.portal.transport.UeventSource.News;

/**
 * The devices as sysfs shows them. A thread of its own waits for what the kernel and udev tell, and looks again at all devices when
 * something has changed that could matter to one: there are few of them, and a look costs no more than what it takes to find out which.
 */
public final class SysfsDevices implements HostDevices {
    private static final System.Logger LOG = System.getLogger(SysfsDevices.class.getName());
    private static final Set<String> SUBSYSTEMS = Set.of("usb", "block", "input", "hid", "hidraw");
    /** Messages that are taken together before the next look: plugging in a device makes dozens. */
    private static final int MOST_TOGETHER = 4096;

    private static final Duration DRIVERS_LONGEST = Duration.ofSeconds(5);
    /** Mounts of one device that are undone: more than this has another reason. */
    private static final int MOST_UNMOUNTS = 64;

    private final HostRoot root;
    private final Unmounter unmounter;
    private final UeventSource source;
    private final HardwareNames names;
    private final Nodes nodes;
    /** With {@link #handled} and the order of {@link #untold}, under its own lock. */
    private final DeviceTable table = new DeviceTable();

    private final Handled handled = new Handled();
    private final List<Consumer<Change>> listeners = new CopyOnWriteArrayList<>();
    /** Seen and not told yet, in order. */
    private final Queue<Change> untold = new ConcurrentLinkedQueue<>();
    /** Held to tell of it, by one at a time. */
    private final Object telling = new Object();

    private final Thread thread;
    /** Held to wait for the next look. */
    private final Object looks = new Object();

    private volatile List<Seen> seen = List.of();

    private SysfsDevices(HostRoot root, Unmounter unmounter, UeventSource source) {
        this.root = root;
        this.unmounter = unmounter;
        this.source = source;
        this.names = new HardwareNames(HardwareNames.tables(root.path()));
        this.nodes = new Nodes(root);
        // What was there before anybody listened, udev had its time for.
        Survey survey = new Survey(root, names, _ -> true);
        table.look(survey, root, System.nanoTime());
        seen = table.all();
        this.thread = Thread.ofPlatform().daemon().name("usb-devices").unstarted(this::watch);
    }

    /**
     * Looks at the devices and goes on watching them.
     *
     * @param root {@code /} for this computer's own; otherwise a folder with {@code sys}, {@code dev} and {@code proc} that looks like it,
     *             whose nodes are regular files, and where {@code uevents} is made, a socket for what the kernel and udev would tell
     * @throws IOException if nothing can be heard of them
     */
    public static SysfsDevices open(Path root, Unmounter unmounter) throws IOException {
        HostRoot host = HostRoot.of(root);
        // First, so that nothing goes unheard between the first look and the first wait.
        UeventSource source = host.real()
                ? UeventSource.ofThisComputer(List.of(host.mountTable()))
                : UeventSource.ofSocket(host.path().resolve("uevents"));
        try {
            var devices = new SysfsDevices(host, unmounter, source);
            devices.thread.start();
            return devices;
        } catch (UncheckedIOException e) {
            source.close();
            throw new IOException("the USB devices cannot be looked at: " + e.getMessage(), e);
        }
    }

    @Override
    public List<HostDevice> now() {
        return seen.stream().map(Seen::device).toList();
    }

    @Override
    public void listen(Consumer<Change> listener) {
        listeners.add(listener);
    }

    private void watch() {
        try {
            while (true) {
                if (hear(source.next(patience()))) {
                    look();
                    tell();
                }
            }
        } catch (ClosedChannelException _) {
            // Nobody wants to know any more.
        } catch (IOException | RuntimeException e) {
            LOG.log(ERROR, "devices cannot be watched any more, so none is lent until the backend is started again", e);
            forget();
            tell();
        }
    }

    private Duration patience() {
        synchronized (table) {
            return table.patience(System.nanoTime());
        }
    }

    private void look() {
        synchronized (table) {
            untold.addAll(table.look(new Survey(root, names, handled::has), root, System.nanoTime()));
            seen = table.all();
        }
    }

    private void forget() {
        synchronized (table) {
            untold.addAll(table.forget());
            seen = table.all();
        }
    }

    /** Takes this and all that is there besides; whether another look is due. */
    private boolean hear(News first) throws IOException {
        boolean due = matters(first);
        for (int more = 0; more < MOST_TOGETHER; more++) {
            News next = source.next(Duration.ZERO);
            if (next instanceof News.Silence) {
                break;
            }
            due |= matters(next);
        }
        return due;
    }

    private boolean matters(News news) {
        return switch (news) {
            case News.Told(Uevent event) -> {
                boolean ours = SUBSYSTEMS.contains(event.subsystem());
                if (ours) {
                    synchronized (table) {
                        handled.heard(event, root.sys(""));
                    }
                }
                yield ours;
            }
            case News.Lost _, News.FileChanged _ -> true;
            // Then one has had its time to settle.
            case News.Silence _ -> true;
        };
    }

    private void tell() {
        synchronized (telling) {
            for (Change change = untold.poll(); change != null; change = untold.poll()) {
                for (Consumer<Change> listener : listeners) {
                    tell(listener, change);
                }
            }
        }
        synchronized (looks) {
            looks.notifyAll();
        }
    }

    private static void tell(Consumer<Change> listener, Change change) {
        try {
            listener.accept(change);
        } catch (RuntimeException e) {
            LOG.log(WARNING, "what changed at port " + change.port() + " was not taken in", e);
        }
    }

    private Optional<Seen> find(HostDevice device) {
        return seen.stream().filter(one -> one.device().isSameAs(device)).findFirst();
    }

    private Seen require(HostDevice device) throws DeviceGoneException {
        return find(device)
                .orElseThrow(() -> new DeviceGoneException(
                        "the device at port " + device.identity().port() + " is not there any more, or is another"));
    }

    @Override
    public DeviceNode open(HostDevice device) throws IOException {
        return nodes.open(requireLendable(device));
    }

    /** What is mounted, and what other devices there are, may have changed since anybody looked; nothing tells of some of it. */
    private Seen requireLendable(HostDevice device) throws IOException {
        Seen before = require(device);
        Seen now;
        try {
            now = new Survey(root, new HardwareNames(List.of()), _ -> true)
                    .look(root.sys("bus/usb/devices").resolve(before.port()), Optional.of(before))
                    .filter(before::isSameAs)
                    .orElseThrow(() -> new DeviceGoneException(
                            "the device at port " + before.port() + " is not there any more, or is another"));
        } catch (UncheckedIOException e) {
            throw new IOException(
                    "whether the device at port " + before.port() + " is in use cannot be seen: " + e.getMessage(), e);
        }
        Optional<String> hindrance = hindrance(now.device());
        if (hindrance.isPresent()) {
            throw new IOException("the device at port " + before.port() + " is not lent: " + hindrance.get());
        }
        return now;
    }

    private static Optional<String> hindrance(HostDevice device) {
        Optional<Reason> refusal = device.refusal();
        // Whether the node can be opened, opening it tells.
        if (refusal.isPresent() && refusal.get() != Reason.NO_ACCESS) {
            return Optional.of("this computer cannot do without it now (" + refusal.get() + ")");
        }
        if (!device.mounts().isEmpty()) {
            return Optional.of("a file system on it has been mounted meanwhile; unmount it, and try again");
        }
        return device.drivers().contains("usbfs")
                ? Optional.of("another program of this computer uses it; end that, and try again")
                : Optional.empty();
    }

    @Override
    public DeviceNode openSecurityKey(HostDevice device) throws IOException {
        Seen one = require(device);
        SecurityKeys.Side side = SecurityKeys.read(root)
                .of(one.folder())
                .orElseThrow(() -> new IOException("the device at port " + one.port()
                        + " shows no security key to this computer now; plug it in again, or lend all of it"));
        return nodes.open(one, side);
    }

    @Override
    public void unmount(HostDevice device) throws IOException {
        Seen one = require(device);
        for (int done = 0; done < MOST_UNMOUNTS; done++) {
            List<Disks.Placed> mounted = mounted(one);
            if (mounted.isEmpty()) {
                return;
            }
            unmounter.unmount(mounted.getFirst().block());
            if (mounted(one).equals(mounted)) {
                break;
            }
        }
        throw new IOException("file systems of the device at port " + one.port()
                + " are still mounted though they were to be unmounted; unmount them by hand: "
                + String.join(
                        ", ", mounted(one).stream().map(Disks.Placed::block).toList()));
    }

    private List<Disks.Placed> mounted(Seen one) throws IOException {
        try {
            return Disks.read(root).mountedOf(one.folder());
        } catch (UncheckedIOException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public void restoreDrivers(HostDevice device) throws IOException {
        Optional<Seen> one = find(device);
        if (one.isPresent()) {
            Set<Path> missing = new HashSet<>(new DriverReturn(root, nodes).begin(one.get()));
            boolean back = awaitDrivers(missing);
            lookUntold();
            if (!back) {
                throw new IOException("the kernel's drivers did not come back to the device at port "
                        + one.get().port() + "; plug it in again");
            }
        }
    }

    /** The kernel says nothing of interfaces that a program lets go of. Those who listen may wait for whoever called, so they are told apart. */
    private void lookUntold() throws IOException {
        try {
            look();
        } catch (UncheckedIOException e) {
            throw new IOException("the USB devices cannot be looked at: " + e.getMessage(), e);
        }
        Thread.ofVirtual().start(this::tell);
    }

    /** What goes meanwhile is not waited for. */
    private boolean awaitDrivers(Set<Path> missing) throws IOException {
        long deadline = System.nanoTime() + DRIVERS_LONGEST.toNanos();
        synchronized (looks) {
            while (true) {
                missing.removeIf(part ->
                        Survey.driver(part).isPresent() || HostRoot.target(part).isEmpty());
                long millis = (deadline - System.nanoTime()) / 1_000_000;
                if (missing.isEmpty() || millis <= 0) {
                    return missing.isEmpty();
                }
                try {
                    looks.wait(millis);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException("interrupted while the drivers came back", e);
                }
            }
        }
    }

    @Override
    public void close() {
        source.close();
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
