// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.spectrum_os.portal.backend.lease.LeaseTable;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.DBusErrorException;
import org.spectrum_os.portal.dbus.ErrorNames;
import org.spectrum_os.portal.dbus.MethodCall;
import org.spectrum_os.portal.dbus.iface.Management1;

class ManagementTest {
    private final Set<String> blocked = new HashSet<>(Set.of("mail"));
    private final Management management =
            new Management(mock(BusConnection.class), List::of, mock(LeaseTable.class), blocked::remove);

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
}
