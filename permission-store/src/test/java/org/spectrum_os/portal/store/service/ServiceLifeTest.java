// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.dbus.testing.PrivateBus;

/** How the service begins, gives way, and ends. */
class ServiceLifeTest {
    @TempDir
    private Path folder;

    private final PrivateBus bus;
    private final StoreClient client;

    ServiceLifeTest() throws Exception {
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

    @Test
    void theStockServiceGivesWayToOurs() throws Exception {
        try (var stock = StoreProcess.startStock(bus, folder);
                var ours = StoreProcess.start(bus, state(), "--replace")) {
            stock.await();
            assertEquals(ours.handle().pid(), client.owner());
            client.allow("t", "id", "app", "yes");
        }
    }

    @Test
    void oursGivesWayToTheStockServiceAndHasWrittenAll() throws Exception {
        try (var ours = StoreProcess.start(bus, state())) {
            client.allow("t", "id", "app", "yes");
            try (var _ = StoreProcess.startStock(bus, folder, "--replace")) {
                assertEquals(0, ours.await(), ours.log());
            }
        }
        try (var _ = StoreProcess.start(bus, state())) {
            assertEquals(List.of("yes"), client.strings("GetPermission", "t", "id", "app"));
        }
    }

    @Test
    void oursReplacesOursUnderLoadAndNothingAcknowledgedIsLost() throws Exception {
        var acknowledged = new ArrayList<String>();
        var answers = new ArrayList<CompletableFuture<List<Object>>>();
        var underWay = new Semaphore(200);
        var enough = new AtomicBoolean();
        var services = new ArrayList<StoreProcess>();
        services.add(StoreProcess.start(bus, state()));
        Thread load = Thread.startVirtualThread(() -> {
            for (int i = 0; !enough.get(); i++) {
                String id = "id-" + i;
                underWay.acquireUninterruptibly();
                answers.add(client.send("SetPermission", "t", true, id, "app", List.of("yes"))
                        .whenComplete((_, failure) -> {
                            underWay.release();
                            if (failure == null) {
                                synchronized (acknowledged) {
                                    acknowledged.add(id);
                                }
                            }
                        }));
            }
        });
        for (int i = 0; i < 4; i++) {
            services.add(StoreProcess.start(bus, state(), "--replace"));
            assertEquals(0, services.get(i).await(), services.get(i).log());
        }
        enough.set(true);
        load.join();
        for (var answer : answers) {
            // Whoever asked while one left and the next came was not turned away.
            answer.get(1, TimeUnit.MINUTES);
        }
        services.getLast().kill();
        try (var _ = StoreProcess.start(bus, state())) {
            var left = client.strings("List", "t");
            assertTrue(acknowledged.size() > 100, "only " + acknowledged.size() + " writes were made");
            acknowledged.removeAll(java.util.Set.copyOf(left));
            assertEquals(List.of(), acknowledged);
        }
    }

    @Test
    void oneOfTwoThatStartAtOnceSaysWhoRuns() throws Exception {
        try (var first = StoreProcess.launch(bus, state());
                var second = StoreProcess.launch(bus, state())) {
            var ended = CompletableFuture.anyOf(
                    first.handle().onExit(), second.handle().onExit());
            ended.get(1, TimeUnit.MINUTES);
            StoreProcess loser = first.handle().isAlive() ? second : first;
            StoreProcess winner = loser == first ? second : first;
            assertEquals(1, loser.await());
            assertTrue(
                    loser.log()
                            .contains("running already: process "
                                    + winner.handle().pid() + " (java)"),
                    loser.log());
            winner.awaitServing();
            client.allow("t", "id", "app", "yes");
        }
    }

    @Test
    void aStoreThatIsServedOnAnotherBusIsLeftAlone() throws Exception {
        try (var first = StoreProcess.start(bus, state());
                var other = PrivateBus.start();
                var second = StoreProcess.launch(other, state())) {
            assertEquals(1, second.await());
            assertTrue(
                    second.log().contains("in use by process " + first.handle().pid()), second.log());
        }
    }

    @Test
    void toldToEndItWritesWhatItHasBeenAskedAnswersAndSaysSuccess() throws Exception {
        var failed = new AtomicInteger();
        var answers = new ArrayList<CompletableFuture<?>>();
        try (var store = StoreProcess.start(bus, state())) {
            for (int i = 0; i < 5000; i++) {
                answers.add(client.send("SetPermission", "t", true, "id-" + i, "app", List.of("yes"))
                        .handle((_, failure) -> failure == null ? 0 : failed.incrementAndGet()));
            }
            client.call("List", "t");
            assertEquals(0, store.terminate(), store.log());
            answers.forEach(CompletableFuture::join);
            assertEquals(0, failed.get());
        }
        try (var _ = StoreProcess.start(bus, state())) {
            assertEquals(5000, client.strings("List", "t").size());
        }
    }

    @Test
    void withoutItsBusItEndsQuietly() throws Exception {
        try (var gone = PrivateBus.start();
                var store = StoreProcess.start(gone, state())) {
            gone.kill();
            assertEquals(0, store.await(), store.log());
            assertFalse(store.log().matches("(?s).*(WARNING|SEVERE|Exception).*"), store.log());
        }
    }

    @Test
    void theBusStartsItWhenSomebodyCalls() throws Exception {
        Path services = Files.createDirectory(folder.resolve("services"));
        Path program = folder.resolve("bin");
        Files.createDirectory(program);
        Path script = Files.writeString(
                program.resolve("spectrum-permission-store"),
                "#!/bin/sh\nexport XDG_STATE_HOME='" + folder + "'\nexec " + String.join(" ", StoreProcess.command())
                        + " \"$@\" 2>'" + folder.resolve("log") + "'\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        String template =
                Files.readString(Path.of("src/main/dist/org.freedesktop.impl.portal.PermissionStore.service.in"));
        Files.writeString(
                services.resolve("org.freedesktop.impl.portal.PermissionStore.service"),
                template.replace("@bindir@", program.toString()));
        Path config = Files.writeString(folder.resolve("bus.conf"), """
                <busconfig><type>session</type><listen>unix:path=%s/bus</listen><servicedir>%s</servicedir>
                <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
                </busconfig>
                """.formatted(folder, services));
        Process daemon = bus.command("dbus-daemon", "--nofork", "--print-address=1", "--config-file=" + config)
                .start();
        try {
            String address = daemon.inputReader().readLine();
            var called = bus.command(
                    "gdbus",
                    "call",
                    "--session",
                    "--timeout",
                    "60",
                    "--dest",
                    PermissionStoreFace.NAME,
                    "--object-path",
                    PermissionStoreFace.PATH,
                    "--method",
                    PermissionStoreFace.NAME + ".SetPermission",
                    "t",
                    "true",
                    "id",
                    "app",
                    "['yes']");
            called.environment().put("DBUS_SESSION_BUS_ADDRESS", address);
            Process call = called.redirectErrorStream(true).start();
            String said = new String(call.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            assertEquals("()\n", said);
            assertTrue(Files.exists(folder.resolve("spectrum-portal/host/store.jsonl")));
        } finally {
            daemon.destroy();
            daemon.waitFor();
        }
    }

    @Test
    void aStateFolderThatCannotBeWrittenIsASentence() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");
        try (var store = StoreProcess.launch(bus, file)) {
            assertEquals(1, store.await());
            assertTrue(store.log().contains("not started: the store in " + file), store.log());
            assertFalse(store.log().contains("\tat "), store.log());
        }
        try (var store = StoreProcess.launch(bus, Path.of("/proc/1/nowhere"))) {
            assertEquals(1, store.await());
            assertTrue(store.log().contains("cannot be opened: /proc/1/nowhere"), store.log());
        }
    }

    @Test
    void callsThatComeBeforeTheStoreIsOpenAreAnswered() throws Exception {
        // Whoever has the lock keeps it for a while, as an old service that writes its last changes.
        Path host = Files.createDirectories(state().resolve("host"));
        try (var channel = java.nio.channels.FileChannel.open(
                        host.resolve("lock"),
                        java.nio.file.StandardOpenOption.CREATE,
                        java.nio.file.StandardOpenOption.WRITE);
                var lock = channel.lock();
                var store = StoreProcess.launch(bus, state())) {
            client.awaitOwner(store.handle().pid());
            var set = client.send("SetPermission", "t", true, "id", "app", List.of("yes"));
            var list = client.send("List", "t");
            client.bus().call(PermissionStoreFace.NAME, "/", "org.freedesktop.DBus.Peer", "Ping", "");
            assertFalse(set.isDone() || list.isDone());
            lock.release();
            assertEquals(List.of(), set.get(1, TimeUnit.MINUTES));
            assertEquals(1, list.get(1, TimeUnit.MINUTES).size());
            assertEquals(Map.of("app", List.of("yes")), client.lookup("t", "id").permissions());
        }
    }
}
