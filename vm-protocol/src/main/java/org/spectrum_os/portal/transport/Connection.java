// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.transport;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A connected socket. One thread may read while another writes; {@link #close} may come from any thread and ends both at once. The
 * descriptor is closed only when no call is using it, so its number can never be reused under a call in progress.
 *
 * <p>Calls block their carrier thread: use platform threads.
 */
public final class Connection implements AutoCloseable {
    private final SharedSocket socket;
    private final Peer peer;

    private Connection(Descriptor descriptor, Peer peer) {
        this.socket = new SharedSocket(descriptor);
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

    /**
     * As {@link #connectUnix(Path, SocketKind)}, or gives up: the kernel lets only so many wait for one who accepts nobody, and then blocks.
     *
     * @param longest at least a microsecond
     * @throws SocketTimeoutException if somebody listens, and there was no room for one more in time
     */
    public static Connection connectUnix(Path path, SocketKind kind, Duration longest) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = SocketAddresses.unix(arena, path);
            var descriptor = new Descriptor(Libc.socket(Libc.AF_UNIX, kind.number));
            try {
                limitSending(arena, descriptor, longest);
                Libc.connect(descriptor.number(), address);
                limitSending(arena, descriptor, Duration.ZERO);
                return new Connection(descriptor, new Peer.UnixSocket(path));
            } catch (ErrnoException e) {
                descriptor.close();
                if (e.errno() != Libc.EAGAIN) {
                    throw e;
                }
                var late = new SocketTimeoutException("whoever listens at " + path + " accepts nobody");
                late.initCause(e);
                throw late;
            } catch (IOException e) {
                descriptor.close();
                throw e;
            }
        }
    }

    /** Of a Unix socket it limits connecting, too (unix(7) does not say so, unix_stream_connect in the kernel does); zero is no limit. */
    private static void limitSending(Arena arena, Descriptor socket, Duration longest) throws IOException {
        MemorySegment time = arena.allocate(JAVA_LONG, 2);
        time.setAtIndex(JAVA_LONG, 0, longest.toSeconds());
        time.setAtIndex(JAVA_LONG, 1, longest.toNanosPart() / 1000);
        Libc.setsockopt(socket.number(), Libc.SOL_SOCKET, Libc.SO_SNDTIMEO, time);
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
        return socket.release();
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
        return socket.descriptor();
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
        try (var _ = socket.use();
                Arena arena = Arena.ofConfined()) {
            socket.awaitReadable(arena, timeout, peer);
            MemorySegment buffer = into.isDirect() ? MemorySegment.ofBuffer(into) : arena.allocate(into.remaining());
            long count = socket.retried("recv", () -> Libc.recv(socket.number(), buffer, 0));
            if (count == 0) {
                return -1;
            }
            if (into.isDirect()) {
                into.position(into.position() + (int) count);
            } else {
                into.put(buffer.asSlice(0, count).asByteBuffer());
            }
            return (int) count;
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
        try (var _ = socket.use()) {
            long count = socket.retried("recv", () -> Libc.recv(socket.number(), into, 0));
            return count == 0 ? -1 : (int) count;
        }
    }

    /** Writes all of {@code from}, blocking while the peer does not read. */
    public void write(ByteBuffer from) throws IOException {
        if (from.isDirect()) {
            writeNative(MemorySegment.ofBuffer(from));
        } else {
            try (Arena arena = Arena.ofConfined()) {
                writeNative(DescriptorMessages.nativeCopy(arena, from));
            }
        }
        from.position(from.limit());
    }

    private void writeNative(MemorySegment bytes) throws IOException {
        try (var _ = socket.use()) {
            long done = 0;
            while (done < bytes.byteSize()) {
                MemorySegment rest = bytes.asSlice(done);
                done += socket.retried("send", () -> Libc.send(socket.number(), rest));
            }
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
        try (var _ = socket.use();
                Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = DescriptorMessages.nativeCopy(arena, from);
            long deadline = System.nanoTime() + longest.toNanos();
            long done = 0;
            while (done < bytes.byteSize()) {
                MemorySegment rest = bytes.asSlice(done);
                done += socket.send(arena, "send", deadline, peer, () -> Libc.sendNow(socket.number(), rest));
            }
            from.position(from.limit());
        }
    }

    /** Sends one message with descriptors; they stay open and owned by the caller. At most {@link Ancillary#MOST}. */
    public void sendWithDescriptors(ByteBuffer message, List<Descriptor> descriptors) throws IOException {
        DescriptorMessages.send(socket, peer, message, descriptors, null);
    }

    /**
     * As {@link #sendWithDescriptors(ByteBuffer, List)}, or gives up.
     *
     * @throws SocketTimeoutException if the peer did not make room for it in time; then nothing was sent
     */
    public void sendWithDescriptors(ByteBuffer message, List<Descriptor> descriptors, Duration longest)
            throws IOException {
        DescriptorMessages.send(socket, peer, message, descriptors, System.nanoTime() + longest.toNanos());
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
        try (var _ = socket.use();
                Arena arena = Arena.ofConfined()) {
            socket.awaitReadable(arena, timeout, peer);
            return DescriptorMessages.receive(socket, arena, maxBytes, maxDescriptors);
        }
    }

    /** Which process listens where this side connected to a Unix socket: the one that called listen, even if nobody has accepted yet. */
    public Peer.HostProcess credentials() throws IOException {
        try (var _ = socket.use()) {
            return PeerCredentials.of(socket.descriptor());
        }
    }

    /**
     * Waits until there is something to read, or a process ends.
     *
     * @param process not closed while this waits
     * @param longest zero waits for ever
     * @throws ClosedChannelException if this connection was closed
     */
    public Awaited await(PinnedProcess process, Duration longest) throws IOException {
        try (var _ = socket.use();
                Arena arena = Arena.ofConfined()) {
            return socket.await(arena, process.descriptor(), longest);
        }
    }

    public boolean isClosed() {
        return socket.isClosed();
    }

    /** Tells the peer that nothing more will be written; reading goes on. A connection that is not whole any more is left as it is. */
    public void finishWriting() {
        try (var _ = socket.use()) {
            int _ = Libc.shutdown(socket.number(), Libc.SHUT_WR);
        } catch (ClosedChannelException _) {
            // As good.
        }
    }

    /** Whether the peer has not only ended its side but reads nothing any more either. Does not wait. */
    public boolean isHungUp() {
        try (var _ = socket.use();
                Arena arena = Arena.ofConfined()) {
            MemorySegment fds = Libc.pollFds(arena, (short) 0, socket.number());
            return Libc.poll(fds, 1, 0) > 0;
        } catch (ClosedChannelException _) {
            return true;
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
        socket.close();
    }

    @Override
    public String toString() {
        return "connection with " + peer;
    }
}
