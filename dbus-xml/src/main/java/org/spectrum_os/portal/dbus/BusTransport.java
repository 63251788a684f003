// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import java.io.FileDescriptor;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.freedesktop.dbus.connections.transports.AbstractTransport;
import org.freedesktop.dbus.connections.transports.TransportBuilder;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.exceptions.MarshallingException;
import org.freedesktop.dbus.messages.constants.MessageTypes;
import org.jspecify.annotations.Nullable;
import org.newsclub.net.unix.AFUNIXSocketChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spectrum_os.portal.dbus.marshal.MarshalException;

/**
 * Messages in and out over one socket. One thread reads. Another writes, except what {@link #writeRaw} may write by itself: an interrupted
 * handler must not close the socket (interruptible channels do) and a slow bus must hold up no virtual thread's carrier. Messages leave in
 * the order of {@link #write} and {@link #writeRaw}.
 */
final class BusTransport implements AutoCloseable {
    private static final byte FIRST_TYPE = MessageTypes.METHOD_CALL.getId();
    private static final byte LAST_TYPE = MessageTypes.SIGNAL.getId();

    /** Room for the most descriptors that the kernel passes in one message (253). */
    private static final int ANCILLARY_BYTES = 4096;

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(25);
    private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(2);
    private static final Logger LOG = LoggerFactory.getLogger(BusTransport.class);

    /** Gets every message of a type that the specification knows. */
    interface Receiver {
        void accept(Incoming message) throws DBusException;
    }

    private final AbstractTransport transport;
    private final MessageStream stream;
    private final SendQueue queue;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final Receiver receiver;
    private final Consumer<IOException> lost;
    private final Thread writer;
    private final Thread reader;

    private BusTransport(Connected connected, Receiver receiver, Consumer<IOException> lost) {
        this.transport = connected.transport();
        this.stream = new MessageStream(connected.channel());
        this.queue = new SendQueue(connected.channel(), this::end);
        this.receiver = receiver;
        this.lost = lost;
        this.writer = Thread.ofPlatform().daemon().name("bus-writer").unstarted(queue::run);
        this.reader = Thread.ofPlatform().daemon().name("bus-reader").unstarted(this::readAll);
    }

    private record Connected(AbstractTransport transport, AFUNIXSocketChannel channel) {}

    /**
     * Connects and authenticates. Nothing is read before {@link #start}.
     *
     * @param receiver gets every message, on the reading thread: it must not block
     * @param lost told once, when the connection ends otherwise than by {@link #close}
     */
    static BusTransport connect(String address, Receiver receiver, Consumer<IOException> lost) throws BusException {
        var connected = new CompletableFuture<Connected>();
        // On a thread of its own: a socket on which nobody answers must not hold up the caller for ever.
        Thread.ofPlatform().daemon().name("bus-connect").start(() -> {
            try {
                AbstractTransport transport = TransportBuilder.create(address)
                        .configure()
                        .withAutoConnect(false)
                        .back()
                        .build();
                if (!(transport.connect() instanceof AFUNIXSocketChannel channel)) {
                    transport.close();
                    throw new IOException("it is no Unix socket");
                }
                channel.setAncillaryReceiveBufferSize(ANCILLARY_BYTES);
                if (!connected.complete(new Connected(transport, channel))) {
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
        reader.start();
    }

    byte endian() {
        return transport.getMessageFactory().getEndianess();
    }

    /**
     * Leaves a message to the writing thread. The future completes once the message has been handed to the kernel, or fails with the end of
     * the connection.
     */
    CompletableFuture<@Nullable Void> write(OutgoingMessage message) {
        var written = new CompletableFuture<@Nullable Void>();
        FileDescriptor[] descriptors;
        try {
            descriptors = message.javaDescriptors(transport.getTransportConnection());
        } catch (MarshallingException | RuntimeException e) {
            written.completeExceptionally(new IOException("the descriptors of a message cannot be sent", e));
            return written;
        }
        queue.add(new SendQueue.Item(message.bytes(), descriptors, written), SendQueue.Urgency.QUEUED, false);
        return written;
    }

    /**
     * Sends a message that is in its wire form already, and writes it at once when that can do no harm: see {@link OrderedCall}. What the
     * reading thread sends waits until no further message is at hand, so that many answers need one write.
     *
     * @return false when the connection has ended
     */
    boolean writeRaw(byte[] message) {
        Thread current = Thread.currentThread();
        SendQueue.Urgency urgency = current.equals(reader)
                ? SendQueue.Urgency.HELD
                : current.isVirtual() || current.isInterrupted() ? SendQueue.Urgency.QUEUED : SendQueue.Urgency.DIRECT;
        return queue.add(new SendQueue.Item(message), urgency, true);
    }

    private void readAll() {
        try {
            while (!ended.get()) {
                readOne();
            }
        } finally {
            stream.close();
        }
    }

    private void readOne() {
        try {
            if (!stream.isReady()) {
                queue.flush();
            }
            Incoming message = stream.next();
            if (message.type() >= FIRST_TYPE && message.type() <= LAST_TYPE) {
                receiver.accept(message);
            } else {
                // The specification has us ignore message types that we do not know.
                new ReceivedDescriptors(message.descriptors()).close();
            }
        } catch (IOException e) {
            end(new IOException("the bus closed the connection (" + e.getMessage() + ")", e));
        } catch (MarshalException | DBusException | RuntimeException e) {
            LOG.warn("A message from the bus could not be read and was dropped", e);
        } catch (Error e) {
            // Such as a message too large for our memory: without this thread the connection would only seem to live.
            end(new IOException("reading from the bus failed: " + e, e));
        }
    }

    private void end(IOException cause) {
        if (ended.compareAndSet(false, true)) {
            queue.end();
            closeSocket();
            lost.accept(cause);
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
        var flushed = new CompletableFuture<@Nullable Void>();
        var nothing = new SendQueue.Item(new byte[0], new FileDescriptor[0], flushed);
        if (queue.add(nothing, SendQueue.Urgency.QUEUED, false)) {
            try {
                flushed.get(FLUSH_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            } catch (ExecutionException | TimeoutException e) {
                LOG.debug("Not everything was written before the connection to the bus was closed", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        if (ended.compareAndSet(false, true)) {
            queue.end();
            closeSocket();
        }
    }
}
