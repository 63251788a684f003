// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.service;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.freedesktop.dbus.types.Variant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.dbus.Variants;
import org.spectrum_os.portal.dbus.iface.Permissions1;
import org.spectrum_os.portal.dbus.testing.PrivateBus;

/** Callers who are many, hasty, gone, or have much to say. */
class ManyCallersTest {
    private static final String ADDED = "SetPermissionWithTerms";

    @TempDir
    private Path folder;

    private final PrivateBus bus;
    private final StoreClient client;

    ManyCallersTest() throws Exception {
        bus = PrivateBus.start();
        client = StoreClient.connect(bus);
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        bus.close();
    }

    private StoreProcess start() throws IOException {
        return StoreProcess.start(bus, folder);
    }

    @Test
    void whatOneCallerSendsIsDoneInItsOrder() throws Exception {
        try (var _ = start()) {
            var changes = client.changes();
            var replies = new ArrayList<CompletableFuture<List<Object>>>();
            for (int i = 0; i < 1000; i++) {
                replies.add(
                        client.send("Set", "t", true, "id", Map.of("app", List.of("" + i)), StoreClient.text("" + i)));
                replies.add(client.send("Delete", "t", "id"));
            }
            for (var reply : replies) {
                reply.get(1, TimeUnit.MINUTES);
            }
            assertTrue(client.error("Lookup", "t", "id").contains("NotFound"));
            for (int i = 0; i < 2000; i++) {
                assertEquals(i % 2 == 1, StoreClient.next(changes).arguments().get(2));
            }
        }
    }

    @Test
    void aCallerThatVanishesHarmsNobody() throws Exception {
        try (var store = start()) {
            for (int round = 0; round < 20; round++) {
                try (var hasty = StoreClient.connect(bus)) {
                    for (int i = 0; i < 200; i++) {
                        var _ = hasty.send("SetPermission", "t", true, "id-" + i, "app", List.of("" + round));
                        var _ = hasty.send("Lookup", "t", "id-" + i);
                    }
                }
                client.allow("t", "mine", "app", "yes");
            }
            assertEquals(List.of("yes"), client.strings("GetPermission", "t", "mine", "app"));
            assertTrue(store.handle().isAlive());
        }
    }

    @Test
    void aThousandCallersAtOnce() throws Exception {
        var callers = new ArrayList<StoreClient>();
        try (var _ = start()) {
            for (int i = 0; i < 1000; i++) {
                callers.add(StoreClient.connect(bus));
            }
            var replies = new ArrayList<CompletableFuture<?>>();
            for (int i = 0; i < callers.size(); i++) {
                StoreClient caller = callers.get(i);
                String id = "id-" + i;
                replies.add(caller.send("SetPermission", "t", true, id, "app", List.of(id))
                        .thenCompose(_ -> caller.send("GetPermission", "t", id, "app"))
                        .thenAccept(reply -> assertEquals(List.of(List.of(id)), reply)));
            }
            for (var reply : replies) {
                reply.get(1, TimeUnit.MINUTES);
            }
            assertEquals(1000, client.strings("List", "t").size());
        } finally {
            callers.forEach(StoreClient::close);
        }
    }

    @Test
    void valuesAsDeepAsTheBusAllows() throws Exception {
        // The variant that Set takes is the first level, and 64 are what the bus takes.
        Variant<?> deep = StoreClient.text("deepest");
        for (int i = 0; i < 62; i++) {
            deep = Variants.of("v", deep);
        }
        String arrays = "a".repeat(32) + "y";
        try (var store = start()) {
            client.call("Set", "t", true, "deep", Map.of(), deep);
            client.call("Set", "t", true, "arrays", Map.of(), Variants.of(arrays, List.of()));
            store.kill();
        }
        try (var _ = start()) {
            Object found = client.lookup("t", "deep").data();
            int levels = 0;
            while (found instanceof Variant<?> variant) {
                found = variant.getValue();
                levels++;
            }
            assertEquals("deepest", found);
            assertEquals(62, levels);
            assertEquals(arrays, client.lookup("t", "arrays").type());
        }
    }

    @Test
    void aMegabyteComesBackAsItWas() throws Exception {
        byte[] megabyte = new byte[1 << 20];
        new Random(1).nextBytes(megabyte);
        String[] words = new String[20_000];
        for (int i = 0; i < words.length; i++) {
            words[i] = "permission number " + i + ", of many";
        }
        try (var store = start()) {
            var changes = client.changes();
            client.call("Set", "t", true, "id", Map.of("app", List.of(words)), Variants.of("ay", megabyte));
            assertArrayEquals(megabyte, (byte[])
                    ((Variant<?>) StoreClient.next(changes).arguments().get(3)).getValue());
            store.kill();
        }
        try (var _ = start()) {
            var found = client.lookup("t", "id");
            assertArrayEquals(megabyte, (byte[]) found.data());
            assertEquals(Map.of("app", List.of(words)), found.permissions());
        }
    }

    @Test
    void whatIsTooLargeIsRefusedAndChangesNothing() throws Exception {
        try (var _ = start()) {
            client.allow("t", "id", "app", "yes");
            String large = foreign("v.new_from_bytes(GLib.VariantType('ay'), GLib.Bytes.new(bytes(20971521)), True)");
            assertTrue(large.contains("org.freedesktop.DBus.Error.LimitsExceeded") && large.contains("20 MiB"), large);
            String descriptor = foreign("v('(sv)', ('x', v('h', 0)))");
            assertTrue(descriptor.contains("org.freedesktop.DBus.Error.InvalidArgs"), descriptor);
            assertEquals(List.of("yes"), client.strings("GetPermission", "t", "id", "app"));
            assertEquals("done\n", foreign("v('s', 'small')"));
        }
    }

    /** A call of Set by GLib's D-Bus, which sends what our own does not. */
    private String foreign(String data) throws Exception {
        return bus.run("/usr/bin/python3", "-c", """
                from gi.repository import Gio, GLib
                v = GLib.Variant
                bus = Gio.bus_get_sync(Gio.BusType.SESSION)
                name = "org.freedesktop.impl.portal.PermissionStore"
                try:
                    bus.call_sync(name, "/org/freedesktop/impl/portal/PermissionStore", name, "Set",
                                  v.new_tuple(v("s", "t"), v("b", True), v("s", "id"), v("a{sas}", {}), v.new_variant(%s)), None, 0, 60000, None)
                    print("done")
                except GLib.Error as e:
                    print(e.message)
                """.formatted(data)).output();
    }

    @Test
    void usesAreCountedAndTheLastOneEndsIt() throws Exception {
        try (var _ = start()) {
            var ends = client.signals(Permissions1.NAME, Permissions1.Ended.MEMBER);
            client.terms(
                    ADDED, "sbssasa{sv}", "t", true, "id", "app", List.of("yes"), Map.of("uses", Variants.of("t", 2)));
            assertEquals("1", "" + client.terms("Use", "sss", "t", "id", "app").getFirst());
            assertEquals("0", "" + client.terms("Use", "sss", "t", "id", "app").getFirst());
            assertEquals(
                    List.of("t", "id", "app", "used-up"), StoreClient.next(ends).arguments());
            assertEquals(List.of(), client.strings("GetPermission", "t", "id", "app"));
            client.allow("t", "id", "app", "yes");
            assertEquals(
                    "18446744073709551615",
                    "" + client.terms("Use", "sss", "t", "id", "app").getFirst());
        }
    }

    @Test
    void termsThatAreNoneAreRefused() throws Exception {
        var wrong = List.of(
                Map.of("for-seconds", Variants.of("t", 0)),
                Map.of("for-seconds", Variants.of("u", 5)),
                Map.of("for-seconds", Variants.of("t", 315_360_001)),
                Map.of("uses", Variants.of("t", 0)),
                Map.of("uses", Variants.of("t", 1_000_001)),
                Map.of("until", Variants.of("t", -1L >>> 1)),
                Map.of("uses", Variants.of("t", 1), "until", Variants.of("t", 1)),
                Map.of("reason", StoreClient.text("x".repeat(1025))),
                Map.of("colour", StoreClient.text("blue")));
        try (var _ = start()) {
            for (var terms : wrong) {
                var failure = org.junit.jupiter.api.Assertions.assertThrows(
                        org.spectrum_os.portal.dbus.CallFailedException.class,
                        () -> client.terms(ADDED, "sbssasa{sv}", "t", true, "id", "app", List.of("yes"), terms));
                assertEquals("org.freedesktop.DBus.Error.InvalidArgs", failure.name(), terms.toString());
            }
            assertEquals(List.of(), client.strings("List", "t"));
            client.terms(
                    ADDED,
                    "sbssasa{sv}",
                    "t",
                    true,
                    "id",
                    "app",
                    List.of("yes"),
                    Map.of("until", Variants.of("t", 4_000_000_000L), "reason", StoreClient.text("because")));
            var apps = (Map<?, ?>) client.terms("Describe", "ss", "t", "id").getFirst();
            var details = (Map<?, ?>) Objects.requireNonNull(apps.get("app"));
            var shown = new java.util.TreeMap<String, Object>();
            details.forEach((key, value) -> shown.put((String) key, ((Variant<?>) value).getValue()));
            assertEquals("2096-10-02T07:06:40Z", shown.get("until"));
            assertEquals("because", shown.get("reason"));
            assertEquals("at", shown.get("end"));
            assertEquals(List.of("yes"), shown.get("access"));
            assertEquals(List.of("t"), client.terms("ListTables", "").getFirst());
        }
    }
}
