// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.spectrum_os.portal.backend.lease.LeaseTable;
import org.spectrum_os.portal.backend.lease.UsbIdentity;
import org.spectrum_os.portal.backend.lease.UsbInterfaceCode;
import org.spectrum_os.portal.backend.policy.UsbMode;
import org.spectrum_os.portal.backend.usb.UsbDesk;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Candidate;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Kind;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.State;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.ExportedObject;
import org.spectrum_os.portal.dbus.NameFlag;
import org.spectrum_os.portal.dbus.testing.PrivateBus;
import org.spectrum_os.portal.store.End;
import org.spectrum_os.portal.store.EndReason;
import org.spectrum_os.portal.store.lease.Lease;
import org.spectrum_os.portal.store.lease.Resource;

/** Both ends of the interface, over a real bus. */
class ManagementClientTest {
    private static final UsbIdentity KEY =
            UsbIdentity.of("1-2", 0x1050, 0x0407, "", List.of(new UsbInterfaceCode(3, 0, 0)));

    private final LeaseTable leases = mock();
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private ManagementClient client;

    private static final class Desk implements UsbDesk {
        @Override
        public List<Entry> devices() {
            return List.of(new Entry(
                    KEY,
                    new Candidate(
                            "1-2", List.of(Kind.SECURITY_KEY), "Key", null, null, "1050:0407", "1-2", new State.Free()),
                    List.of(new Holding("work", "usb-1-2", true, Optional.of(Instant.parse("2026-03-01T14:30:00Z")))),
                    List.of(new Permission("work", UsbMode.AUTO, Optional.of(Duration.ofMinutes(1))))));
        }

        @Override
        public String attach(String instance, UsbIdentity device, Optional<Duration> time, boolean unmount)
                throws RefusedException {
            if (instance.equals("off")) {
                throw new RefusedException(Why.MACHINE, "the VM of off does not run; start it");
            }
            return instance + " " + device.port() + " " + time + " " + unmount;
        }
    }

    @BeforeEach
    void open() throws Exception {
        PrivateBus bus = PrivateBus.startWithoutServices();
        open.push(bus);
        BusConnection service = BusConnection.connect(bus.address());
        open.push(service);
        var managed = new ManagementWhenReady();
        var _ = service.export(Management.PATH, ExportedObject.of(managed));
        service.requestName(Management.BUS_NAME, Set.of(NameFlag.DO_NOT_QUEUE));
        managed.ready(new Management(
                service,
                () -> List.of(new Management.InstanceState(
                        "work", "#000000", "vsock CID 3", true, false, false, false, "deny", 1)),
                leases,
                _ -> false,
                () -> {
                    throw new IllegalStateException("nobody asks for that here");
                },
                new Desk()));
        client = new ManagementClient(BusConnection.connect(bus.address()));
        open.push(client);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    @Test
    void devicesArriveAsPlainValuesHoldersAndAll() throws Exception {
        Map<String, Object> device = client.usbDevices().getFirst();
        assertEquals(List.of("security-key"), device.get("kinds"));
        assertEquals(
                List.of(Map.of(
                        "instance", "work", "lease", "usb-1-2", "shared", true, "until", "2026-03-01T14:30:00Z")),
                device.get("holders"));
        assertEquals(List.of(Map.of("instance", "work", "mode", "auto", "seconds", 60L)), device.get("permitted"));
        assertEquals(true, client.instances().getFirst().get("linked"), "what was plain before is so still");
    }

    @Test
    void attachingSaysEverythingAndARefusalArrivesInItsOwnWords() throws Exception {
        assertEquals("work 1-2 Optional.empty true", client.usbAttach("work", "1050:0407", 0, true));
        assertEquals("work 1-2 Optional[PT15M] false", client.usbAttach("work", "1-2", 900, false));
        assertEquals(
                "the VM of off does not run; start it",
                assertThrows(
                                ManagementClient.UnavailableException.class,
                                () -> client.usbAttach("off", "1-2", 0, false))
                        .getMessage());
    }

    @Test
    void detachingTellsWhatHasEnded() throws Exception {
        var lease = new Lease(
                "usb-1-2",
                "work",
                new Resource(Resource.USB, "1-2", Map.of()),
                List.of(),
                "",
                Instant.EPOCH,
                new End.InstanceStops(),
                0);
        when(leases.end("usb-1-2", EndReason.REVOKED)).thenReturn(Optional.of(lease));
        assertEquals(List.of("usb-1-2"), client.usbDetach("1-2"));
    }
}
