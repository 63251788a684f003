// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.freedesktop.dbus.types.Variant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.spectrum_os.portal.backend.lease.LeaseTable;
import org.spectrum_os.portal.backend.lease.UsbIdentity;
import org.spectrum_os.portal.backend.lease.UsbInterfaceCode;
import org.spectrum_os.portal.backend.lease.UsbLoan;
import org.spectrum_os.portal.backend.policy.UsbMode;
import org.spectrum_os.portal.backend.usb.UsbDesk;
import org.spectrum_os.portal.consent.contract.ClaimedText;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Candidate;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Kind;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Reason;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.State;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.DBusErrorException;
import org.spectrum_os.portal.dbus.ErrorNames;
import org.spectrum_os.portal.dbus.MethodCall;
import org.spectrum_os.portal.dbus.Values;
import org.spectrum_os.portal.dbus.Variants;
import org.spectrum_os.portal.dbus.iface.Management1;
import org.spectrum_os.portal.store.End;
import org.spectrum_os.portal.store.EndReason;
import org.spectrum_os.portal.store.lease.Lease;
import org.spectrum_os.portal.store.lease.Resource;

class UsbCallsTest {
    private record Attached(String instance, UsbIdentity device, Optional<Duration> time, boolean unmount) {}

    private final List<UsbDesk.Entry> there = new ArrayList<>();
    private final List<Attached> attached = new ArrayList<>();
    private UsbDesk.@Nullable RefusedException refusal;
    private final LeaseTable leases = mock();
    private final Management management = new Management(
            mock(BusConnection.class),
            List::of,
            leases,
            _ -> false,
            () -> {
                throw new IllegalStateException("nobody asks for that here");
            },
            new UsbDesk() {
                @Override
                public List<Entry> devices() {
                    return there;
                }

                @Override
                public String attach(String instance, UsbIdentity device, Optional<Duration> time, boolean unmount)
                        throws RefusedException {
                    if (refusal != null) {
                        throw refusal;
                    }
                    attached.add(new Attached(instance, device, time, unmount));
                    return "usb-1-2-k3v9";
                }
            });

    private static UsbIdentity identity(String port, String serial) {
        return UsbIdentity.of(port, 0x1d50, 0x6018, serial, List.of(new UsbInterfaceCode(2, 2, 1)));
    }

    private static UsbDesk.Entry entry(UsbIdentity device, State state, UsbDesk.Holding... holdings) {
        return new UsbDesk.Entry(
                device,
                new Candidate(
                        device.port(),
                        List.of(Kind.SERIAL, Kind.SCANNER_OR_PHONE),
                        "OpenMoko Black Magic",
                        new ClaimedText("Probe", true),
                        null,
                        device.numbers(),
                        device.port(),
                        state),
                List.of(holdings),
                List.of(
                        new UsbDesk.Permission("work", UsbMode.ASK, Optional.of(Duration.ofMinutes(15))),
                        new UsbDesk.Permission("lab", UsbMode.MANUAL, Optional.empty())));
    }

    private List<Object> call(String member, String signature, Object... arguments) throws DBusErrorException {
        return management
                .handle(new MethodCall(
                        ":1.7", Management.PATH, Management1.NAME, member, signature, List.of(arguments)))
                .values();
    }

    private List<Map<String, Variant<?>>> devices() throws DBusErrorException {
        return Values.list(call(Management1.UsbDevices.MEMBER, Management1.UsbDevices.SIGNATURE)
                        .getFirst())
                .stream()
                .map(Values::dictionary)
                .toList();
    }

    private List<Object> attach(String device, long seconds) throws DBusErrorException {
        return call(Management1.UsbAttach.MEMBER, Management1.UsbAttach.SIGNATURE, "work", device, seconds, true);
    }

    private List<Object> detach(String device) throws DBusErrorException {
        return call(Management1.UsbDetach.MEMBER, Management1.UsbDetach.SIGNATURE, device);
    }

    @Test
    void everythingOfADeviceIsTold() throws Exception {
        there.add(entry(
                identity("1-2.3", "S"),
                new State.Impossible(Reason.LENT, "work"),
                new UsbDesk.Holding("work", "usb-1-2-3", false, Optional.of(Instant.parse("2026-03-01T14:30:00Z")))));
        Map<String, Variant<?>> device = devices().getFirst();
        assertEquals(Variants.of("s", "1-2.3"), device.get("port"));
        assertEquals(Variants.of("s", "1d50:6018"), device.get("numbers"));
        assertEquals(Variants.of("s", "OpenMoko Black Magic"), device.get("name"));
        assertEquals(Variants.of("s", "Probe…"), device.get("claim"));
        assertEquals(Variants.of("s", ""), device.get("serial"));
        assertEquals(Variants.of("as", List.of("serial", "scanner-or-phone")), device.get("kinds"));
        assertEquals(Variants.of("s", "lent"), device.get("state"));
        assertEquals(
                Variants.of(
                        "aa{sv}",
                        List.of(Map.of(
                                "instance",
                                Variants.of("s", "work"),
                                "lease",
                                Variants.of("s", "usb-1-2-3"),
                                "shared",
                                Variants.of("b", false),
                                "until",
                                Variants.of("s", "2026-03-01T14:30:00Z")))),
                device.get("holders"));
        assertEquals(
                Variants.of(
                        "aa{sv}",
                        List.of(
                                Map.of(
                                        "instance",
                                        Variants.of("s", "work"),
                                        "mode",
                                        Variants.of("s", "ask"),
                                        "seconds",
                                        Variants.of("t", 900)),
                                Map.of("instance", Variants.of("s", "lab"), "mode", Variants.of("s", "manual")))),
                device.get("permitted"));
    }

    @Test
    void everyStateHasItsWordAndSaysWhy() throws Exception {
        there.add(entry(identity("1-1", ""), new State.Free()));
        there.add(entry(identity("1-2", ""), new State.InUse(List.of("cdc_acm"))));
        there.add(entry(identity("1-3", ""), new State.Mounted(List.of(new ClaimedText("/media/x", false)))));
        there.add(entry(identity("1-4", ""), new State.Impossible(Reason.ONLY_KEYBOARD, null)));
        List<Map<String, Variant<?>>> told = devices();
        for (int at = 0; at < 4; at++) {
            String word = List.of("free", "in-use", "mounted", "refused").get(at);
            assertEquals(Variants.of("s", word), told.get(at).get("state"));
        }
        assertEquals(Variants.of("as", List.of("cdc_acm")), told.get(1).get("drivers"));
        assertEquals(Variants.of("as", List.of("/media/x")), told.get(2).get("mounts"));
        assertEquals(Variants.of("s", "only-keyboard"), told.get(3).get("reason"));
    }

    @Test
    void aDeviceIsAttachedByItsPortOrByItsNumbersIfThereIsOne() throws Exception {
        UsbIdentity one = identity("1-2", "A");
        UsbIdentity two = identity("1-3", "B");
        there.add(entry(one, new State.Free()));
        assertEquals(List.of("usb-1-2-k3v9"), attach("1D50:6018", 0));
        there.add(entry(two, new State.Free()));
        attach("1-3", 60);
        attach("1d50:6018:A", 0);
        assertEquals(
                List.of(
                        new Attached("work", one, Optional.empty(), true),
                        new Attached("work", two, Optional.of(Duration.ofMinutes(1)), true),
                        new Attached("work", one, Optional.empty(), true)),
                attached);

        var many = assertThrows(DBusErrorException.class, () -> attach("1d50:6018", 0));
        assertEquals(ErrorNames.PORTAL_INVALID_ARGUMENT, many.name());
        assertTrue(many.text().contains("1-2, 1-3"), many.text());
        for (String gone : List.of("1-4", "1d50:6017", "1d50:6018:C", "nonsense\u001b[2J", "")) {
            var error = assertThrows(DBusErrorException.class, () -> attach(gone, 0));
            assertEquals(ErrorNames.PORTAL_NOT_FOUND, error.name());
            assertTrue(error.text().contains("spectrum-portal usb list"), error.text());
            assertFalse(error.text().contains("\u001b"));
        }
        assertEquals(
                ErrorNames.PORTAL_INVALID_ARGUMENT,
                assertThrows(DBusErrorException.class, () -> attach("1-2", 365L * 86_400 + 1))
                        .name());
    }

    @Test
    void aRefusalIsToldInItsOwnWords() {
        there.add(entry(identity("1-2", "A"), new State.Free()));
        Map<UsbDesk.Why, String> names = Map.of(
                UsbDesk.Why.NOT_FOUND, ErrorNames.PORTAL_NOT_FOUND,
                UsbDesk.Why.NO_RULE, ErrorNames.PORTAL_NOT_ALLOWED,
                UsbDesk.Why.NOT_LENDABLE, ErrorNames.PORTAL_NOT_ALLOWED,
                UsbDesk.Why.MACHINE, ErrorNames.PORTAL_FAILED,
                UsbDesk.Why.FAILED, ErrorNames.PORTAL_FAILED);
        assertEquals(UsbDesk.Why.values().length, names.size());
        names.forEach((why, name) -> {
            refusal = new UsbDesk.RefusedException(why, "because of " + why);
            var error = assertThrows(DBusErrorException.class, () -> attach("1-2", 0));
            assertEquals(name, error.name());
            assertEquals("because of " + why, error.text());
        });
    }

    private static Lease lease(String name, Resource resource) {
        return new Lease(name, "work", resource, List.of("attach"), "", Instant.EPOCH, new End.InstanceStops(), 0);
    }

    @Test
    void detachingEndsEveryLeaseOfTheDeviceOrTheOneThatIsNamed() throws Exception {
        var key = new UsbLoan(identity("1-2", "A"), "Key", true);
        Lease ofWork = lease("usb-1-2", key.toResource());
        Lease ofLab = lease("usb-1-2-lab", key.toResource());
        when(leases.list()).thenReturn(List.of(ofWork, ofLab));
        when(leases.end("usb-1-2", EndReason.REVOKED)).thenReturn(Optional.of(ofWork));
        when(leases.end("usb-1-2-lab", EndReason.REVOKED)).thenReturn(Optional.of(ofLab));
        there.add(entry(
                identity("1-2", "A"),
                new State.Free(),
                new UsbDesk.Holding("work", "usb-1-2", true, Optional.empty()),
                new UsbDesk.Holding("lab", "usb-1-2-lab", true, Optional.empty())));
        assertEquals(List.of(List.of("usb-1-2", "usb-1-2-lab")), detach("1-2"));
        assertEquals(List.of(List.of("usb-1-2")), detach("usb-1-2"));
    }

    @Test
    void nothingElseIsTakenBackByMistake() {
        var file = lease("report-k3v9", new Resource("file", "/home/u/report.pdf", Map.of()));
        when(leases.list()).thenReturn(List.of(file));
        there.add(entry(identity("1-2", "A"), new State.Free()));
        assertTrue(assertThrows(DBusErrorException.class, () -> detach("report-k3v9"))
                .text()
                .contains("spectrum-portal revoke"));
        assertTrue(assertThrows(DBusErrorException.class, () -> detach("1-2"))
                .text()
                .contains("No instance has"));
        assertEquals(
                ErrorNames.PORTAL_NOT_FOUND,
                assertThrows(DBusErrorException.class, () -> detach("usb-9-9")).name());
        verify(leases, never()).end(any(), any());
    }
}
