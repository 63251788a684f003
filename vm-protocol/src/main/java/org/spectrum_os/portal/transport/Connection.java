// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.transport;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A connected socket. One thread may read while another writes; {@link #close} may come from any thread and ends both at once. The
 * descriptor is closed only when no call is using it, so its number can never be reused under a call in progress.
 *
 * <p>Calls block their carrier thread: use platform threads.
 */
public final class Connection implements AutoCloseable {
    private final Descriptor descriptor;
    private final Peer peer;
    private final AtomicBoolean closing = new AtomicBoolean();
    /** Shared: a call is using the descriptor. Exclusive: it is being closed. */
    private final ReentrantReadWriteLock inUse = new ReentrantReadWriteLock();

    private Connection(Descriptor descriptor, Peer peer) {
        this.descriptor = descriptor;
        this.peer = peer;
    }

    /** Takes over a connected socket. */
    public static Connection adopt(Descriptor descriptor, Peer peer) {
        return new Connection(descriptor, peer);
    }

    /** Connects to {@code port} of the VM or host with this context id; blocks until it answers or the kernel gives up. */
    public static Connection connectVsock(int cid, int port) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            return connect(
                    Libc.socket(Libc.AF_VSOCK, Libc.SOCK_STREAM),
                    SocketAddresses.vsock(arena, cid, port),
                    new Peer.Vsock(cid));
        }
    }

    /** Connects to a Unix socket. */
    public static Connection connectUnix(Path path, SocketKind kind) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = SocketAddresses.unix(arena, path);
            return connect(Libc.socket(Libc.AF_UNIX, kind.number), address, new Peer.UnixSocket(path));
        }
    }

    private static Connection connect(int fd, MemorySegment address, Peer peer) throws IOException {
        var descriptor = new Descriptor(fd);
        try {
            Libc.connect(fd, address);
            return new Connection(descriptor, peer);
        } catch (IOException e) {
            descriptor.close();
            throw e;
        }
    }

    /**
     * Gives the socket up without shutting it down: afterwards this connection is closed and the caller owns the descriptor. This is how
     * a connection is handed to another process for good; {@link #close} would end it there too.
     *
     * @throws IllegalStateException  if a call is in progress on another thread
     * @throws ClosedChannelException if this connection was closed
     */
    public Descriptor release() throws ClosedChannelException {
        if (!inUse.writeLock().tryLock()) {
            throw new IllegalStateException(this + " is in use and cannot be released");
        }
        try {
            if (!closing.compareAndSet(false, true)) {
                throw new ClosedChannelException();
            }
            return descriptor;
        } finally {
            inUse.writeLock().unlock();
        }
    }

    /** Two connected ends. */
    public record Ends(Connection first, Connection second) {}

    /** Makes a connected pair of Unix sockets. */
    public static Ends pair(SocketKind kind) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment two = arena.allocate(8, 4);
            Libc.socketpair(kind.number, two);
            return new Ends(
                    new Connection(new Descriptor(two.get(JAVA_INT, 0)), new Peer.Pair()),
                    new Connection(new Descriptor(two.get(JAVA_INT, 4)), new Peer.Pair()));
        }
    }

    public Peer peer() {
        return peer;
    }

    /** For handing the socket to another process; stays owned by this connection. */
    public Descriptor descriptor() {
        return descriptor;
    }

    /**
     * Reads what is there, at least one byte.
     *
     * @param timeout how long to wait for the first byte; zero waits for ever
     * @return the number of bytes, or -1 when the peer has closed its side
     * @throws SocketTimeoutException if nothing came in time
     * @throws ClosedChannelException if this connection was closed
     */
    public int read(ByteBuffer into, Duration timeout) throws IOException {
        if (!into.hasRemaining()) {
            return 0;
        }
        enter();
        try (Arena arena = Arena.ofConfined()) {
            awaitReadable(arena, timeout);
            MemorySegment buffer = into.isDirect() ? MemorySegment.ofBuffer(into) : arena.allocate(into.remaining());
            long count = retried("recv", () -> Libc.recv(descriptor.number(), buffer, 0));
            if (count == 0) {
                return -1;
            }
            if (into.isDirect()) {
                into.position(into.position() + (int) count);
            } else {
                into.put(buffer.asSlice(0, count).asByteBuffer());
            }
            return (int) count;
        } finally {
            leave();
        }
    }

    /**
     * Reads what is there, at least one byte, into native memory; waits for ever.
     *
     * @param into not empty
     * @return the number of bytes, or -1 when the peer has closed its side
     * @throws ClosedChannelException if this connection was closed
     */
    public int read(MemorySegment into) throws IOException {
        enter();
        try {
            long count = retried("recv", () -> Libc.recv(descriptor.number(), into, 0));
            return count == 0 ? -1 : (int) count;
        } finally {
            leave();
        }
    }

    /** Writes all of {@code from}, blocking while the peer does not read. */
    public void write(ByteBuffer from) throws IOException {
        if (from.isDirect()) {
            writeNative(MemorySegment.ofBuffer(from));
        } else {
            try (Arena arena = Arena.ofConfined()) {
                writeNative(nativeCopy(arena, from));
            }
        }
        from.position(from.limit());
    }

    private void writeNative(MemorySegment bytes) throws IOException {
        enter();
        try {
            long done = 0;
            while (done < bytes.byteSize()) {
                MemorySegment rest = bytes.asSlice(done);
                done += retried("send", () -> Libc.send(descriptor.number(), rest));
            }
        } finally {
            leave();
        }
    }

    /**
     * Writes all of {@code from}, or gives up. After a timeout some of it may have been written: a stream of messages is of no further
     * use then.
     *
     * @param longest how long the whole of it may take, however often the peer reads a little
     * @throws SocketTimeoutException if the peer did not take everything in time
     * @throws ClosedChannelException if this connection was closed
     */
    public void write(ByteBuffer from, Duration longest) throws IOException {
        enter();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = nativeCopy(arena, from);
            long deadline = System.nanoTime() + longest.toNanos();
            long done = 0;
            while (done < bytes.byteSize()) {
                MemorySegment rest = bytes.asSlice(done);
                long count = retried("send", Libc.EAGAIN, () -> Libc.sendNow(descriptor.number(), rest));
                if (count == -Libc.EAGAIN) {
                    if (!await(arena, Libc.POLLOUT, deadline)) {
                        throw new SocketTimeoutException(
                                peer + " did not take what was sent for " + longest.toMillis() + " ms");
                    }
                } else {
                    done += count;
                }
            }
            from.position(from.limit());
        } finally {
            leave();
        }
    }

    /** Sends one message with descriptors; they stay open and owned by the caller. At most {@link Ancillary#MOST}. */
    public void sendWithDescriptors(ByteBuffer message, List<Descriptor> descriptors) throws IOException {
        enter();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = nativeCopy(arena, message);
            long sent = Libc.sendmsg(descriptor.number(), Ancillary.toSend(arena, bytes, descriptors));
            if (sent != bytes.byteSize()) {
                throw new IOException("message of " + bytes.byteSize() + " bytes cut to " + sent);
            }
            message.position(message.limit());
        } finally {
            leave();
        }
    }

    /** One received message; whoever gets it owns the descriptors. */
    public record Received(ByteBuffer bytes, List<Descriptor> descriptors) {}

    /**
     * Receives one message with its descriptors. An empty message without descriptors means that the peer is gone.
     *
     * @param timeout how long to wait; zero waits for ever
     * @throws TruncatedMessageException if the message or its descriptors did not fit; whatever arrived of them is closed, and
     *     the socket stays usable if it keeps message boundaries
     * @throws ClosedChannelException    if this connection was closed
     */
    public Received receiveWithDescriptors(int maxBytes, int maxDescriptors, Duration timeout) throws IOException {
        enter();
        try (Arena arena = Arena.ofConfined()) {
            awaitReadable(arena, timeout);
            MemorySegment bytes = arena.allocate(maxBytes, 8);
            MemorySegment header = Ancillary.toReceive(arena, bytes, maxDescriptors);
            long count = Libc.recvmsg(descriptor.number(), header);
            List<Descriptor> descriptors = Ancillary.received(header);
            if (closing.get()) {
                descriptors.forEach(Descriptor::close);
                throw new ClosedChannelException();
            }
            // The control buffer is padded to 8 bytes, so the kernel may find room for one descriptor more than asked
            // for.
            if (Ancillary.truncated(header) || descriptors.size() > maxDescriptors) {
                descriptors.forEach(Descriptor::close);
                throw new TruncatedMessageException("a message larger than " + maxBytes + " bytes or with more than "
                        + maxDescriptors + " descriptors, or this process may open no more files");
            }
            var copy = ByteBuffer.allocate((int) count);
            copy.put(bytes.asSlice(0, count).asByteBuffer()).flip();
            return new Received(copy, descriptors);
        } finally {
            leave();
        }
    }

    private static MemorySegment nativeCopy(Arena arena, ByteBuffer from) {
        if (from.isDirect()) {
            return MemorySegment.ofBuffer(from);
        }
        MemorySegment copy = arena.allocate(Math.max(1, from.remaining())).asSlice(0, from.remaining());
        copy.copyFrom(MemorySegment.ofBuffer(from));
        return copy;
    }

    private void awaitReadable(Arena arena, Duration timeout) throws IOException {
        if (!timeout.isZero() && !await(arena, Libc.POLLIN, System.nanoTime() + timeout.toNanos())) {
            throw new SocketTimeoutException("nothing from " + peer + " for " + timeout.toMillis() + " ms");
        }
    }

    /** Waits until the socket is ready, or broken, which the call that follows will tell; false if the time is over before. */
    private boolean await(Arena arena, short events, long deadline) throws IOException {
        MemorySegment fds = Libc.pollFds(arena, events, descriptor.number());
        while (true) {
            long left = Math.max(0, (deadline - System.nanoTime() + 999_999) / 1_000_000);
            int ready = Libc.poll(fds, 1, (int) Math.min(left, Integer.MAX_VALUE));
            if (ready > 0) {
                return true;
            }
            if (ready == 0) {
                return false;
            }
            if (ready != -Libc.EINTR) {
                throw new ErrnoException("poll", -ready);
            }
        }
    }

    @FunctionalInterface
    private interface Attempt {
        long run();
    }

    private long retried(String name, Attempt attempt) throws IOException {
        return retried(name, 0, attempt);
    }

    /** {@code expected} is an errno that is a result, handed on as minus itself. */
    private long retried(String name, int expected, Attempt attempt) throws IOException {
        while (true) {
            long result = attempt.run();
            if (closing.get()) {
                throw new ClosedChannelException();
            }
            if (result >= 0 || result == -expected) {
                return result;
            }
            if (result != -Libc.EINTR) {
                throw new ErrnoException(name, (int) -result);
            }
        }
    }

    private void enter() throws ClosedChannelException {
        inUse.readLock().lock();
        if (closing.get()) {
            inUse.readLock().unlock();
            throw new ClosedChannelException();
        }
    }

    private void leave() {
        inUse.readLock().unlock();
    }

    public boolean isClosed() {
        return closing.get();
    }

    /** Tells the peer that nothing more will be written; reading goes on. A connection that is not whole any more is left as it is. */
    public void finishWriting() {
        try {
            enter();
        } catch (ClosedChannelException _) {
            return;
        }
        try {
            int _ = Libc.shutdown(descriptor.number(), Libc.SHUT_WR);
        } finally {
            leave();
        }
    }

    /**
     * Closes a connection whose peer may still be sending, so that the peer learns of it: reads and drops what comes, within bounds, until
     * the peer has read our last words and closes, or has had its time. A userspace vsock that is closed with unread data tells the guest
     * nothing, and a guest without a timeout of its own would wait for ever.
     */
    public void closeAfterDraining(Duration longest, int mostBytes) {
        var dropped = ByteBuffer.allocateDirect(16 * 1024);
        long deadline = System.nanoTime() + longest.toNanos();
        int bytes = 0;
        try {
            for (long left = longest.toNanos(); left > 0 && bytes < mostBytes; left = deadline - System.nanoTime()) {
                int count = read(dropped.clear(), Duration.ofNanos(left));
                if (count < 0) {
                    break;
                }
                bytes += count;
            }
        } catch (SocketTimeoutException _) {
            // Nothing more came: the peer can be told now.
        } catch (IOException _) {
            // The peer, or we, have closed it already.
        }
        close();
    }

    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        // Wakes whoever is blocked in a call; not being connected any more is as good.
        Libc.shutdown(descriptor.number(), Libc.SHUT_RDWR);
        inUse.writeLock().lock();
        try {
            descriptor.close();
        } finally {
            inUse.writeLock().unlock();
        }
    }

    @Override
    public String toString() {
        return "connection with " + peer;
    }
}
