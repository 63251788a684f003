// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.service;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.freedesktop.dbus.types.Variant;
import org.junit.jupiter.api.Assertions;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.BusException;
import org.spectrum_os.portal.dbus.CallFailedException;
import org.spectrum_os.portal.dbus.SignalReceived;
import org.spectrum_os.portal.dbus.Variants;
import org.spectrum_os.portal.dbus.iface.PermissionStoreBackend;
import org.spectrum_os.portal.dbus.iface.Permissions1;
import org.spectrum_os.portal.dbus.testing.PrivateBus;

/** Somebody on the bus who calls the permission store, whichever it is. */
final class StoreClient implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String BUS = "org.freedesktop.DBus";

    private final BusConnection bus;

    private StoreClient(BusConnection bus) {
        this.bus = bus;
    }

    static StoreClient connect(PrivateBus bus) throws BusException {
        return new StoreClient(BusConnection.connect(bus.address()));
    }

    /** One entry as Lookup tells it. */
    record Looked(Map<String, List<String>> permissions, String type, Object data) {}

    BusConnection bus() {
        return bus;
    }

    private static String signature(String member) {
        return switch (member) {
            case "Lookup", "Delete" -> "ss";
            case "List" -> "s";
            case "GetPermission", "DeletePermission" -> "sss";
            case "Set" -> "sbsa{sas}v";
            case "SetValue" -> "sbsv";
            case "SetPermission" -> "sbssas";
            default -> throw new IllegalArgumentException(member);
        };
    }

    CompletableFuture<List<Object>> send(String member, Object... arguments) {
        return bus.callAsync(
                PATIENCE,
                PermissionStoreFace.NAME,
                PermissionStoreFace.PATH,
                PermissionStoreBackend.NAME,
                member,
                signature(member),
                arguments);
    }

    List<Object> call(String member, Object... arguments) throws BusException {
        return bus.call(
                PermissionStoreFace.NAME,
                PermissionStoreFace.PATH,
                PermissionStoreBackend.NAME,
                member,
                signature(member),
                arguments);
    }

    List<Object> terms(String member, String signature, Object... arguments) throws BusException {
        return bus.call(
                PermissionStoreFace.NAME, PermissionStoreFace.PATH, Permissions1.NAME, member, signature, arguments);
    }

    /** Sets a permission in a new or old entry. */
    void allow(String table, String id, String app, String... access) throws BusException {
        call("SetPermission", table, true, id, app, List.of(access));
    }

    @SuppressWarnings("unchecked") // its signature says so
    Looked lookup(String table, String id) throws BusException {
        List<Object> reply = call("Lookup", table, id);
        Variant<?> data = (Variant<?>) reply.get(1);
        return new Looked((Map<String, List<String>>) reply.get(0), data.getSig(), data.getValue());
    }

    @SuppressWarnings("unchecked") // its signature says so
    List<String> strings(String member, Object... arguments) throws BusException {
        return (List<String>) call(member, arguments).getFirst();
    }

    /** The error that a call ends with. */
    String error(String member, Object... arguments) {
        CallFailedException failure =
                assertThrows(CallFailedException.class, () -> call(member, arguments), "it was not refused");
        return failure.name() + ": " + failure.getMessage();
    }

    static Variant<?> text(String text) {
        return Variants.of("s", text);
    }

    /** What the store has said of changes since this was made, in order. */
    LinkedBlockingQueue<SignalReceived> signals(String iface, String member) throws BusException {
        var queue = new LinkedBlockingQueue<SignalReceived>();
        var _ = bus.onSignal(null, PermissionStoreFace.PATH, iface, member, queue::add);
        return queue;
    }

    LinkedBlockingQueue<SignalReceived> changes() throws BusException {
        return signals(PermissionStoreBackend.NAME, PermissionStoreBackend.Changed.MEMBER);
    }

    static SignalReceived next(LinkedBlockingQueue<SignalReceived> signals) throws InterruptedException {
        SignalReceived signal = signals.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        return signal == null ? Assertions.fail("no signal came") : signal;
    }

    /** Waits until a process owns the store's name. */
    void awaitOwner(long pid) throws BusException, InterruptedException {
        var owners = new LinkedBlockingQueue<SignalReceived>();
        try (var _ = bus.onSignal(BUS, null, BUS, "NameOwnerChanged", owners::add)) {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (owner() != pid) {
                assertTrue(System.nanoTime() < deadline, "process " + pid + " does not take the name");
                var _ = owners.poll(1, TimeUnit.SECONDS);
            }
        }
    }

    /** The process that owns the store's name; -1 if none. */
    long owner() {
        return SessionBus.owner(bus).orElse(-1);
    }

    /** Many permissions, with many calls under way. */
    void allowMany(String table, int count) {
        var replies = new ArrayList<CompletableFuture<List<Object>>>();
        for (int i = 0; i < count; i++) {
            replies.add(send("SetPermission", table, true, "id-" + i, "org.example.App", List.of("yes")));
            if (replies.size() == 2000) {
                replies.forEach(CompletableFuture::join);
                replies.clear();
            }
        }
        replies.forEach(CompletableFuture::join);
    }

    @Override
    public void close() {
        bus.close();
    }
}
