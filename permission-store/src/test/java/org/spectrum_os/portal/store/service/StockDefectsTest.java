// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.dbus.Variants;
import org.spectrum_os.portal.dbus.iface.Permissions1;
import org.spectrum_os.portal.dbus.testing.PrivateBus;

/** What was measured to be wrong with the stock service (1.16.0 and 1.22.1), one test each: ours does it right. */
class StockDefectsTest {
    private static final String NOT_FOUND = "org.freedesktop.portal.Error.NotFound";
    private static final String FAILED = "org.freedesktop.portal.Error.Failed";

    @TempDir
    private Path folder;

    private final PrivateBus bus;
    private final StoreClient client;

    StockDefectsTest() throws Exception {
        bus = PrivateBus.start();
        client = StoreClient.connect(bus);
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        bus.close();
    }

    private Path state() {
        return folder.resolve("state");
    }

    private StoreProcess start() throws IOException {
        return StoreProcess.start(bus, state());
    }

    private static Set<String> names(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            return files.map(file -> folder.relativize(file).toString()).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    @Test
    void a_emptyAndForeignFilesAreSetAsideAndTheStoreWorks() throws Exception {
        byte[] foreign = {1, 2, 3, '\n', 0};
        for (byte[] content : List.of(new byte[0], foreign)) {
            Path host = Files.createDirectories(state()).resolve("host");
            Files.createDirectories(host);
            Files.write(host.resolve("store.jsonl"), content);
            try (var store = start()) {
                client.allow("t", "id", "app", "yes");
                assertEquals(List.of("yes"), client.strings("GetPermission", "t", "id", "app"));
                assertTrue(store.log().contains("store.jsonl could not be read"), store.log());
            }
            try (var files = Files.list(host)) {
                Path kept = files.filter(file -> file.getFileName().toString().startsWith("damaged-"))
                        .findFirst()
                        .orElseThrow();
                assertEquals(content.length, Files.size(kept));
                Files.delete(kept);
            }
        }
    }

    @Test
    void b_theFirstEntryOfATableOutlivesACrashRightAfterItsReply() throws Exception {
        for (int i = 0; i < 3; i++) {
            try (var store = start()) {
                client.allow("new table " + i, "id", "app", "yes");
                store.kill();
            }
        }
        try (var store = start()) {
            for (int i = 0; i < 3; i++) {
                assertEquals(List.of("yes"), client.strings("GetPermission", "new table " + i, "id", "app"));
            }
            assertFalse(store.log().contains("damaged"), store.log());
        }
    }

    @Test
    void c_aChangeWritesAsMuchAsItChanges() throws Exception {
        try (var _ = start()) {
            client.allowMany("t", 10_000);
            long before = size();
            client.allow("t", "id-77", "org.example.App", "no");
            assertTrue(size() - before < 1000, size() - before + " bytes were written for one change");
        }
    }

    private long size() throws IOException {
        long sum = 0;
        try (var files = Files.list(state().resolve("host"))) {
            for (Path file : (Iterable<Path>) files::iterator) {
                sum += Files.size(file);
            }
        }
        return sum;
    }

    @Test
    void d_memoryStaysWhereItIsWhileMuchIsWritten() throws Exception {
        try (var store = start()) {
            client.allowMany("t", 10_000);
            client.allowMany("t", 10_000);
            long before = memory(store);
            for (int i = 0; i < 5; i++) {
                client.allowMany("t", 10_000);
            }
            long grown = memory(store) - before;
            assertTrue(grown < 100_000, "it has grown by " + grown + " kB in 50 000 writes");
        }
    }

    private static long memory(StoreProcess store) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + store.handle().pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void e_aFailedWriteIsSeenByNobodyAndHarmsNothing() throws Exception {
        String large = "x".repeat(200_000);
        try (var store = StoreProcess.startLimited(bus, state(), 128)) {
            client.allow("t", "small", "app", "yes");
            var changes = client.changes();
            for (int i = 0; i < 3; i++) {
                String error = client.error("SetPermission", "t", true, "large", large, List.of("yes"));
                assertTrue(error.startsWith(FAILED) && error.contains("cannot write to"), error);
                assertTrue(client.error("Lookup", "t", "large").startsWith(NOT_FOUND));
            }
            client.allow("t", "small", "app2", "yes");
            assertEquals("small", StoreClient.next(changes).arguments().get(1), "the first that anybody heard of");
            assertTrue(store.handle().isAlive());
            assertEquals(List.of("small"), client.strings("List", "t"));
        }
        try (var _ = start()) {
            assertEquals(
                    Map.of("app", List.of("yes"), "app2", List.of("yes")),
                    client.lookup("t", "small").permissions());
        }
    }

    @Test
    void f_namesNeverBecomePaths() throws Exception {
        try (var _ = start()) {
            client.allow("t", "id", "app", "yes");
            Set<String> before = names(folder);
            for (String name :
                    List.of("../evil", "/", "..", ".", "", "a/b", "/tmp/evil", "lock", "x\ny", "n".repeat(300))) {
                client.allow(name, name, name, name);
                assertEquals(
                        Map.of(name, List.of(name)), client.lookup(name, name).permissions());
            }
            assertEquals(before, names(folder));
        }
    }

    @Test
    void g_longIdsStayWhole() throws Exception {
        String id = "l\u00f6ng".repeat(14_000);
        try (var _ = start()) {
            client.allow("t", id, "app", "yes");
        }
        try (var _ = start()) {
            assertEquals(List.of(id), client.strings("List", "t"));
            assertEquals(List.of("yes"), client.strings("GetPermission", "t", id, "app"));
        }
    }

    @Test
    void h_theLastApplicationGoesWithoutAWordInTheLog() throws Exception {
        try (var store = start()) {
            client.allow("t", "id", "app", "yes");
            String before = store.log();
            client.call("DeletePermission", "t", "id", "app");
            var left = client.lookup("t", "id");
            assertEquals(Map.of(), left.permissions());
            assertEquals("y", left.type());
            assertEquals(before, store.log());
        }
    }

    @Test
    void i_permissionsHaveTimesAndEndsAndCanBeListedAndRevoked() throws Exception {
        try (var _ = start()) {
            var ends = client.signals(Permissions1.NAME, Permissions1.Ended.MEMBER);
            var changes = client.changes();
            client.terms(
                    "SetPermissionWithTerms",
                    Permissions1.SetPermissionWithTerms.SIGNATURE,
                    "t",
                    true,
                    "short",
                    "app",
                    List.of("yes"),
                    Map.of("for-seconds", Variants.of("t", 1)));
            assertEquals(
                    Map.of("app", List.of("yes")), client.lookup("t", "short").permissions());
            client.allow("t", "long", "app", "yes");
            client.allow("u", "long", "other", "yes");
            assertEquals(
                    List.of("t", "short", "app", "expired"),
                    StoreClient.next(ends).arguments());
            assertEquals(Map.of(), client.lookup("t", "short").permissions());
            for (String id : List.of("short", "long", "long", "short")) {
                assertEquals(id, StoreClient.next(changes).arguments().get(1));
            }
            assertEquals(1, ((List<?>) client.terms("ListByApp", "s", "app").getFirst()).size());
            assertEquals(1L, ((Number) client.terms("RevokeApp", "s", "app").getFirst()).longValue());
            assertEquals(
                    List.of("t", "long", "app", "revoked"),
                    StoreClient.next(ends).arguments());
            assertEquals(List.of(), client.strings("GetPermission", "t", "long", "app"));
            assertEquals(List.of("yes"), client.strings("GetPermission", "u", "long", "other"));
            assertNull(ends.poll(100, TimeUnit.MILLISECONDS));
        }
    }
}
