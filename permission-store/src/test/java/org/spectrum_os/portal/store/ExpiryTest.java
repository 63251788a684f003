// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExpiryTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    private Path folder;

    private final FakeTime time = new FakeTime();
    private final List<String> ended = Collections.synchronizedList(new ArrayList<>());

    private Store open() throws IOException {
        Store store = Store.open(folder, time, Store.OnLastEnd.KEEP_ENTRY);
        store.addListener((change, done) -> {
            if (done.ended() != null) {
                ended.add(change.id() + " " + done.ended().why());
            }
        });
        return store;
    }

    private void allow(Store store, String id, End end) {
        assertInstanceOf(
                Outcome.Done.class,
                store.apply(new Change.SetPermission("t", true, id, "app", List.of("yes"), end, "because")));
    }

    private End in(Duration span) {
        return new End.At(time.now().plus(span));
    }

    private static boolean allowed(Store store, String id) {
        return store.entry("t", id)
                .map(entry -> entry.permissions().get("app") != null)
                .orElse(false);
    }

    /** What the timer submitted is written when a later change is. */
    private static void settle(Store store) {
        var _ = store.apply(new Change.Delete("nothing", "there"));
    }

    @Test
    void itEndsAtItsTimeAndSaysSo() throws IOException {
        try (Store store = open()) {
            allow(store, "i", in(HOUR));
            time.pass(HOUR.minusMillis(1));
            assertTrue(allowed(store, "i"));
            time.pass(Duration.ofMillis(1));
            assertFalse(allowed(store, "i"), "at once, not when the disk is ready");
            settle(store);
            assertEquals(List.of("i expired"), ended);
            assertEquals(List.of("i"), store.ids("t"), "the entry stays");
        }
        try (Store store = open()) {
            assertFalse(allowed(store, "i"));
            assertEquals(0, time.alarms(), "nothing is left to wait for");
        }
    }

    @Test
    void aSuspendedMachineFindsOutWhenItWakes() throws IOException {
        try (Store store = open()) {
            allow(store, "i", in(HOUR));
            time.pass(Duration.ofMinutes(10));
            time.suspend(Duration.ofMinutes(50));
            assertFalse(allowed(store, "i"), "for whoever asks, at once");
            time.pass(Deadlines.LOOK);
            settle(store);
            assertEquals(List.of("i expired"), ended);
        }
    }

    @Test
    void aClockSetBackMakesNothingLastLonger() throws IOException {
        try (Store store = open()) {
            allow(store, "i", in(HOUR));
            time.setClock(time.now().minus(Duration.ofDays(2)));
            time.pass(HOUR.minusSeconds(1));
            assertTrue(allowed(store, "i"));
            time.pass(Duration.ofSeconds(1));
            assertFalse(allowed(store, "i"));
            settle(store);
            assertEquals(List.of("i expired"), ended);
        }
    }

    @Test
    void aClockSetBackWhileASuspensionLastsNeither() throws IOException {
        try (Store store = open()) {
            allow(store, "i", in(HOUR));
            time.suspend(Duration.ofMinutes(61));
            time.setClock(time.now().minus(Duration.ofDays(2)));
            assertFalse(allowed(store, "i"));
        }
    }

    @Test
    void aClockSetForwardEndsThingsAndSettingItBackRevivesNone() throws IOException {
        try (Store store = open()) {
            allow(store, "i", in(HOUR));
            time.setClock(time.now().plus(Duration.ofDays(365)));
            assertFalse(allowed(store, "i"));
            time.pass(Deadlines.LOOK);
            settle(store);
            time.setClock(time.now().minus(Duration.ofDays(365)));
            assertFalse(allowed(store, "i"));
        }
    }

    @Test
    void itEndsWhileNobodyIsThere() throws IOException {
        try (Store store = open()) {
            allow(store, "short", in(Duration.ofMinutes(5)));
            allow(store, "long", in(HOUR));
        }
        time.reboot(time.now().plus(Duration.ofMinutes(30)));
        try (Store store = open()) {
            assertFalse(allowed(store, "short"));
            assertTrue(allowed(store, "long"));
            time.pass(Duration.ofMinutes(30));
            settle(store);
            assertFalse(allowed(store, "long"));
            assertEquals(List.of("short expired", "long expired"), ended);
        }
    }

    @Test
    void aClockSetBackOverARestartGivesNoMoreThanWhatWasLeft() throws IOException {
        try (Store store = open()) {
            allow(store, "i", in(HOUR));
            time.pass(Duration.ofMinutes(40));
            allow(store, "other", new End.Never());
        }
        time.reboot(time.now().minus(Duration.ofDays(30)));
        try (Store store = open()) {
            assertTrue(allowed(store, "i"));
            time.pass(Duration.ofMinutes(20));
            assertFalse(allowed(store, "i"), "the last line says that twenty minutes were left");
        }
    }

    @Test
    void anEarlierEndSetLaterCounts() throws IOException {
        try (Store store = open()) {
            allow(store, "i", in(HOUR));
            allow(store, "i", in(Duration.ofMinutes(1)));
            allow(store, "j", in(Duration.ofMinutes(1)));
            allow(store, "j", in(HOUR));
            allow(store, "k", in(Duration.ofMinutes(1)));
            allow(store, "k", new End.Never());
            time.pass(Duration.ofMinutes(1));
            settle(store);
            assertEquals(List.of("i expired"), ended);
            assertTrue(allowed(store, "j") && allowed(store, "k"));
        }
    }

    @Test
    void usesAreCountedOnTheDiskAndTheLastOneEndsIt() throws IOException {
        try (Store store = open()) {
            allow(store, "i", new End.Uses(2));
            assertInstanceOf(Outcome.Done.class, store.apply(new Change.Use("t", "i", "app")));
        }
        try (Store store = open()) {
            Permission left = store.entry("t", "i").orElseThrow().permissions().get("app");
            assertEquals(1, Objects.requireNonNull(left).uses());
            assertInstanceOf(Outcome.Done.class, store.apply(new Change.Use("t", "i", "app")));
            assertEquals(List.of("i used-up"), ended);
            assertInstanceOf(Outcome.Refused.class, store.apply(new Change.Use("t", "i", "app")));
        }
    }

    @Test
    void whatIsOverCannotBeUsed() throws IOException {
        try (Store store = open()) {
            allow(store, "i", in(HOUR));
            time.suspend(HOUR);
            assertInstanceOf(Outcome.Refused.class, store.apply(new Change.Use("t", "i", "app")));
        }
    }

    @Test
    void nothingEndsBeforeItsTimeByTheTimersDoing() throws IOException {
        try (Store store = open()) {
            allow(store, "i", in(HOUR));
            Outcome early = store.apply(new Change.Finish("t", "i", "app", EndReason.EXPIRED, true));
            assertEquals(new Outcome.Refused(Change.Refusal.NOT_OVER), early);
        }
    }

    @Test
    void anEntryMadeForOnePermissionGoesWithIt() throws IOException {
        try (Store store = Store.open(folder, time, Store.OnLastEnd.DROP_ENTRY)) {
            allow(store, "i", in(HOUR));
            time.pass(HOUR);
            settle(store);
            assertEquals(List.of(), store.ids("t"));
        }
    }

    /** Whoever sets a permission anew just before the old one's time is over has the new one. */
    @Test
    void theEndOfAReplacedPermissionDoesNotEndTheOneThatReplacedIt() throws Exception {
        try (Store store = open()) {
            allow(store, "i", in(HOUR));
            var held = new CountDownLatch(1);
            var release = new CountDownLatch(1);
            store.submit(
                    new Change.SetPermission("t", true, "other", "app", List.of(), new End.Never(), ""), outcome -> {
                        held.countDown();
                        awaitQuietly(release);
                    });
            held.await();
            // Both wait for the disk now, and will be in one batch.
            var replaced = new CompletableFuture<Outcome>();
            store.submit(
                    new Change.SetPermission("t", true, "i", "app", List.of("yes"), new End.Never(), ""),
                    replaced::complete);
            time.pass(HOUR);
            release.countDown();
            assertInstanceOf(Outcome.Done.class, replaced.join());
            settle(store);
            assertTrue(allowed(store, "i"), "it was acknowledged, and nobody has ended it");
            assertEquals(List.of(), ended);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Many permissions that end at a time cost no more to open than many others: their deadlines are set together. */
    @Test
    void manyDeadlinesAreLookedAtTogether() throws IOException {
        int many = 5_000;
        var clock = new CountingTime(time);
        try (Store store = Store.open(folder, clock, Store.OnLastEnd.KEEP_ENTRY)) {
            for (int i = 0; i < many; i++) {
                store.submit(
                        new Change.SetPermission("t", true, "i" + i, "app", List.of("yes"), in(HOUR), ""), _ -> {});
            }
            settle(store);
            assertEquals(many, store.ids("t").size());
        }
        clock.looks.set(0);
        try (Store store = Store.open(folder, clock, Store.OnLastEnd.KEEP_ENTRY)) {
            assertTrue(clock.looks.get() <= 2 * many, "opening looked at the clock " + clock.looks + " times");
            clock.looks.set(0);
            time.pass(Deadlines.LOOK);
            assertTrue(clock.looks.get() <= 10, "a look at all looked at the clock " + clock.looks + " times");
            assertTrue(allowed(store, "i0"));
        }
    }

    /** Reading the machine's clock since boot is a system call or more. */
    private static final class CountingTime implements StoreTime {
        private final StoreTime time;
        private final AtomicInteger looks = new AtomicInteger();

        CountingTime(StoreTime time) {
            this.time = time;
        }

        @Override
        public Instant now() {
            return time.now();
        }

        @Override
        public Duration sinceBoot() {
            looks.incrementAndGet();
            return time.sinceBoot();
        }

        @Override
        public Alarm after(Duration delay, Runnable task) {
            return time.after(delay, task);
        }
    }

    /** A clock that goes on by a millisecond whenever somebody looks. */
    private static final class CreepingTime implements StoreTime {
        private Instant now = Instant.parse("2026-03-01T12:00:00Z");
        private Duration delay = Duration.ZERO;
        private Runnable task = () -> {};

        @Override
        public synchronized Instant now() {
            Instant seen = now;
            now = now.plusMillis(1);
            return seen;
        }

        @Override
        public Duration sinceBoot() {
            return HOUR;
        }

        @Override
        public synchronized Alarm after(Duration when, Runnable what) {
            delay = when;
            task = what;
            return () -> {};
        }

        private synchronized void set(Instant to) {
            now = to;
        }
    }

    /** Not over when the timer looked, over a moment later: that must not wait for the next round. */
    @Test
    void whatComesDueWhileTheTimerLooksIsNotForgotten() throws Exception {
        var creeping = new CreepingTime();
        Instant end = Instant.parse("2026-03-01T12:00:03Z");
        try (Store store = Store.open(folder, creeping, Store.OnLastEnd.KEEP_ENTRY)) {
            allow(store, "a", new End.At(end));
            creeping.set(end.minusMillis(1));
            creeping.task.run();
            assertTrue(creeping.delay.compareTo(Duration.ofMillis(10)) < 0, "looks again after " + creeping.delay);
        }
    }
}
