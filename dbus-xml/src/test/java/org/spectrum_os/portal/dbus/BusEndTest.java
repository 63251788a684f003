// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.dbus.testing.PrivateBus;

@Timeout(60)
class BusEndTest {
    @Test
    void whenTheBusDiesEverythingFailsAtOnce() throws Exception {
        try (var bus = PrivateBus.start();
                var server = BusConnection.connect(bus.address());
                var client = BusConnection.connect(bus.address())) {
            var entered = new CountDownLatch(1);
            var never = new CountDownLatch(1);
            server.export("/held", ExportedObject.of(new TestInterface().with("Hold", "", "", call -> {
                        entered.countDown();
                        try {
                            assertTrue(never.await(60, TimeUnit.SECONDS));
                        } catch (InterruptedException e) {
                            throw new AssertionError(e);
                        }
                        return Reply.empty();
                    })));
            var held = client.callAsync(
                    Duration.ofMinutes(10), server.uniqueName(), "/held", TestInterface.NAME, "Hold", "");
            assertTrue(entered.await(10, TimeUnit.SECONDS));
            var ended = client.disconnected();
            assertFalse(ended.isDone());
            bus.kill();
            var cause = assertThrows(ExecutionException.class, () -> ended.get(10, TimeUnit.SECONDS));
            assertInstanceOf(IOException.class, cause.getCause());
            var failure = assertThrows(ExecutionException.class, () -> held.get(10, TimeUnit.SECONDS));
            assertEquals(
                    ErrorNames.DISCONNECTED,
                    assertInstanceOf(CallFailedException.class, failure.getCause())
                            .name());
            var later = assertThrows(CallFailedException.class, () -> client.nameOwner("org.example.Late"));
            assertEquals(ErrorNames.DISCONNECTED, later.name());
            assertThrows(BusException.class, () -> client.emit(null, "/a", "org.example.I", "S", ""));
            var gone = new CountDownLatch(1);
            client.onNameVanished(":1.1", gone::countDown);
            assertTrue(gone.await(10, TimeUnit.SECONDS));
            never.countDown();
        }
    }

    @Test
    void closingEndsEverythingToo() throws Exception {
        try (var bus = PrivateBus.start();
                var server = BusConnection.connect(bus.address())) {
            var client = BusConnection.connect(bus.address());
            var entered = new CountDownLatch(1);
            var never = new CountDownLatch(1);
            server.export("/held", ExportedObject.of(new TestInterface().with("Hold", "", "", call -> {
                        entered.countDown();
                        try {
                            assertTrue(never.await(60, TimeUnit.SECONDS));
                        } catch (InterruptedException e) {
                            throw new AssertionError(e);
                        }
                        return Reply.empty();
                    })));
            var held = client.callAsync(
                    Duration.ofMinutes(10), server.uniqueName(), "/held", TestInterface.NAME, "Hold", "");
            assertTrue(entered.await(10, TimeUnit.SECONDS));
            client.close();
            client.close();
            assertDoesNotThrow(() -> client.disconnected().get(10, TimeUnit.SECONDS));
            assertThrows(ExecutionException.class, () -> held.get(10, TimeUnit.SECONDS));
            never.countDown();
        }
    }

    @Test
    void whatWasEmittedBeforeCloseArrives() throws Exception {
        try (var bus = PrivateBus.start();
                var watcher = BusConnection.connect(bus.address())) {
            var all = new CountDownLatch(500);
            try (var subscription = watcher.onSignal(null, "/a", "org.example.I", "S", signal -> all.countDown())) {
                try (var sender = BusConnection.connect(bus.address())) {
                    for (int i = 0; i < 500; i++) {
                        sender.emit(null, "/a", "org.example.I", "S", "i", i);
                    }
                }
                assertTrue(all.await(10, TimeUnit.SECONDS));
            }
        }
    }

    @Test
    void anAddressWhereNobodyListensIsSaidPlainly(@TempDir Path folder) {
        var failure =
                assertThrows(BusException.class, () -> BusConnection.connect("unix:path=" + folder.resolve("none")));
        assertTrue(String.valueOf(failure.getMessage()).contains("none"), failure.toString());
        assertThrows(BusException.class, () -> BusConnection.connect(""));
    }

    @Test
    void theSecondAddressIsTried(@TempDir Path folder) throws Exception {
        try (var bus = PrivateBus.start();
                var connection = BusConnection.connect("unix:path=" + folder.resolve("none") + ";" + bus.address())) {
            assertTrue(connection.uniqueName().startsWith(":"));
        }
    }
}
