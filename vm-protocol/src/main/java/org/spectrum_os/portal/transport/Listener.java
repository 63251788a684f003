// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.transport;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A listening socket. {@link #accept} blocks a platform thread; {@link #close} may come from any thread and ends it.
 */
public final class Listener implements AutoCloseable {
    private static final int BACKLOG = 16;
    /** The same in every interface but Alpha's, MIPS's, PA-RISC's and SPARC's, where no JDK runs that this project needs. */
    private static final int SO_ACCEPTCONN = 30;

    private static final int SO_DOMAIN = 39;

    /** Who a connection is from: for Unix sockets that is decided by which socket it came to, or by the peer's credentials. */
    public enum Identity {
        SOCKET,
        PROCESS
    }

    private final Descriptor socket;
    private final Descriptor waker;
    private final @Nullable Path path;
    /** Null for vsock, where the kernel names the peer. */
    private final @Nullable Identity identity;

    private final AtomicBoolean closing = new AtomicBoolean();
    private final ReentrantLock accepting = new ReentrantLock();

    private Listener(Descriptor socket, @Nullable Path path, @Nullable Identity identity) throws IOException {
        this.socket = socket;
        this.waker = new Descriptor(Libc.eventfd());
        this.path = path;
        this.identity = identity;
    }

    /** Listens for VMs on a vsock port; the peer of each connection is its context id. */
    public static Listener vsock(int port) throws IOException {
        var socket = new Descriptor(Libc.socket(Libc.AF_VSOCK, Libc.SOCK_STREAM));
        try (Arena arena = Arena.ofConfined()) {
            Libc.bind(socket.number(), SocketAddresses.vsock(arena, SocketAddresses.CID_ANY, port));
            Libc.listen(socket.number(), BACKLOG);
            return new Listener(socket, null, null);
        } catch (IOException e) {
            socket.close();
            throw inUse(e, "vsock port " + port);
        }
    }

    /**
     * Listens on a Unix socket that only this user (and root) can connect to. A socket file that nobody listens on any more is replaced.
     *
     * @throws IOException if another process listens there, or something that is no socket stands there
     */
    public static Listener unix(Path path, SocketKind kind, Identity identity) throws IOException {
        removeStale(path, kind);
        var socket = new Descriptor(Libc.socket(Libc.AF_UNIX, kind.number));
        try (Arena arena = Arena.ofConfined()) {
            Libc.bind(socket.number(), SocketAddresses.unix(arena, path));
            Files.setPosixFilePermissions(path, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
            Libc.listen(socket.number(), BACKLOG);
            return new Listener(socket, path, identity);
        } catch (IOException e) {
            socket.close();
            throw inUse(e, "socket " + path);
        }
    }

    /**
     * Takes over a Unix socket that the service manager listens on, as systemd hands it to a service; the peer of each connection is its
     * process. The socket's file stays the service manager's.
     *
     * @param number of an inherited descriptor
     * @throws IOException if that is no Unix socket that is being listened on
     */
    public static Listener adopted(int number) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            if (option(arena, number, SO_DOMAIN) != Libc.AF_UNIX || option(arena, number, SO_ACCEPTCONN) != 1) {
                throw new IOException("descriptor " + number
                        + " is no Unix socket that is being listened on; look at the socket unit that starts this");
            }
        }
        // A copy is closed in child processes. The inherited one stays where it is: its number may be nobody else's.
        return new Listener(new Descriptor(Libc.duplicate(number)), null, Identity.PROCESS);
    }

    private static int option(Arena arena, int number, int option) throws IOException {
        MemorySegment value = arena.allocate(JAVA_INT);
        MemorySegment length = arena.allocate(JAVA_INT);
        length.set(JAVA_INT, 0, Integer.BYTES);
        try {
            Libc.getsockopt(number, Libc.SOL_SOCKET, option, value, length);
        } catch (ErrnoException e) {
            throw new IOException(
                    "descriptor " + number + " is no socket; look at the socket unit that starts this", e);
        }
        return value.get(JAVA_INT, 0);
    }

    private static IOException inUse(IOException e, String what) {
        if (e instanceof ErrnoException errno && errno.errno() == ErrnoException.EADDRINUSE) {
            return new AddressInUseException(
                    what + " is in use by another process: stop that one, or give this one another address", e);
        }
        return new IOException("cannot listen on " + what + ": " + e.getMessage(), e);
    }

    private static void removeStale(Path path, SocketKind kind) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isOther()) {
            throw new IOException(
                    "cannot listen on socket " + path + ": a file stands there that is no socket; move it away");
        }
        try (var probe = Connection.connectUnix(path, kind)) {
            throw new AddressInUseException(
                    "socket " + path + " is in use by another process (" + probe.peer()
                            + " answers): stop that one first",
                    null);
        } catch (ErrnoException e) {
            if (e.errno() != ErrnoException.ECONNREFUSED) {
                throw e;
            }
            Files.delete(path);
        }
    }

    /**
     * Waits for the next connection.
     *
     * @throws ClosedChannelException if this listener was closed
     */
    public Connection accept() throws IOException {
        accepting.lock();
        try (Arena arena = Arena.ofConfined()) {
            if (closing.get()) {
                throw new ClosedChannelException();
            }
            MemorySegment fds = Libc.pollFds(arena, Libc.POLLIN, socket.number(), waker.number());
            MemorySegment address = arena.allocate(128, 8);
            MemorySegment length = arena.allocate(JAVA_INT);
            while (!closing.get()) {
                int ready = Libc.poll(fds, 2, -1);
                if (ready < 0 && ready != -Libc.EINTR) {
                    throw new ErrnoException("poll", -ready);
                }
                if (closing.get() || ready <= 0 || !Libc.polled(fds, 0)) {
                    continue;
                }
                length.set(JAVA_INT, 0, (int) address.byteSize());
                int fd = Libc.accept(socket.number(), address, length);
                if (fd >= 0) {
                    return connection(new Descriptor(fd), address);
                }
                // ECONNABORTED: the peer left before we came.
                if (fd != -Libc.EINTR && fd != -Libc.EAGAIN && fd != -103) {
                    throw new ErrnoException("accept", -fd);
                }
            }
            throw new ClosedChannelException();
        } finally {
            accepting.unlock();
        }
    }

    private Connection connection(Descriptor accepted, MemorySegment address) throws IOException {
        try {
            return Connection.adopt(
                    accepted,
                    switch (identity) {
                        case null -> new Peer.Vsock(SocketAddresses.cidOf(address));
                        case SOCKET -> new Peer.UnixSocket(Objects.requireNonNull(path));
                        case PROCESS -> PeerCredentials.of(accepted);
                    });
        } catch (IOException e) {
            accepted.close();
            throw e;
        }
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
            // After the accepting thread has left its call, the numbers may go.
            accepting.lock();
            try {
                socket.close();
                waker.close();
            } finally {
                accepting.unlock();
            }
        }
    }

    @Override
    public String toString() {
        return identity == null ? "vsock listener" : path == null ? "adopted listener" : "listener on " + path;
    }
}
