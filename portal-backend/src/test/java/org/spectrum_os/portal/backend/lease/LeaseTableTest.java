// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.store.audit.AuditBook;

class LeaseTableTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    @TempDir
    Path folder;

    private final Effect effect = mock();
    private final LeaseTable.Listener listener = mock();
    private final LeaseTable.Delivery delivery = mock();
    private AuditBook audit;
    private LeaseTable table;

    @BeforeEach
    void open() throws Exception {
        audit = AuditBook.open(folder, InstantSource.fixed(NOW));
        table = new LeaseTable(audit, InstantSource.fixed(NOW), effect);
        table.addListener(listener);
    }

    @AfterEach
    void close() throws Exception {
        audit.close();
    }

    private static HostFile file(String path) {
        return new HostFile(Path.of(path), 1, path.hashCode());
    }

    private Lease grant(String instance, String path) throws IOException {
        return table.grant(instance, file(path), Lease.Access.READ, "Attach", "1", delivery);
    }

    private String log() throws IOException {
        return Files.readString(folder.resolve("mail/audit.jsonl"));
    }

    @Test
    void aLeaseSaysWhoWhatWhyAndUntilWhen() throws Exception {
        Lease lease = grant("mail", "/home/u/report.pdf");
        assertEquals("mail", lease.instance());
        assertEquals("report.pdf", lease.resource().fileName());
        assertEquals(Lease.End.INSTANCE_STOPS, lease.end());
        assertEquals(NOW, lease.created());
        assertTrue(lease.name().matches("[a-z2-9]{8}"), lease.name());
        assertEquals(List.of(lease), table.list());
        verify(listener).granted(lease);
    }

    @Test
    void isWrittenDownBeforeItIsDelivered() throws Exception {
        table.grant("mail", file("/a"), Lease.Access.READ, "", "1", lease -> assertTrue(log().contains(lease.name())));
    }

    @Test
    void whatCannotBeWrittenDownIsNotDelivered() throws Exception {
        audit.close();
        assertThrows(IOException.class, () -> grant("mail", "/a"));
        verify(delivery, never()).deliver(any());
        assertEquals(List.of(), table.list());
    }

    @Test
    void whatCannotBeDeliveredIsNoLease() throws Exception {
        doThrow(new IOException("full")).when(delivery).deliver(any());
        assertThrows(IOException.class, () -> grant("mail", "/a"));
        assertEquals(List.of(), table.list());
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
        table.giveBack(lease, Lease.EndReason.UNCLAIMED);
        assertEquals(List.of(lease), table.list());
        table.giveBack(lease, Lease.EndReason.UNCLAIMED);
        assertEquals(List.of(), table.list());
        verify(effect).end(lease);
        table.giveBack(lease, Lease.EndReason.UNCLAIMED);
        verify(listener).ended(lease, Lease.EndReason.UNCLAIMED);
    }

    @Test
    void endingTakesEffectBeforeAnybodyHearsOfIt() throws Exception {
        Lease lease = grant("mail", "/a");
        assertEquals(lease, table.end(lease.name(), Lease.EndReason.REVOKED).orElseThrow());
        var order = inOrder(effect, listener);
        order.verify(effect).end(lease);
        order.verify(listener).ended(lease, Lease.EndReason.REVOKED);
        assertEquals(List.of(), table.list());
        assertTrue(log().contains("\"why\":\"revoked\""));
    }

    @Test
    void endingTwiceIsNoError() throws Exception {
        Lease lease = grant("mail", "/a");
        table.end(lease.name(), Lease.EndReason.REVOKED);
        assertTrue(table.end(lease.name(), Lease.EndReason.REVOKED).isEmpty());
        verify(effect).end(lease);
    }

    @Test
    void aStoppedInstanceLosesItsOwnLeasesOnly() throws Exception {
        grant("mail", "/a");
        grant("mail", "/b");
        Lease kept = grant("web", "/a");
        assertEquals(2, table.endAll("mail", Lease.EndReason.INSTANCE_STOPPED).size());
        assertEquals(List.of(kept), table.list());
    }

    @Test
    void aFailingEffectDoesNotKeepTheLease() throws Exception {
        Lease lease = grant("mail", "/a");
        doThrow(new IOException("no answer")).when(effect).end(any());
        table.end(lease.name(), Lease.EndReason.REVOKED);
        assertEquals(List.of(), table.list());
    }

    @Test
    void anInstanceHoldsABoundedNumber() throws Exception {
        for (int i = 0; i < LeaseTable.MOST_PER_INSTANCE; i++) {
            grant("mail", "/f" + i);
        }
        var error = assertThrows(IOException.class, () -> grant("mail", "/one-more"));
        assertTrue(String.valueOf(error.getMessage()).contains("mail"));
        assertEquals("web", grant("web", "/x").instance());
    }

    @Test
    void useIsWrittenDown() throws Exception {
        Lease lease = grant("mail", "/a");
        table.used(lease.name());
        table.used("unknown2");
        assertTrue(log().contains("\"event\":\"used\",\"instance\":\"mail\",\"lease\":\"" + lease.name() + "\""));
        assertTrue(!log().contains("unknown2"));
    }
}
