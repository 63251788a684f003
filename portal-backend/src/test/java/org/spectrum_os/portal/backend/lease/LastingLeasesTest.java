// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.clearInvocations;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doCallRealMethod;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.spy;
import static org.mockito.Mockito.timeout;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mockito.invocation.InvocationOnMock;
import org.spectrum_os.portal.store.End;
import org.spectrum_os.portal.store.EndReason;
import org.spectrum_os.portal.store.audit.AuditBook;
import org.spectrum_os.portal.store.lease.Lease;
import org.spectrum_os.portal.store.lease.Leases;

/** Leases that end at a time, or not by themselves: over restarts, at their time, and when the disk is full. */
class LastingLeasesTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final End SOON = new End.At(NOW.plusSeconds(60));
    private static final long PATIENCE = 20_000;

    @TempDir
    Path folder;

    private final HandTime time = new HandTime(NOW);
    private final ExecutorService executor = Executors.newSingleThreadExecutor();
    private final Delivery delivery = mock();
    private Effect effect = mock();
    private LeaseTable.Listener listener = mock();
    private AuditBook audit;
    private Leases store;
    private LeaseTable table;
    private boolean policyAllows = true;

    @BeforeEach
    void open() throws Exception {
        audit = AuditBook.open(folder, time::now);
        store = spy(Leases.open(folder, List.of("mail", "web"), time));
        effect = mock();
        doAnswer(LastingLeasesTest::asItWas).when(effect).restore(any());
        listener = mock();
        table = new LeaseTable(store, audit, effect, _ -> policyAllows, executor, time);
        table.addListener(listener);
    }

    @AfterEach
    void close() throws Exception {
        store.close();
        audit.close();
        executor.shutdown();
    }

    private static HostEntries asItWas(InvocationOnMock call) {
        return HostEntries.of(call.<Lease>getArgument(0).resource()).orElseThrow();
    }

    /** As after kill -9, as far as the files go. */
    private void startAnew() throws Exception {
        store.close();
        audit.close();
        open();
        table.restore();
    }

    private Lease grant(String instance, String path, End end) throws IOException {
        var what = HostEntries.of(Path.of(path), HostEntry.Kind.FILE, new HostEntry.Node(1, 2));
        return table.grant(new Grant(instance, what, Access.READ, "Attach", "1", end), delivery);
    }

    /** Until what it was given before is done; that a thing was called can be seen while it still goes on. */
    private void awaitExecutor() throws Exception {
        executor.submit(() -> {}).get(PATIENCE, TimeUnit.MILLISECONDS);
    }

    private String log() throws IOException {
        return Files.readString(folder.resolve("mail/audit.jsonl"));
    }

    @Test
    void whatLastsIsInForceAgain() throws Exception {
        Lease timed = grant("mail", "/a", SOON);
        Lease always = grant("mail", "/b", new End.Never());
        grant("mail", "/c", new End.InstanceStops());
        startAnew();
        assertEquals(List.of(timed, always), sorted(table.list()));
        verify(effect).restore(timed);
        verify(effect).restore(always);
        assertTrue(log().contains("\"why\":\"backend-stopped\""), log());
        assertTrue(log().contains("\"event\":\"restored\""), log());
        verify(effect, never()).end(any());
        startAnew();
        assertEquals(List.of(timed, always), sorted(table.list()));
    }

    private static List<Lease> sorted(List<Lease> leases) {
        return leases.stream()
                .sorted(java.util.Comparator.comparing(lease -> lease.resource().name()))
                .toList();
    }

    @Test
    void anOrderedStopEndsOnlyWhatDoesNotLast() throws Exception {
        Lease kept = grant("mail", "/a", SOON);
        Lease lost = grant("mail", "/b", new End.InstanceStops());
        table.close();
        verify(effect).end(lost);
        verify(effect, never()).end(kept);
        assertEquals(List.of(kept), store.all());
    }

    @Test
    void theStopOfItsVmEndsNothingThatLasts() throws Exception {
        Lease kept = grant("mail", "/a", SOON);
        grant("mail", "/b", new End.InstanceStops());
        table.instanceStopped("mail");
        assertEquals(List.of(kept), table.list());
    }

    @Test
    void atItsTimeTheEffectEndsBeforeAnybodyHearsOfIt() throws Exception {
        Lease lease = grant("mail", "/a", SOON);
        time.pass(Duration.ofSeconds(61));
        verify(listener, timeout(PATIENCE)).ended(lease, EndReason.EXPIRED);
        var order = inOrder(effect, listener);
        order.verify(effect).end(lease);
        order.verify(listener).ended(lease, EndReason.EXPIRED);
        assertEquals(List.of(), table.list());
        assertTrue(log().contains("\"why\":\"expired\""), log());
    }

    @Test
    void whatExpiredWhileNothingRanIsOverAndOnRecord() throws Exception {
        Lease lease = grant("mail", "/a", SOON);
        store.close();
        audit.close();
        time.pass(Duration.ofSeconds(61));
        open();
        table.restore();
        assertEquals(List.of(), table.list());
        verify(effect, never()).restore(any());
        time.pass(Duration.ofSeconds(10));
        verify(listener, timeout(PATIENCE)).ended(lease, EndReason.EXPIRED);
        assertTrue(log().contains("\"why\":\"expired\""), log());
    }

    @Test
    void whatEndsJustWhenItsTimeComesIsToldOnce() throws Exception {
        Lease lease = grant("mail", "/a", SOON);
        // At the same moment as the store, so that one of them comes too late.
        var revocation = time.after(Duration.ofSeconds(60), () -> table.end(lease.name(), EndReason.REVOKED));
        assertNotNull(revocation);
        time.pass(Duration.ofSeconds(61));
        Lease next = grant("mail", "/b", new End.At(time.now().plusSeconds(60)));
        time.pass(Duration.ofSeconds(61));
        verify(listener, timeout(PATIENCE)).ended(next, EndReason.EXPIRED);
        verify(effect).end(lease);
        assertEquals(
                1,
                log().split("\"event\":\"ended\",\"instance\":\"mail\",\"lease\":\"" + lease.name(), -1).length - 1,
                log());
    }

    @Test
    void aFileThatIsGoneEndsItsLease() throws Exception {
        Lease lease = grant("mail", "/a", SOON);
        store.close();
        audit.close();
        open();
        doThrow(new ResourceGoneException("another file")).when(effect).restore(any());
        table.restore();
        assertEquals(List.of(), table.list());
        assertEquals(List.of(), store.all());
        verify(listener).ended(lease, EndReason.RESOURCE_GONE);
    }

    @Test
    void whatThePolicyDeniesByNowEnds() throws Exception {
        Lease lease = grant("mail", "/a", new End.Never());
        policyAllows = false;
        startAnew();
        assertEquals(List.of(), table.list());
        verify(effect, never()).restore(any());
        verify(listener).ended(lease, EndReason.POLICY_CHANGED);
        policyAllows = true;
        startAnew();
        assertEquals(List.of(), table.list());
    }

    @Test
    void whatCannotBeServedJustNowIsNotInForceButCanBeEnded() throws Exception {
        Lease kept = grant("mail", "/a", new End.Never());
        grant("mail", "/b", new End.InstanceStops());
        clearInvocations(effect);
        table.filesLost(_ -> true);
        assertEquals(List.of(), table.list());
        assertEquals(List.of(kept), store.all());
        verify(effect, never()).end(any());
        assertTrue(log().contains("file-server-lost"), log());
        doThrow(new IOException("no server")).when(effect).restore(any());
        table.restore();
        assertEquals(List.of(), table.list());
        doCallRealMethod().when(store).end(any(), any());
        doAnswer(LastingLeasesTest::asItWas).when(effect).restore(any());
        table.restore();
        assertEquals(List.of(kept), table.list());
        table.filesLost(_ -> true);
        assertEquals(kept, table.end(kept.name(), EndReason.REVOKED).orElseThrow());
        verify(effect, never()).end(any());
        assertEquals(List.of(), store.all());
    }

    @Test
    void anEqualRequestExtendsTheLease() throws Exception {
        Lease first = grant("mail", "/a", SOON);
        Lease second = grant("mail", "/a", new End.At(NOW.plusSeconds(90)));
        assertEquals(first.name(), second.name());
        assertEquals(List.of(second), table.list());
        verify(listener).granted(second);
        assertEquals(second, grant("mail", "/a", SOON), "an earlier end shortens nothing");
        time.pass(Duration.ofSeconds(61));
        assertEquals(List.of(second), store.all());
        Lease always = grant("mail", "/a", new End.Never());
        assertEquals(first.name(), always.name());
        assertEquals(new End.Never(), store.all().getFirst().end());
    }

    /** Neither end is the later one, so none can stand for both. */
    @Test
    void aLeaseUntilTheVmStopsAndOneForATimeStandBesideEachOther() throws Exception {
        Lease timed = grant("mail", "/a", SOON);
        Lease other = grant("mail", "/a", new End.InstanceStops());
        assertNotEquals(timed.name(), other.name());
        table.instanceStopped("mail");
        assertEquals(List.of(timed), table.list());
    }

    @Test
    void anEndThatCannotBeWrittenIsCarriedOutAndWrittenLater() throws Exception {
        Lease lease = grant("mail", "/a", new End.Never());
        doThrow(new IOException("no space left")).when(store).end(any(), any());
        assertEquals(lease, table.end(lease.name(), EndReason.REVOKED).orElseThrow());
        verify(effect).end(lease);
        verify(listener).ended(lease, EndReason.REVOKED);
        assertEquals(List.of(), table.list());
        table.restore();
        verify(effect, never()).restore(any());
        time.pass(UnwrittenEnds.AGAIN);
        awaitExecutor();
        verify(store, times(2)).end(lease.name(), EndReason.REVOKED);
        assertEquals(List.of(), table.list());
        assertEquals(List.of(lease), store.all());
        doCallRealMethod().when(store).end(any(), any());
        time.pass(UnwrittenEnds.AGAIN);
        awaitExecutor();
        verify(store, times(3)).end(lease.name(), EndReason.REVOKED);
        assertEquals(List.of(), table.list());
        assertEquals(List.of(), store.all());
        startAnew();
        assertEquals(List.of(), table.list());
    }

    @Test
    void whatWasRevokedIsNotLentAnewAsItsEndIsWrittenDownWhileOthersComeBack() throws Exception {
        Lease kept = grant("mail", "/a", new End.Never());
        Lease revoked = grant("mail", "/b", new End.Never());
        doThrow(new IOException("no space left")).when(store).end(any(), any());
        table.end(revoked.name(), EndReason.REVOKED);
        doCallRealMethod().when(store).end(any(), any());
        table.filesLost(_ -> true);
        doAnswer(call -> {
                    time.pass(UnwrittenEnds.AGAIN);
                    awaitExecutor();
                    assertEquals(List.of(kept), store.all());
                    return asItWas(call);
                })
                .when(effect)
                .restore(any());
        table.restoreFiles();
        verify(effect).restore(kept);
        verify(effect, never()).restore(revoked);
        assertEquals(List.of(kept), table.list());
    }

    @Test
    void anEndThatCouldNotBeWrittenIsTriedBeforeTheNextGrant() throws Exception {
        Lease lease = grant("mail", "/a", new End.Never());
        doThrow(new IOException("no space left")).when(store).end(any(), any());
        table.end(lease.name(), EndReason.REVOKED);
        doCallRealMethod().when(store).end(any(), any());
        Lease next = grant("mail", "/a", new End.Never());
        assertNotEquals(lease.name(), next.name());
        assertEquals(List.of(next), store.all());
    }

    @Test
    void aLockedStoreConcernsItsInstanceOnlyAndIsOpenedWhenItIsFree() throws Exception {
        Lease kept = grant("mail", "/a", new End.Never());
        Lease other = grant("web", "/a", new End.Never());
        store.close();
        audit.close();
        try (var lock = FileChannel.open(folder.resolve("mail/lock"), StandardOpenOption.WRITE);
                var held = lock.tryLock()) {
            assertTrue(held.isValid());
            open();
            table.restore();
            assertEquals(List.of(other), table.list());
            var error = assertThrows(IOException.class, () -> grant("mail", "/b", new End.Never()));
            assertTrue(String.valueOf(error.getMessage()).contains("in use"), error.getMessage());
        }
        grant("mail", "/b", new End.Never());
        assertEquals(3, table.list().size());
        verify(effect).restore(kept);
    }

    /** Nothing waits for the table on the store's thread: else a grant and an expiry at one moment would wait for each other. */
    @Test
    void grantsAndExpiriesDoNotWaitForEachOther() throws Exception {
        for (int i = 0; i < 50; i++) {
            grant("mail", "/f" + i, new End.At(time.now().plusMillis(5)));
            time.pass(Duration.ofMillis(3));
        }
        time.pass(Duration.ofSeconds(10));
        verify(listener, timeout(PATIENCE).times(50)).ended(any(), org.mockito.ArgumentMatchers.eq(EndReason.EXPIRED));
        assertEquals(List.of(), table.list());
    }

    /** What stands for an instance is its folder alone. */
    @Test
    void aCopiedFolderBringsTheInstancesLeases(@TempDir Path elsewhere) throws Exception {
        Lease lease = grant("mail", "/a", new End.Never());
        grant("web", "/a", new End.Never());
        Path copy = Files.createDirectories(elsewhere.resolve("mail"));
        try (var files = Files.list(folder.resolve("mail"))) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        store.close();
        audit.close();
        folder = elsewhere;
        open();
        table.restore();
        assertEquals(List.of(lease), table.list());
    }

    @Test
    void aCompanionThatIsGoneStaysOut() throws Exception {
        var chosen = new HostEntry("film.mkv", HostEntry.Kind.FILE, new HostEntry.Node(1, 2));
        var titles = new HostEntry("film.srt", HostEntry.Kind.FILE, new HostEntry.Node(1, 3));
        var both = new HostEntries(Path.of("/v"), List.of(chosen, titles));
        var left = new HostEntries(Path.of("/v"), List.of(chosen));
        Lease lease = table.grant(new Grant("mail", both, Access.READ, "", "1", new End.Never()), delivery);
        store.close();
        audit.close();
        open();
        doAnswer(_ -> left).when(effect).restore(any());
        table.restore();
        assertEquals(left, HostEntries.of(table.list().getFirst().resource()).orElseThrow());
        startAnew();
        assertEquals(lease.name(), table.list().getFirst().name());
        assertEquals(left, HostEntries.of(table.list().getFirst().resource()).orElseThrow());
    }

    @Test
    void anotherPolicyEndsWhatItDoesNotAllow() throws Exception {
        Lease gone = grant("mail", "/a", new End.Never());
        Lease kept = grant("web", "/a", new End.Never());
        Lease asleep = grant("mail", "/b", new End.Never());
        table.filesLost(_ -> true);
        doThrow(new IOException("no server")).when(effect).restore(asleep);
        table.restore();
        table.policyChanged(lease -> lease.owner().equals("web"));
        verify(effect).end(gone);
        verify(listener).ended(gone, EndReason.POLICY_CHANGED);
        verify(listener).ended(asleep, EndReason.POLICY_CHANGED);
        assertEquals(List.of(kept), table.list());
        assertEquals(List.of(kept), store.all());
        assertThrows(IOException.class, () -> grant("mail", "/a", new End.Never()));
        table.policyChanged(_ -> true);
        assertEquals("a", grant("mail", "/a", new End.Never()).name().substring(0, 1));
    }
}
