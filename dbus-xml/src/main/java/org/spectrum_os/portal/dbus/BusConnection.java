// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.messages.DBusSignal;
import org.freedesktop.dbus.messages.MethodReturn;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.dbus.marshal.MarshalException;
import org.spectrum_os.portal.dbus.marshal.MarshalWriter;

/**
 * A connection to a message bus. All methods may be called from any thread. Handlers, subscribers and whatever depends on a future of
 * this class run on virtual threads, and may call back into it and block.
 *
 * <p>When the bus goes away, every call in progress fails, {@link #disconnected()} completes, and nothing is tried again.
 */
public final class BusConnection implements AutoCloseable {
    /** How long {@link #call} waits for a reply. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(25);

    static final String BUS_NAME = "org.freedesktop.DBus";
    private static final String BUS_PATH = "/org/freedesktop/DBus";
    private static final int PRIMARY_OWNER = 1;
    private static final int IN_QUEUE = 2;
    private static final int ALREADY_OWNER = 4;

    private final PendingCalls pending = new PendingCalls();
    private final Subscriptions subscriptions = new Subscriptions();
    private final ObjectTree tree = new ObjectTree();
    private final CompletableFuture<Void> disconnected = new CompletableFuture<>();
    private final BusTransport transport;
    private final CallDispatcher dispatcher;
    private final String uniqueName;
    private final BusWatches watches;

    private BusConnection(String address) throws BusException {
        transport = BusTransport.connect(address, this::received, this::lost);
        dispatcher = new CallDispatcher(tree, transport);
        watches = new BusWatches(this, subscriptions);
        transport.start();
        try {
            uniqueName = Values.string(callBus("Hello", "").getFirst());
        } catch (BusException e) {
            transport.close();
            throw e;
        }
    }

    /**
     * Connects to the bus at an address such as {@code unix:path=/run/user/1000/bus}; of several, separated by semicolons, the first
     * that works.
     */
    public static BusConnection connect(String address) throws BusException {
        BusException failure = new BusException("the bus address is empty");
        for (String candidate : address.split(";", -1)) {
            if (!candidate.isBlank()) {
                try {
                    return new BusConnection(candidate);
                } catch (BusException e) {
                    failure = e;
                }
            }
        }
        throw failure;
    }

    /** Connects to the session bus: {@code DBUS_SESSION_BUS_ADDRESS}, or else {@code $XDG_RUNTIME_DIR/bus}. */
    public static BusConnection session() throws BusException {
        String address = System.getenv("DBUS_SESSION_BUS_ADDRESS");
        if (address != null && !address.isBlank()) {
            return connect(address);
        }
        String runtime = System.getenv("XDG_RUNTIME_DIR");
        if (runtime == null || runtime.isBlank()) {
            throw new BusException("no session bus: neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR is set");
        }
        return connect("unix:path=" + runtime + "/bus");
    }

    /** Connects to the system bus: {@code DBUS_SYSTEM_BUS_ADDRESS}, or else the well-known socket. */
    public static BusConnection system() throws BusException {
        String address = System.getenv("DBUS_SYSTEM_BUS_ADDRESS");
        return connect(address == null || address.isBlank() ? "unix:path=/run/dbus/system_bus_socket" : address);
    }

    /** The name that the bus gave to this connection, such as {@code :1.42}. */
    public String uniqueName() {
        return uniqueName;
    }

    /**
     * Becomes the owner of a well-known name, and does not wait in its queue otherwise.
     *
     * @throws NameTakenException when it belongs to somebody else who may not, or must not, be replaced
     */
    public void requestName(String name, Set<NameFlag> flags) throws BusException {
        int bits = flags.stream().mapToInt(NameFlag::bit).sum();
        long answer = Values.number(
                callBus("RequestName", "su", Names.requireBusName(name), bits).getFirst());
        if (answer == IN_QUEUE) {
            releaseName(name);
        }
        if (answer != PRIMARY_OWNER && answer != ALREADY_OWNER) {
            throw new NameTakenException(name);
        }
    }

    /** Gives a name back; does nothing when it is not ours. */
    public void releaseName(String name) throws BusException {
        callBus("ReleaseName", "s", Names.requireBusName(name));
    }

    /** The unique name of whoever owns a name. */
    public Optional<String> nameOwner(String wellKnown) throws BusException {
        try {
            return Optional.of(Values.string(callBus("GetNameOwner", "s", Names.requireBusName(wellKnown))
                    .getFirst()));
        } catch (CallFailedException e) {
            if (e.name().equals(ErrorNames.NAME_HAS_NO_OWNER)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Puts an object on the bus.
     *
     * @throws IllegalStateException when the path has an object already
     */
    public Registration export(String path, ExportedObject object) {
        return exportIfFree(path, object)
                .orElseThrow(() -> new IllegalStateException("there is an object at " + path + " already"));
    }

    /** As {@link #export}, but empty when the path has an object already. */
    public Optional<Registration> exportIfFree(String path, ExportedObject object) {
        return tree.addIfFree(path, object);
    }

    /**
     * Calls a method and waits for the reply, at most {@link #DEFAULT_TIMEOUT}.
     *
     * @return the reply's values, in the form that {@link Variants} describes; descriptors in it are closed already
     * @throws CallFailedException when the answer is an error
     * @throws IllegalArgumentException when a name is malformed or a value does not fit the signature
     */
    public List<Object> call(
            String destination, String path, String iface, String member, String signature, Object... args)
            throws BusException {
        CompletableFuture<List<Object>> reply =
                callAsync(DEFAULT_TIMEOUT, destination, path, iface, member, signature, args);
        try {
            return reply.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof CallFailedException failed
                    ? failed
                    : new BusException(
                            "calling " + iface + "." + member + " on " + destination + " failed", e.getCause());
        } catch (InterruptedException e) {
            reply.cancel(false);
            Thread.currentThread().interrupt();
            throw new BusException("interrupted while waiting for " + iface + "." + member + " of " + destination, e);
        }
    }

    /** As {@link #call} without waiting. The future fails with a {@link BusException}; cancelling it forgets the reply. */
    public CompletableFuture<List<Object>> callAsync(
            Duration timeout,
            String destination,
            String path,
            String iface,
            String member,
            String signature,
            Object... args) {
        OutgoingMessage message = marshal(() -> OutgoingMessage.call(
                transport.endian(), destination, path, iface, member, true, signature, Arrays.asList(args)));
        var reply = pending.expect(message.getSerial(), destination, iface + "." + member, timeout);
        var _ = transport.write(message).whenComplete((done, failure) -> {
            if (failure != null) {
                pending.failAll(failure);
            }
        });
        return reply;
    }

    /**
     * Sends a signal, to one connection when a destination is given, otherwise to all that subscribed.
     *
     * @throws BusException when the connection has ended
     */
    public void emit(
            @Nullable String destination, String path, String iface, String member, String signature, Object... args)
            throws BusException {
        OutgoingMessage message = marshal(() -> OutgoingMessage.signal(
                transport.endian(), destination, path, iface, member, signature, Arrays.asList(args)));
        if (transport.write(message).isCompletedExceptionally()) {
            throw new BusException("the signal " + member + " was not sent: the connection to the bus has ended");
        }
    }

    /**
     * As {@link #emit(String, String, String, String, String, Object...)}, with a body that is written already. The same thread's replies
     * to {@link OrderedCall}s and signals leave in the order in which it sends them.
     *
     * @throws IllegalArgumentException when a name is malformed, the body is not of that signature, or it exceeds 65 MiB
     */
    public void emit(
            @Nullable String destination,
            String path,
            String iface,
            String member,
            String signature,
            MarshalWriter body)
            throws BusException {
        byte[] message;
        try {
            message = RawMessage.signal(destination, path, iface, member, signature, body);
        } catch (MarshalException e) {
            throw new IllegalArgumentException("the body is no '" + signature + "': " + e.getMessage(), e);
        }
        if (!transport.writeRaw(message)) {
            throw new BusException("the signal " + member + " was not sent: the connection to the bus has ended");
        }
    }

    /**
     * Runs {@code gone} when a name loses its owner, and at once (on another thread) when it has none now or cannot be watched.
     */
    public Registration onNameVanished(String name, Runnable gone) {
        return watches.onNameVanished(Names.requireBusName(name), gone);
    }

    /** Runs {@code lost} when a name of ours has gone to somebody else. Subscribe before {@link #requestName}. */
    public Registration onNameLost(String wellKnown, Runnable lost) {
        return watches.onNameLost(Names.requireBusName(wellKnown), lost);
    }

    /**
     * Subscribes to a signal. Signals come one at a time and in order; a subscriber more than 4096 behind loses some.
     *
     * @param sender a unique or well-known name; null for anybody. For a well-known name only its owner at the time is heard
     * @param path null for any
     */
    public Registration onSignal(
            @Nullable String sender,
            @Nullable String path,
            String iface,
            String member,
            Consumer<SignalReceived> consumer)
            throws BusException {
        return watches.onSignal(sender, path, iface, member, consumer);
    }

    /** Completes when the connection ends: normally after {@link #close}, exceptionally (IOException) when the bus went away. */
    public CompletableFuture<Void> disconnected() {
        return disconnected.copy();
    }

    /** Sends what has been queued and disconnects. The bus takes the names away and tells whoever watches them. */
    @Override
    public void close() {
        transport.close();
        finish(null);
    }

    List<Object> callBus(String member, String signature, Object... args) throws BusException {
        return call(BUS_NAME, BUS_PATH, BUS_NAME, member, signature, args);
    }

    /** Calls a method of the bus whose reply nobody needs. */
    void tellBus(String member, String signature, Object... args) {
        var _ = transport.write(marshal(() -> OutgoingMessage.call(
                transport.endian(), BUS_NAME, BUS_PATH, BUS_NAME, member, false, signature, Arrays.asList(args))));
    }

    private interface Marshalling {
        OutgoingMessage run() throws DBusException;
    }

    private static OutgoingMessage marshal(Marshalling marshalling) {
        try {
            return marshalling.run();
        } catch (DBusException e) {
            throw new IllegalArgumentException("the message cannot be written: " + e.getMessage(), e);
        }
    }

    /** On the reading thread. */
    private void received(Incoming incoming) throws DBusException {
        var descriptors = new ReceivedDescriptors(incoming.descriptors());
        try {
            if (incoming.isCall()) {
                dispatcher.accept(incoming, descriptors);
                return;
            }
            switch (incoming.toMessage()) {
                case MethodReturn reply -> pending.returned(reply);
                case org.freedesktop.dbus.messages.Error error -> pending.failed(error);
                case DBusSignal signal -> subscriptions.deliver(signal);
                default -> {}
            }
            descriptors.close();
        } catch (DBusException | RuntimeException e) {
            descriptors.close();
            throw e;
        }
    }

    private void lost(IOException cause) {
        finish(cause);
    }

    private void finish(@Nullable IOException cause) {
        pending.failAll(cause == null ? new IOException("the connection was closed") : cause);
        Thread.startVirtualThread(() -> {
            if (cause == null) {
                disconnected.complete(null);
            } else {
                disconnected.completeExceptionally(cause);
            }
        });
    }
}
