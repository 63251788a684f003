// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.dbus.CallFailedException;
import org.spectrum_os.portal.dbus.testing.PrivateBus;

/** A disk that is full: a file system of two megabytes, in a mount namespace of the service's own. */
class FullDiskTest {
    private static final String TABLE = "full";
    private static final int VALUE = 20_000;
    private static final int DISK = 2 << 20;

    @TempDir
    private Path temporary;

    @Test
    void aFullDiskIsAnErrorToTheCallerAndLosesNothing() throws Exception {
        Path disk = Files.createDirectory(temporary.resolve("disk"));
        Path copy = temporary.resolve("copy");
        var stored = new TreeMap<String, String>();
        try (PrivateBus bus = PrivateBus.startWithoutServices();
                var service = StoreProcess.startOnSmallDisk(bus, disk, "2m", 300);
                var client = StoreClient.connect(bus)) {
            var changes = client.changes();
            CallFailedException refused = null;
            for (int i = 0; refused == null; i++) {
                assertTrue(i * VALUE < 4 << 20, "the disk does not fill");
                String id = "entry" + i;
                String value = i + " " + "x".repeat(VALUE);
                try {
                    client.call("SetValue", TABLE, true, id, StoreClient.text(value));
                    stored.put(id, value);
                    assertEquals(id, StoreClient.next(changes).arguments().get(1));
                } catch (CallFailedException e) {
                    refused = e;
                }
            }
            assertEquals("org.freedesktop.portal.Error.Failed", refused.name());
            assertTrue(String.valueOf(refused.getMessage()).contains("No space left"), refused.getMessage());
            assertStored(client, stored);
            // A second failure, and a replacement that can never fit: what was there stays.
            assertThrows(
                    CallFailedException.class,
                    () -> client.call("SetValue", TABLE, true, "entry0", StoreClient.text("y".repeat(DISK))));
            assertStored(client, stored);
            assertNull(changes.poll(), "what failed was told");

            Path inside = Path.of("/proc/" + service.handle().pid() + "/root" + disk);
            Files.delete(inside.resolve("ballast"));
            // The store's file may just be being rewritten, into the room that there is.
            awaitRoom(client);
            stored.put("later", "fits");
            for (int i = 0; i < 8; i++) {
                client.call("SetValue", TABLE, true, "entry" + i, StoreClient.text("short"));
                stored.put("entry" + i, "short");
            }
            assertStored(client, stored);
            Files.createDirectories(copy.resolve("host"));
            try (Stream<Path> files = Files.list(inside.resolve("state/host"))) {
                for (Path file : files.toList()) {
                    Files.copy(
                            file,
                            copy.resolve("host").resolve(file.getFileName().toString()));
                }
            }
        }
        try (PrivateBus bus = PrivateBus.startWithoutServices();
                var service = StoreProcess.start(bus, copy);
                var client = StoreClient.connect(bus)) {
            assertStored(client, stored);
            assertEquals(0, service.terminate());
        }
    }

    private static void awaitRoom(StoreClient client) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (true) {
            try {
                client.call("SetValue", TABLE, true, "later", StoreClient.text("fits"));
                return;
            } catch (CallFailedException e) {
                assertTrue(System.nanoTime() < deadline, String.valueOf(e.getMessage()));
            }
        }
    }

    private static void assertStored(StoreClient client, Map<String, String> stored) throws Exception {
        assertEquals(
                List.copyOf(stored.keySet()),
                client.strings("List", TABLE).stream().sorted().toList());
        for (var entry : stored.entrySet()) {
            assertEquals(entry.getValue(), client.lookup(TABLE, entry.getKey()).data());
        }
    }
}
