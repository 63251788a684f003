// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.lease;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.store.End;
import org.spectrum_os.portal.store.EndReason;
import org.spectrum_os.portal.store.audit.AuditBook;
import org.spectrum_os.portal.store.lease.Lease;
import org.spectrum_os.portal.store.lease.Leases;

class LeaseTableTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final UsbLoan STICK = new UsbLoan(
            UsbIdentity.of("1-2.3", 0x0781, 0x5580, "A1", List.of(new UsbInterfaceCode(8, 6, 0x50))), "Stick", false);

    @TempDir
    Path folder;

    private final Effect effect = mock();
    private final LeaseTable.Listener listener = mock();
    private final Delivery delivery = mock();
    private AuditBook audit;
    private Leases store;
    private LeaseTable table;

    @BeforeEach
    void open() throws Exception {
        audit = AuditBook.open(folder, InstantSource.fixed(NOW));
        var time = new HandTime(NOW);
        store = Leases.open(folder, List.of(), time);
        table = new LeaseTable(store, audit, effect, _ -> true, Runnable::run, time);
        table.addListener(listener);
    }

    @AfterEach
    void close() throws Exception {
        store.close();
        audit.close();
    }

    private static HostEntries file(String path) {
        return HostEntries.of(Path.of(path), HostEntry.Kind.FILE, new HostEntry.Node(1, path.hashCode()));
    }

    private Lease grant(String instance, String path) throws IOException {
        return table.grant(
                new Grant(instance, file(path), Access.READ, "Attach", "1", new End.InstanceStops()), delivery);
    }

    private String log() throws IOException {
        return Files.readString(folder.resolve("mail/audit.jsonl"));
    }

    @Test
    void aLeaseSaysWhoWhatWhyAndUntilWhen() throws Exception {
        Lease lease = grant("mail", "/home/u/report.pdf");
        assertEquals("mail", lease.owner());
        assertEquals(
                file("/home/u/report.pdf"), HostEntries.of(lease.resource()).orElseThrow());
        assertEquals(new End.InstanceStops(), lease.end());
        assertEquals(Optional.of(lease), store.find(lease.name()));
        assertEquals(NOW, lease.created());
        assertTrue(lease.name().matches("report-[a-z2-9]{4}"), lease.name());
        assertEquals(List.of(lease), table.list());
        verify(listener).granted(lease);
    }

    @Test
    void isWrittenDownBeforeItIsDelivered() throws Exception {
        table.grant(
                new Grant("mail", file("/a"), Access.READ, "", "1", new End.InstanceStops()),
                lease -> assertTrue(log().contains(lease.name())));
    }

    @Test
    void whatCannotBeWrittenDownIsNotDelivered() throws Exception {
        audit.close();
        assertThrows(IOException.class, () -> grant("mail", "/a"));
        verify(delivery, never()).deliver(any());
        assertEquals(List.of(), table.list());
        assertEquals(List.of(), store.all());
    }

    @Test
    void whatCannotBeDeliveredIsNoLease() throws Exception {
        doThrow(new IOException("full")).when(delivery).deliver(any());
        assertThrows(IOException.class, () -> grant("mail", "/a"));
        assertEquals(List.of(), table.list());
        assertEquals(List.of(), store.all());
        assertTrue(log().contains("grant-failed"));
        verify(listener, never()).granted(any());
    }

    @Test
    void theSameFileKeepsItsPlace() throws Exception {
        Lease first = grant("mail", "/a");
        assertEquals(first, grant("mail", "/a"));
        assertNotEquals(first.name(), grant("web", "/a").name());
        assertEquals(2, table.list().size());
    }

    @Test
    void aLeaseGivenBackEndsWithItsLastGrant() throws Exception {
        Lease lease = grant("mail", "/a");
        grant("mail", "/a");
        table.giveBack(lease, EndReason.UNCLAIMED);
        assertEquals(List.of(lease), table.list());
        table.giveBack(lease, EndReason.UNCLAIMED);
        assertEquals(List.of(), table.list());
        verify(effect).end(lease);
        table.giveBack(lease, EndReason.UNCLAIMED);
        verify(listener).ended(lease, EndReason.UNCLAIMED);
    }

    private static void assertWaits(Thread thread) {
        while (thread.getState() != Thread.State.WAITING) {
            assertTrue(thread.isAlive(), "it did not wait");
            Thread.onSpinWait();
        }
    }

    /** Such as a VM that does not answer, or a guest that takes no reply. */
    @Test
    void whoIsSlowHoldsUpNobodyElse() throws Exception {
        var slow = new CountDownLatch(1);
        var waiting = new CountDownLatch(1);
        Lease mails = grant("mail", "/a");
        doAnswer(_ -> {
                    waiting.countDown();
                    slow.await();
                    return null;
                })
                .when(effect)
                .end(mails);
        Thread ending = Thread.ofPlatform().start(() -> table.end(mails.name(), EndReason.REVOKED));
        waiting.await();
        Lease webs = grant("web", "/b");
        table.used(webs.name());
        assertEquals(
                Optional.of(webs.name()),
                table.end(webs.name(), EndReason.REVOKED).map(Lease::name));
        // Its own instance waits, so that it gets nothing while it is losing something.
        Thread granting = Thread.ofPlatform().start(() -> assertDoesNotThrow(() -> grant("mail", "/c")));
        assertWaits(granting);
        slow.countDown();
        ending.join();
        granting.join();
        assertEquals(List.of("mail"), table.list().stream().map(Lease::owner).toList());
    }

    private Grant grantOf(Lent what) {
        return new Grant("mail", what, List.of("attach"), "", "1", new End.InstanceStops());
    }

    private Lease grantKey() throws IOException {
        var key = new KeyLoan("0123456789ABCDEF0123456789ABCDEF01234567", KeyUse.SIGN, true);
        return table.grant(new Grant("mail", key, List.of("sign"), "", "1", new End.Uses(3)), delivery);
    }

    /** Attaching a device, and taking it back, wait for a VM's monitor, which a guest can have take its time. */
    @Test
    void aDeviceHoldsUpNoFileAndNoKeyOfItsInstance() throws Exception {
        var slow = new CompletableFuture<Void>();
        var waiting = new CountDownLatch(1);
        Lease file = grant("mail", "/a");
        Lease key = grantKey();
        var attached = new CompletableFuture<Lease>();
        Thread attaching = Thread.ofPlatform()
                .start(() -> assertDoesNotThrow(() -> attached.complete(table.grant(grantOf(STICK), _ -> {
                    waiting.countDown();
                    slow.join();
                }))));
        waiting.await();

        assertTrue(table.spend(key.name()));
        table.used(file.name());
        Lease another = grant("mail", "/b");
        assertEquals(
                Optional.of(file.name()),
                table.end(file.name(), EndReason.REVOKED).map(Lease::name));
        verify(effect).end(any());
        table.instanceStopped("mail");
        assertEquals(List.of(), table.list());
        assertEquals(Optional.empty(), table.end(another.name(), EndReason.REVOKED));

        // What ends by the policy: files and keys at once, the device when it is attached.
        Lease last = grant("mail", "/c");
        var ended = new CountDownLatch(1);
        doAnswer(_ -> {
                    ended.countDown();
                    return null;
                })
                .when(effect)
                .end(last);
        Thread changing = Thread.ofPlatform().start(() -> table.policyChanged(_ -> false));
        ended.await();
        // Nor does what was lent before come into its way: a device that is not in force yet is no remnant.
        Thread restoring = Thread.ofPlatform().start(table::restore);
        assertWaits(restoring);
        slow.complete(null);
        attaching.join();
        changing.join();
        restoring.join();
        verify(listener).granted(attached.join());
        verify(listener).ended(attached.join(), EndReason.POLICY_CHANGED);
        assertEquals(List.of(), table.list());
        assertEquals(List.of(), store.all());
    }

    /** The guest hears the name. */
    @Test
    void aDevicesLeaseIsNamedAfterTheDeviceAndTellsNoPort() throws Exception {
        var identity = UsbIdentity.of("1-2.3", 0x1d50, 0x6018, "A1", List.of(new UsbInterfaceCode(2, 2, 1)));
        String named = table.grant(grantOf(new UsbLoan(identity, "OpenMoko, Inc. Probe 1.9", false)), delivery)
                .name();
        assertTrue(named.matches("usb-openmoko-inc-probe-1-9-[a-z2-9]{4}"), named);
        String nameless =
                table.grant(grantOf(new UsbLoan(identity, "", false)), delivery).name();
        assertTrue(nameless.matches("usb-1d50-6018-[a-z2-9]{4}"), nameless);
    }

    /** They are gone through lane by lane: the keys and the files of all, before the devices of any. */
    @Test
    void keysAreTakenBackFirstAndDevicesLast() throws Exception {
        Lease device = table.grant(grantOf(STICK), delivery);
        Lease key = grantKey();
        Lease file = grant("web", "/a");
        table.policyChanged(_ -> false);
        var order = inOrder(effect);
        order.verify(effect).end(key);
        order.verify(effect).end(file);
        order.verify(effect).end(device);
    }

    @Test
    void endingTakesEffectBeforeAnybodyHearsOfIt() throws Exception {
        Lease lease = grant("mail", "/a");
        assertEquals(lease, table.end(lease.name(), EndReason.REVOKED).orElseThrow());
        var order = inOrder(effect, listener);
        order.verify(effect).end(lease);
        order.verify(listener).ended(lease, EndReason.REVOKED);
        assertEquals(List.of(), table.list());
        assertEquals(List.of(), store.all());
        assertTrue(log().contains("\"why\":\"revoked\""));
    }

    @Test
    void endingTwiceIsNoError() throws Exception {
        Lease lease = grant("mail", "/a");
        table.end(lease.name(), EndReason.REVOKED);
        assertTrue(table.end(lease.name(), EndReason.REVOKED).isEmpty());
        verify(effect).end(lease);
    }

    @Test
    void aStoppedInstanceLosesItsOwnLeasesOnly() throws Exception {
        grant("mail", "/a");
        grant("mail", "/b");
        Lease kept = grant("web", "/a");
        table.instanceStopped("mail");
        assertEquals(List.of(kept), table.list());
    }

    @Test
    void aFailingEffectDoesNotKeepTheLease() throws Exception {
        Lease lease = grant("mail", "/a");
        doThrow(new IOException("no answer")).when(effect).end(any());
        table.end(lease.name(), EndReason.REVOKED);
        assertEquals(List.of(), table.list());
    }

    @Test
    void anInstanceHoldsABoundedNumber() throws Exception {
        for (int i = 0; i < LeaseTable.MOST_PER_INSTANCE; i++) {
            grant("mail", "/f" + i);
        }
        var error = assertThrows(IOException.class, () -> grant("mail", "/one-more"));
        assertTrue(String.valueOf(error.getMessage()).contains("mail"));
        assertEquals("web", grant("web", "/x").owner());
    }

    @Test
    void useIsWrittenDown() throws Exception {
        Lease lease = grant("mail", "/a");
        table.used(lease.name());
        table.used("unknown2");
        assertEquals(1, table.list().getFirst().uses());
        assertTrue(log().contains("\"event\":\"used\",\"instance\":\"mail\",\"lease\":\"" + lease.name() + "\""));
        assertTrue(!log().contains("unknown2"));
    }

    @Test
    void theSameFileForReadingAndForWritingAreTwoLeases() throws Exception {
        Lease read = grant("mail", "/a");
        Lease write = table.grant(
                new Grant("mail", file("/a"), Access.WRITE, "Attach", "1", new End.InstanceStops()), delivery);
        assertNotEquals(read.name(), write.name());
        assertEquals(List.of("write"), write.access());
    }

    @Test
    void aFileThatTheGuestReplacedIsTheSameStill() throws Exception {
        Lease lease = grant("mail", "/a");
        var replaced = new HostEntry.Node(1, 99);
        HostEntries now = HostEntries.of(Path.of("/a"), HostEntry.Kind.FILE, replaced);
        store.describe(
                "mail",
                lease.name(),
                file("/a")
                        .with("a", entry -> new HostEntry("a", entry.kind(), entry.node(), replaced))
                        .toResource());
        Lease again =
                table.grant(new Grant("mail", now, Access.READ, "Attach", "1", new End.InstanceStops()), delivery);
        assertEquals(lease.name(), again.name());
        store.describe("mail", lease.name(), now.toResource());
        table.replaced(lease.name());
        assertEquals(now, HostEntries.of(table.list().getFirst().resource()).orElseThrow());
    }

    @Test
    void whatThePolicyGivesHasThePlainestNameThatIsFree() throws Exception {
        var names = new java.util.ArrayList<String>();
        for (String instance : List.of("mail", "Web.2", "Web.2")) {
            names.add(table.grant(
                            new Grant(
                                    instance,
                                    file("/home/a/Music" + names.size() / 2),
                                    Access.READ,
                                    "",
                                    Grant.POLICY,
                                    new End.Policy()),
                            delivery)
                    .name());
        }
        assertEquals(List.of("music0", "music0-web-2", "music1"), names);
    }
}
