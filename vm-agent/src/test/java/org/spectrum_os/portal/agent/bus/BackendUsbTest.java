// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.spectrum_os.portal.agent.bus.PortalClient.options;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.freedesktop.dbus.types.Variant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.chooser.BackendFace;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.CallFailedException;
import org.spectrum_os.portal.dbus.Values;

@Timeout(60)
final class BackendUsbTest {
    private final ServedFace face;
    /** Stands in for the portal of the guest. */
    private final BusConnection portal;

    BackendUsbTest(@TempDir Path folder) throws Exception {
        face = new ServedFace(Face.BACKEND, folder.toRealPath());
        portal = face.client();
        portal.requestName(BackendFace.FRONTEND_NAME, Set.of());
    }

    @AfterEach
    void stop() throws Exception {
        face.close();
    }

    private List<Object> ask(BusConnection caller, String... nodes) throws Exception {
        List<Object> devices = new ArrayList<>();
        for (String node : nodes) {
            devices.add(List.of(node, options("device-file", "s", node), options("writable", "b", true)));
        }
        return caller.call(
                BackendFace.BUS_NAME,
                BackendFace.PATH,
                "org.freedesktop.impl.portal.Usb",
                "AcquireDevices",
                "ossa(sa{sv}a{sv})a{sv}",
                BackendFace.PATH + "/request/1_7/t",
                "",
                "org.example.App",
                devices,
                options());
    }

    @Test
    void whatTheHostHasLentIsGrantedAndNothingElse() throws Exception {
        String lent = face.usb.plug(1, "1-1", 2, 1, 2, "").toString();
        List<Object> reply = ask(portal, lent, face.usb.node(1, 3).toString(), "/dev/null");
        assertEquals(0, Values.number(reply.getFirst()));
        Variant<?> granted = Values.dictionary(reply.get(1)).get("devices");
        assertEquals(
                1, PortalClient.list(Values.dictionary(reply.get(1)), "devices").size(), String.valueOf(granted));
    }

    @Test
    void nothingThatIsLentIsANo() throws Exception {
        List<Object> reply = ask(portal, face.usb.node(1, 1).toString());
        assertEquals(1, Values.number(reply.getFirst()));
        assertEquals(Map.of(), reply.get(1));
    }

    @Test
    void onlyThePortalMayAsk() throws Exception {
        BusConnection stranger = face.client();
        assertEquals(
                "org.freedesktop.DBus.Error.AccessDenied",
                assertThrows(CallFailedException.class, () -> ask(stranger, "/dev/null"))
                        .name());
    }
}
