// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.spectrum_os.portal.dbus.testing.PrivateBus;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class BusNamesTest {
    private PrivateBus bus;
    private BusConnection watcher;

    @BeforeAll
    void start() throws Exception {
        bus = PrivateBus.start();
        watcher = BusConnection.connect(bus.address());
    }

    @AfterAll
    void stop() throws Exception {
        watcher.close();
        bus.close();
    }

    /** A moment in which nothing must arrive: a round trip through the same connections, after which it would have. */
    private static void settle(BusConnection... connections) throws BusException {
        for (BusConnection connection : connections) {
            connection.nameOwner("org.freedesktop.DBus");
        }
    }

    @Test
    void aNameHasOneOwner() throws Exception {
        String name = "org.spectrum_os.portal.TestOne";
        try (var first = BusConnection.connect(bus.address());
                var second = BusConnection.connect(bus.address())) {
            assertEquals(Optional.empty(), watcher.nameOwner(name));
            first.requestName(name, Set.of(NameFlag.DO_NOT_QUEUE));
            first.requestName(name, Set.of(NameFlag.DO_NOT_QUEUE));
            assertEquals(Optional.of(first.uniqueName()), watcher.nameOwner(name));
            var taken = assertThrows(
                    NameTakenException.class,
                    () -> second.requestName(name, Set.of(NameFlag.REPLACE_EXISTING, NameFlag.DO_NOT_QUEUE)));
            assertTrue(taken.toString().contains(name), taken.toString());
            // Without DO_NOT_QUEUE the bus would queue us; then the name must not come to us later.
            assertThrows(NameTakenException.class, () -> second.requestName(name, Set.of()));
            first.releaseName(name);
            assertEquals(Optional.empty(), watcher.nameOwner(name));
        }
    }

    @Test
    void theReplacedOwnerIsTold() throws Exception {
        String name = "org.spectrum_os.portal.TestReplaced";
        BlockingQueue<String> lost = new LinkedBlockingQueue<>();
        try (var first = BusConnection.connect(bus.address());
                var second = BusConnection.connect(bus.address());
                var subscription = first.onNameLost(name, () -> lost.add("lost"));
                var other = first.onNameLost("org.spectrum_os.portal.Other", () -> lost.add("other"))) {
            first.requestName(name, Set.of(NameFlag.ALLOW_REPLACEMENT, NameFlag.DO_NOT_QUEUE));
            // Anybody can address such a signal to us; only the bus may be believed.
            second.emit(first.uniqueName(), "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameLost", "s", name);
            settle(second, first);
            assertNull(lost.poll(200, TimeUnit.MILLISECONDS));
            second.requestName(name, Set.of(NameFlag.REPLACE_EXISTING, NameFlag.DO_NOT_QUEUE));
            assertEquals("lost", lost.poll(10, TimeUnit.SECONDS));
            assertEquals(Optional.of(second.uniqueName()), watcher.nameOwner(name));
            settle(first);
            assertNull(lost.poll());
        }
    }

    @Test
    void aKilledClientIsNoticed() throws Exception {
        BlockingQueue<String> gone = new LinkedBlockingQueue<>();
        BlockingQueue<String> joined = new LinkedBlockingQueue<>();
        try (var joining = watcher.onSignal(
                "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameOwnerChanged", signal -> {
                    if (signal.arguments().get(1).equals("")) {
                        joined.add((String) signal.arguments().getFirst());
                    }
                })) {
            Process client = bus.command("gdbus", "monitor", "--session", "--dest", "org.freedesktop.DBus")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                String name = joined.poll(10, TimeUnit.SECONDS);
                assertNotNull(name);
                try (var watch = watcher.onNameVanished(name, () -> gone.add(name))) {
                    settle(watcher);
                    assertNull(gone.poll(200, TimeUnit.MILLISECONDS));
                    client.destroyForcibly();
                    assertEquals(name, gone.poll(10, TimeUnit.SECONDS));
                }
            } finally {
                client.destroyForcibly().waitFor();
            }
        }
    }

    @Test
    void aNameThatIsGoneAlreadyCountsAsVanished() throws Exception {
        BlockingQueue<String> gone = new LinkedBlockingQueue<>();
        String name;
        try (var client = BusConnection.connect(bus.address())) {
            name = client.uniqueName();
            var gate = watcher.onNameVanished(name, () -> gone.add("first"));
            client.close();
            assertEquals("first", gone.poll(10, TimeUnit.SECONDS));
            gate.close();
        }
        try (var late = watcher.onNameVanished(name, () -> gone.add("late"))) {
            assertEquals("late", gone.poll(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void aClosedWatchIsSilent() throws Exception {
        BlockingQueue<String> gone = new LinkedBlockingQueue<>();
        var client = BusConnection.connect(bus.address());
        Registration silent = watcher.onNameVanished(client.uniqueName(), () -> gone.add("silent"));
        try (var heard = watcher.onNameVanished(client.uniqueName(), () -> gone.add("heard"))) {
            silent.close();
            client.close();
            assertEquals("heard", gone.poll(10, TimeUnit.SECONDS));
            settle(watcher);
            assertNull(gone.poll());
        }
    }

    @Test
    void signalsArriveInOrderAndFromTheRightSenderOnly() throws Exception {
        String name = "org.spectrum_os.portal.TestSignals";
        BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
        try (var owner = BusConnection.connect(bus.address());
                var stranger = BusConnection.connect(bus.address());
                var subscription = watcher.onSignal(
                        name, "/a", "org.spectrum_os.portal.S", "Count", signal -> heard.add(signal.arguments()))) {
            owner.requestName(name, Set.of(NameFlag.ALLOW_REPLACEMENT, NameFlag.DO_NOT_QUEUE));
            stranger.emit(watcher.uniqueName(), "/a", "org.spectrum_os.portal.S", "Count", "i", -1);
            settle(stranger);
            for (int i = 0; i < 1000; i++) {
                owner.emit(null, "/a", "org.spectrum_os.portal.S", "Count", "i", i);
            }
            owner.emit(null, "/b", "org.spectrum_os.portal.S", "Count", "i", -2);
            owner.emit(null, "/a", "org.spectrum_os.portal.S", "Other", "i", -3);
            List<Object> expected = new ArrayList<>();
            List<Object> got = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                expected.add(List.of(i));
                got.add(heard.poll(10, TimeUnit.SECONDS));
            }
            assertEquals(expected, got);
            stranger.requestName(name, Set.of(NameFlag.REPLACE_EXISTING, NameFlag.DO_NOT_QUEUE));
            owner.emit(watcher.uniqueName(), "/a", "org.spectrum_os.portal.S", "Count", "i", -4);
            settle(owner);
            stranger.emit(null, "/a", "org.spectrum_os.portal.S", "Count", "i", 1000);
            assertEquals(List.of(1000), heard.poll(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void aUnicastSignalReachesOneConnectionOnly() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        try (var sender = BusConnection.connect(bus.address());
                var other = BusConnection.connect(bus.address());
                var mine = watcher.onSignal(
                        sender.uniqueName(), null, "org.spectrum_os.portal.S", "One", signal -> heard.add("mine"));
                var others = other.onSignal(
                        sender.uniqueName(), null, "org.spectrum_os.portal.S", "One", signal -> heard.add("other"))) {
            sender.emit(watcher.uniqueName(), "/a", "org.spectrum_os.portal.S", "One", "");
            assertEquals("mine", heard.poll(10, TimeUnit.SECONDS));
            settle(sender, other);
            assertNull(heard.poll(200, TimeUnit.MILLISECONDS));
        }
    }

    @Test
    void nobodyAnswersInAnothersName() throws Exception {
        var failed = assertThrows(
                CallFailedException.class,
                () -> watcher.call("org.spectrum_os.portal.Nobody", "/", "org.freedesktop.DBus.Peer", "Ping", ""));
        assertEquals(ErrorNames.SERVICE_UNKNOWN, failed.name());
    }
}
