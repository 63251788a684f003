// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.dbus.BusException;
import org.spectrum_os.portal.dbus.CallFailedException;
import org.spectrum_os.portal.dbus.testing.PrivateBus;

/**
 * The service is killed at random moments while it writes, again and again, over the same files ({@code -Dkill.rounds=N} for another number
 * of kills). What it acknowledged is there afterwards, and every entry is as one of the changes left it, never half.
 */
class KilledServiceTest {
    private static final int ROUNDS = Integer.getInteger("kill.rounds", 150);
    private static final int LANES = 2;
    private static final int ENTRIES = 12;
    private static final int IN_FLIGHT = 48;
    private static final int MOST_ACKNOWLEDGED = 150;
    private static final String TABLE = "killed";

    @TempDir
    private Path temporary;

    @Test
    void nothingAcknowledgedIsLostAndNothingIsHalf() throws Exception {
        var lanes = new ArrayList<Future<int[]>>();
        try (var executor = Executors.newFixedThreadPool(LANES)) {
            for (int lane = 0; lane < LANES; lane++) {
                var one = new Lane(temporary.resolve("lane" + lane), 7_000 + lane, ROUNDS / LANES);
                lanes.add(executor.submit(one::run));
            }
        }
        int kills = 0;
        int acknowledged = 0;
        int rewritten = 0;
        for (Future<int[]> lane : lanes) {
            kills += lane.get()[0];
            acknowledged += lane.get()[1];
            rewritten += lane.get()[2];
        }
        System.out.printf(
                "killed %d times, after %d acknowledged changes and %d rewrites of the store's file%n",
                kills, acknowledged, rewritten);
        assertEquals(ROUNDS / LANES * LANES, kills);
        assertTrue(acknowledged > kills && rewritten > 0, "the load was none");
    }

    /** What an entry may hold: the number in its value and in both its permissions; null when it is gone. */
    private record Content(@Nullable Integer number) {}

    /** One entry's changes in the order in which they were sent, and how many are acknowledged. */
    private static final class Sent {
        private final List<Content> contents = new ArrayList<>();
        private int acknowledged;

        synchronized int add(Content content) {
            contents.add(content);
            return contents.size();
        }

        synchronized void acknowledge(int index) {
            acknowledged = Math.max(acknowledged, index);
        }

        /** Whether it may be like this: as left by the last acknowledged change or by one after it. */
        synchronized boolean allows(Content content) {
            return contents.subList(Math.max(0, acknowledged - 1), contents.size())
                    .contains(content);
        }

        synchronized void settle(Content content) {
            contents.clear();
            contents.add(content);
            acknowledged = 1;
        }

        @Override
        public synchronized String toString() {
            return contents.subList(Math.max(0, acknowledged - 1), contents.size())
                    .toString();
        }
    }

    private static final class Lane {
        private final Path state;
        private final Random random;
        private final int rounds;
        private final Map<String, Sent> sent = new HashMap<>();
        private int number;

        Lane(Path state, long seed, int rounds) {
            this.state = state;
            this.random = new Random(seed);
            this.rounds = rounds;
            for (int i = 0; i < ENTRIES; i++) {
                sent.computeIfAbsent("entry" + i, _ -> new Sent()).settle(new Content(null));
            }
        }

        int[] run() throws Exception {
            int acknowledged = 0;
            int rewritten = 0;
            long store = 0;
            try (PrivateBus bus = PrivateBus.startWithoutServices()) {
                for (int round = 0; round < rounds; round++) {
                    try (var service = StoreProcess.start(bus, state);
                            var client = StoreClient.connect(bus)) {
                        check(client, round);
                        acknowledged += load(client, service);
                    }
                    long now = firstJournal(state);
                    rewritten += now > store ? 1 : 0;
                    store = now;
                }
                try (var service = StoreProcess.start(bus, state);
                        var client = StoreClient.connect(bus)) {
                    check(client, rounds);
                    assertEquals(0, service.terminate());
                }
            }
            try (Stream<Path> files = Files.list(state.resolve("host"))) {
                assertEquals(
                        List.of(),
                        files.filter(file -> file.getFileName().toString().startsWith("damaged"))
                                .toList(),
                        "a kill is no damage");
            }
            return new int[] {rounds, acknowledged, rewritten};
        }

        private static long firstJournal(Path state) throws Exception {
            String header =
                    Files.readAllLines(state.resolve("host/store.jsonl")).getFirst();
            return Long.parseLong(header.replaceAll(".*\"journal\":([0-9]+).*", "$1"));
        }

        private void check(StoreClient client, int round) throws BusException {
            for (var entry : sent.entrySet()) {
                Content found = content(client, entry.getKey());
                assertTrue(
                        entry.getValue().allows(found),
                        () -> "round " + round + ", " + state + ", " + entry.getKey() + ": " + found
                                + ", but sent were " + entry.getValue());
                entry.getValue().settle(found);
            }
        }

        private static Content content(StoreClient client, String id) throws BusException {
            try {
                StoreClient.Looked looked = client.lookup(TABLE, id);
                String number = String.valueOf(looked.data()).split(" ", 2)[0];
                assertEquals(
                        Map.of("org.example.One", List.of(number), "org.example.Two", List.of(number)),
                        looked.permissions(),
                        id + " is half changed");
                return new Content(Integer.valueOf(number));
            } catch (CallFailedException e) {
                assertTrue(e.name().endsWith("NotFound"), e.name());
                return new Content(null);
            }
        }

        /** Sends changes without waiting for one another, and kills the service after some of them. */
        private int load(StoreClient client, StoreProcess service) throws Exception {
            int enough = random.nextInt(MOST_ACKNOWLEDGED);
            var acknowledged = new AtomicInteger();
            var room = new Semaphore(IN_FLIGHT);
            var ended = new CompletableFuture<Void>();
            while (!ended.isDone()) {
                room.acquire();
                String id = "entry" + random.nextInt(ENTRIES);
                Sent entry = sent.getOrDefault(id, new Sent());
                boolean delete = random.nextInt(8) == 0;
                int change = ++number;
                int index = entry.add(new Content(delete ? null : change));
                CompletableFuture<List<Object>> reply =
                        delete ? client.send("Delete", TABLE, id) : set(client, id, change);
                var _ = reply.whenComplete((_, failure) -> {
                    // Nothing to delete is an answer as well.
                    if (failure == null || String.valueOf(failure).contains("No entry for")) {
                        entry.acknowledge(index);
                        if (acknowledged.incrementAndGet() == enough + 1) {
                            ended.complete(null);
                        }
                    }
                    room.release();
                });
            }
            service.kill();
            room.acquire(IN_FLIGHT);
            return acknowledged.get();
        }

        /** Now and then a large value, so that the store's file is rewritten often. */
        private CompletableFuture<List<Object>> set(StoreClient client, String id, int change) {
            String word = Integer.toString(change);
            String value = word + " " + "x".repeat(random.nextInt(10) == 0 ? 60_000 : 20);
            return client.send(
                    "Set",
                    TABLE,
                    true,
                    id,
                    Map.of("org.example.One", List.of(word), "org.example.Two", List.of(word)),
                    StoreClient.text(value));
        }
    }
}
