// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.transport;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Hears of changes to this computer's devices, from the kernel and from udev, by netlink; and besides of changes to files of {@code /proc}
 * that can be watched. {@link #next} blocks a platform thread; {@link #close} may come from any thread and ends it.
 *
 * <p>Of the kernel's group only what the kernel sent counts, of udev's only what a process of root sent: any process may send to a
 * netlink socket that it knows the number of.
 */
public final class UeventSource implements AutoCloseable {
    private static final int NETLINK_KOBJECT_UEVENT = 15;
    private static final int KERNEL_GROUP = 1;
    private static final int UDEV_GROUP = 2;
    private static final int BUFFER_BYTES = 1 << 20;

    private static final boolean POWER = System.getProperty("os.arch").startsWith("ppc");
    /** {@code SO_RCVBUF}; the kernel gives less if the administrator allows less. */
    private static final int SO_RCVBUF = 8;

    private static final int SO_PASSCRED = POWER ? 20 : 16;

    private final Descriptor socket;
    private final Descriptor waker;
    private final List<Descriptor> watched;
    /** Null for netlink. */
    private final @Nullable Path path;

    private final AtomicBoolean closing = new AtomicBoolean();
    private final ReentrantLock reading = new ReentrantLock();

    private UeventSource(Descriptor socket, @Nullable Path path, List<Path> watched) throws IOException {
        this.socket = socket;
        this.path = path;
        this.waker = new Descriptor(Libc.eventfd());
        this.watched = new ArrayList<>();
        try {
            for (Path file : watched) {
                this.watched.add(FileNode.openForReading(file));
            }
        } catch (IOException e) {
            waker.close();
            this.watched.forEach(Descriptor::close);
            throw e;
        }
    }

    /** What {@link #next} has to tell. */
    public sealed interface News {
        /** A device has changed. */
        record Told(Uevent event) implements News {}

        /** There was more than could be kept: anything may have changed. */
        record Lost() implements News {}

        /** A watched file says something else now. */
        record FileChanged() implements News {}

        /** Nothing, for as long as was to be waited. */
        record Silence() implements News {}
    }

    /**
     * What happens on this computer from now on.
     *
     * @param watched files of {@code /proc} that tell by {@code POLLPRI} when they change, such as {@code mountinfo}
     */
    public static UeventSource ofThisComputer(List<Path> watched) throws IOException {
        var socket = new Descriptor(Libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW, NETLINK_KOBJECT_UEVENT));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_INT);
            value.set(JAVA_INT, 0, 1);
            Libc.setsockopt(socket.number(), Libc.SOL_SOCKET, SO_PASSCRED, value);
            value.set(JAVA_INT, 0, BUFFER_BYTES);
            Libc.setsockopt(socket.number(), Libc.SOL_SOCKET, SO_RCVBUF, value);
            Libc.bind(socket.number(), SocketAddresses.netlink(arena, KERNEL_GROUP | UDEV_GROUP));
            return new UeventSource(socket, null, watched);
        } catch (IOException e) {
            socket.close();
            throw new IOException("cannot hear of devices that come and go: " + e.getMessage(), e);
        }
    }

    /**
     * What is sent to a Unix socket, made here, that only this user may send to: one message to a datagram, in the form that the kernel or
     * udev would give it. For devices that are none.
     */
    public static UeventSource ofSocket(Path path) throws IOException {
        Files.deleteIfExists(path);
        var socket = new Descriptor(Libc.socket(Libc.AF_UNIX, Libc.SOCK_DGRAM));
        try (Arena arena = Arena.ofConfined()) {
            Libc.bind(socket.number(), SocketAddresses.unix(arena, path));
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
            return new UeventSource(socket, path, List.of());
        } catch (IOException e) {
            socket.close();
            throw new IOException("cannot listen on socket " + path + ": " + e.getMessage(), e);
        }
    }

    /**
     * Waits for what is next. What nobody who may speak has said, or nobody understands, is passed over.
     *
     * @param longest how long to wait; negative for ever
     * @throws ClosedChannelException if this was closed
     */
    public News next(Duration longest) throws IOException {
        reading.lock();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment fds = fds(arena);
            long deadline = System.nanoTime() + longest.toNanos();
            while (!closing.get()) {
                int ready = Libc.poll(fds, 2 + watched.size(), longest.isNegative() ? -1 : millisTo(deadline));
                if (ready < 0 && ready != -Libc.EINTR) {
                    throw new ErrnoException("poll", -ready);
                }
                if (closing.get()) {
                    break;
                }
                if (ready == 0) {
                    return new News.Silence();
                }
                if (ready > 0) {
                    Optional<News> news = news(arena, fds);
                    if (news.isPresent()) {
                        return news.get();
                    }
                }
            }
            throw new ClosedChannelException();
        } finally {
            reading.unlock();
        }
    }

    private MemorySegment fds(Arena arena) {
        if (closing.get()) {
            return MemorySegment.NULL;
        }
        int[] numbers = new int[2 + watched.size()];
        numbers[0] = socket.number();
        numbers[1] = waker.number();
        for (int i = 0; i < watched.size(); i++) {
            numbers[2 + i] = watched.get(i).number();
        }
        MemorySegment fds = Libc.pollFds(arena, Libc.POLLIN, numbers);
        for (int i = 2; i < numbers.length; i++) {
            fds.set(JAVA_SHORT, 8L * i + 4, Libc.POLLPRI);
        }
        return fds;
    }

    private static int millisTo(long deadline) {
        return Math.clamp((deadline - System.nanoTime() + 999_999) / 1_000_000, 0, Integer.MAX_VALUE);
    }

    private Optional<News> news(Arena arena, MemorySegment fds) throws IOException {
        for (int i = 0; i < watched.size(); i++) {
            if (Libc.polled(fds, 2 + i)) {
                return Optional.of(new News.FileChanged());
            }
        }
        return Libc.polled(fds, 0) ? received(arena) : Optional.empty();
    }

    private Optional<News> received(Arena arena) throws IOException {
        MemorySegment bytes = arena.allocate(Uevent.MOST_BYTES, 8);
        MemorySegment address = arena.allocate(SocketAddresses.NETLINK_BYTES, 4);
        MemorySegment header = Ancillary.toReceiveFrom(arena, bytes, address);
        long count = Libc.recvmsgNow(socket.number(), header);
        if (count == -Libc.EAGAIN || count == -Libc.EINTR) {
            return Optional.empty();
        }
        if (count == -Libc.ENOBUFS) {
            return Optional.of(new News.Lost());
        }
        if (count < 0) {
            throw new ErrnoException("recvmsg", (int) -count);
        }
        if (path == null && !maySpeak(header, address)) {
            return Optional.empty();
        }
        if (Ancillary.truncated(header)) {
            return Optional.of(new News.Lost());
        }
        return Uevent.parse(bytes.asSlice(0, count).asByteBuffer())
                .filter(event -> path != null || isOf(event.origin(), address))
                .map(News.Told::new);
    }

    private static boolean maySpeak(MemorySegment header, MemorySegment address) {
        return switch (SocketAddresses.netlinkGroups(address)) {
            case KERNEL_GROUP -> SocketAddresses.netlinkPort(address) == 0;
            case UDEV_GROUP -> Ancillary.sender(header).equals(java.util.OptionalInt.of(0));
            default -> false;
        };
    }

    private static boolean isOf(Uevent.Origin origin, MemorySegment address) {
        return SocketAddresses.netlinkGroups(address)
                == switch (origin) {
                    case KERNEL -> KERNEL_GROUP;
                    case UDEV -> UDEV_GROUP;
                };
    }

    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        try {
            Libc.eventfdWrite(waker.number());
            if (path != null) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("closing " + this, e);
        } finally {
            // After the reading thread has left its call, the numbers may go.
            reading.lock();
            try {
                socket.close();
                waker.close();
                watched.forEach(Descriptor::close);
            } finally {
                reading.unlock();
            }
        }
    }

    @Override
    public String toString() {
        return path == null ? "uevents" : "uevents at " + path;
    }
}
