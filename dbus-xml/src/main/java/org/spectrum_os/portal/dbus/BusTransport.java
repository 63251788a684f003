// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.freedesktop.dbus.connections.transports.AbstractTransport;
import org.freedesktop.dbus.connections.transports.TransportBuilder;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.exceptions.MessageTypeException;
import org.freedesktop.dbus.messages.Message;
import org.jspecify.annotations.Nullable;
import org.newsclub.net.unix.AFUNIXSocketChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages in and out over one socket. One thread reads and one writes, so that an interrupted handler cannot close the socket
 * (interruptible channels do) and a slow bus holds up no virtual thread's carrier. Messages leave in the order of {@link #write}.
 */
final class BusTransport implements AutoCloseable {
    /** A bus that does not take this many messages is as good as gone. */
    private static final int MAX_QUEUED = 16_384;

    /** Room for the most descriptors that the kernel passes in one message (253). */
    private static final int ANCILLARY_BYTES = 4096;

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(25);
    private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(2);
    private static final Logger LOG = LoggerFactory.getLogger(BusTransport.class);

    /** Something to write; no message means that the writer stops. */
    private record Outgoing(@Nullable Message message, CompletableFuture<Void> written) {}

    private final AbstractTransport transport;
    private final LinkedBlockingQueue<Outgoing> queue = new LinkedBlockingQueue<>(MAX_QUEUED);
    private final AtomicBoolean ended = new AtomicBoolean();
    private final Consumer<Message> receiver;
    private final Consumer<IOException> lost;
    private final Thread writer;

    private BusTransport(AbstractTransport transport, Consumer<Message> receiver, Consumer<IOException> lost) {
        this.transport = transport;
        this.receiver = receiver;
        this.lost = lost;
        this.writer = Thread.ofPlatform().daemon().name("bus-writer").unstarted(this::writeAll);
    }

    /**
     * Connects and authenticates. Nothing is read before {@link #start}.
     *
     * @param receiver gets every message, on the reading thread: it must not block
     * @param lost told once, when the connection ends otherwise than by {@link #close}
     */
    static BusTransport connect(String address, Consumer<Message> receiver, Consumer<IOException> lost)
            throws BusException {
        var connected = new CompletableFuture<AbstractTransport>();
        // On a thread of its own: a socket on which nobody answers must not hold up the caller for ever.
        Thread.ofPlatform().daemon().name("bus-connect").start(() -> {
            try {
                AbstractTransport transport = TransportBuilder.create(address)
                        .configure()
                        .withAutoConnect(false)
                        .back()
                        .build();
                if (transport.connect() instanceof AFUNIXSocketChannel channel) {
                    channel.setAncillaryReceiveBufferSize(ANCILLARY_BYTES);
                }
                if (!connected.complete(transport)) {
                    transport.close();
                }
            } catch (IOException | DBusException | RuntimeException e) {
                connected.completeExceptionally(e);
            }
        });
        try {
            return new BusTransport(connected.get(CONNECT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS), receiver, lost);
        } catch (ExecutionException e) {
            throw new BusException("cannot connect to the bus at " + address + ": " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            connected.cancel(false);
            throw new BusException("the bus at " + address + " did not answer within " + CONNECT_TIMEOUT, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BusException("interrupted while connecting to the bus at " + address, e);
        }
    }

    void start() {
        writer.start();
        Thread.ofPlatform().daemon().name("bus-reader").start(this::readAll);
    }

    byte endian() {
        return transport.getMessageFactory().getEndianess();
    }

    /** Queues a message. The future completes once it has been handed to the kernel, or fails with the end of the connection. */
    CompletableFuture<Void> write(Message message) {
        var item = new Outgoing(message, new CompletableFuture<>());
        if (!queue.offer(item)) {
            end(new IOException("the bus has not taken " + MAX_QUEUED + " messages"));
        }
        if (ended.get()) {
            item.written().completeExceptionally(new IOException("the connection to the bus has ended"));
        }
        return item.written();
    }

    private void writeAll() {
        try {
            while (!ended.get()) {
                Outgoing next = queue.take();
                Message message = next.message();
                if (message == null) {
                    next.written().complete(null);
                    return;
                }
                transport.writeMessage(message);
                next.written().complete(null);
            }
        } catch (IOException | RuntimeException e) {
            end(new IOException("writing to the bus failed: " + e, e));
        } catch (InterruptedException e) {
            end(new IOException("the writing thread was interrupted", e));
        } finally {
            failQueued();
        }
    }

    private void readAll() {
        while (!ended.get()) {
            try {
                Message message = transport.readMessage();
                if (message != null) {
                    receiver.accept(message);
                }
            } catch (MessageTypeException e) {
                // The specification has us ignore message types that we do not know.
                LOG.debug("Ignored a message of an unknown type", e);
            } catch (IOException e) {
                end(new IOException("the bus closed the connection (" + e.getMessage() + ")", e));
            } catch (DBusException | RuntimeException e) {
                LOG.warn("A message from the bus could not be read and was dropped", e);
            } catch (Error e) {
                // Such as a message too large for our memory: without this thread the connection would only seem to
                // live.
                end(new IOException("reading from the bus failed: " + e, e));
            }
        }
    }

    private void end(IOException cause) {
        if (ended.compareAndSet(false, true)) {
            closeSocket();
            writer.interrupt();
            lost.accept(cause);
        }
    }

    private void failQueued() {
        for (Outgoing item = queue.poll(); item != null; item = queue.poll()) {
            item.written().completeExceptionally(new IOException("the connection to the bus has ended"));
        }
    }

    private void closeSocket() {
        try {
            transport.close();
        } catch (IOException e) {
            LOG.debug("Closing the bus socket", e);
        }
    }

    /** Writes what has been queued so far, then disconnects. */
    @Override
    public void close() {
        var flushed = new CompletableFuture<Void>();
        if (!ended.get() && queue.offer(new Outgoing(null, flushed))) {
            try {
                flushed.get(FLUSH_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            } catch (ExecutionException | TimeoutException e) {
                LOG.debug("Not everything was written before the connection to the bus was closed", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        if (ended.compareAndSet(false, true)) {
            closeSocket();
            writer.interrupt();
        }
        // What came in between would wait for ever: the writer is gone.
        failQueued();
    }
}
