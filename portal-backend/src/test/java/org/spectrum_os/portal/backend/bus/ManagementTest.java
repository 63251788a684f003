// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.freedesktop.dbus.types.Variant;
import org.junit.jupiter.api.Test;
import org.spectrum_os.portal.backend.lease.LeaseTable;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.DBusErrorException;
import org.spectrum_os.portal.dbus.ErrorNames;
import org.spectrum_os.portal.dbus.MethodCall;
import org.spectrum_os.portal.dbus.Values;
import org.spectrum_os.portal.dbus.Variants;
import org.spectrum_os.portal.dbus.iface.Management1;
import org.spectrum_os.portal.store.End;
import org.spectrum_os.portal.store.lease.Lease;
import org.spectrum_os.portal.store.lease.Resource;

class ManagementTest {
    private final Set<String> blocked = new HashSet<>(Set.of("mail"));
    private final LeaseTable leases = mock();
    private final Management management = new Management(mock(BusConnection.class), List::of, leases, blocked::remove);

    private static MethodCall unblock(String instance) {
        return new MethodCall(
                ":1.7",
                Management.PATH,
                Management1.NAME,
                Management1.Unblock.MEMBER,
                Management1.Unblock.SIGNATURE,
                List.of(instance));
    }

    @Test
    void unblockingEndsTheBlockOfThatInstance() throws Exception {
        assertNotNull(management.handle(unblock("mail")));
        assertEquals(Set.of(), blocked);
    }

    @Test
    void unblockingWhatIsNotBlockedIsAnErrorThatSaysWhereToLook() {
        var error = assertThrows(DBusErrorException.class, () -> management.handle(unblock("web")));
        assertEquals(ErrorNames.PORTAL_NOT_FOUND, error.name());
        assertTrue(String.valueOf(error.getMessage()).contains("spectrum-portal instances"), error.getMessage());
        assertEquals(Set.of("mail"), blocked);
    }

    private static Lease lease(End end, long uses) {
        var file = new Resource("file", "/home/u/report.pdf", Map.of("device", "1", "inode", "2"));
        return new Lease("abcdefgh", "mail", file, List.of("read"), "Attach", Instant.EPOCH, end, uses);
    }

    @Test
    void aLeaseSaysUntilWhenOnlyIfItEndsAtAMoment() throws Exception {
        when(leases.list())
                .thenReturn(List.of(
                        lease(new End.At(Instant.parse("2026-01-02T03:04:05Z")), 2), lease(new End.Never(), 0)));
        var reply = management.handle(new MethodCall(
                ":1.7",
                Management.PATH,
                Management1.NAME,
                Management1.ListLeases.MEMBER,
                Management1.ListLeases.SIGNATURE,
                List.of()));
        List<Map<String, Variant<?>>> listed = Values.list(reply.values().getFirst()).stream()
                .map(Values::dictionary)
                .toList();
        assertEquals(Variants.of("s", "at"), listed.get(0).get("end"));
        assertEquals(Variants.of("s", "2026-01-02T03:04:05Z"), listed.get(0).get("until"));
        assertEquals(Variants.of("t", 2L), listed.get(0).get("uses"));
        assertEquals(Variants.of("s", "never"), listed.get(1).get("end"));
        assertFalse(listed.get(1).containsKey("until"));
    }
}
