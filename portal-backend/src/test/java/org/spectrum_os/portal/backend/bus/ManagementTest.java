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

import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.freedesktop.dbus.types.Variant;
import org.junit.jupiter.api.Test;
import org.spectrum_os.portal.backend.lease.HostEntries;
import org.spectrum_os.portal.backend.lease.HostEntry;
import org.spectrum_os.portal.backend.lease.KeyLoan;
import org.spectrum_os.portal.backend.lease.KeyUse;
import org.spectrum_os.portal.backend.lease.LeaseTable;
import org.spectrum_os.portal.backend.lease.UsbIdentity;
import org.spectrum_os.portal.backend.lease.UsbInterfaceCode;
import org.spectrum_os.portal.backend.lease.UsbLoan;
import org.spectrum_os.portal.backend.policy.Policy;
import org.spectrum_os.portal.backend.policy.PolicyException;
import org.spectrum_os.portal.backend.policy.PolicyReader;
import org.spectrum_os.portal.backend.usb.UsbDesk;
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
    private Object policy = new Object();
    private final Management management = new Management(
            mock(BusConnection.class),
            List::of,
            leases,
            blocked::remove,
            () -> {
                if (policy instanceof PolicyException problem) {
                    throw problem;
                }
                return (Policy) policy;
            },
            UsbDesk.absent("no devices"));

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

    @Test
    void aKeySaysWhatItMayBeUsedForAndHowOften() throws Exception {
        var loan = new KeyLoan("0123456789ABCDEF0123456789ABCDEF01234567", KeyUse.SIGN, true);
        when(leases.list())
                .thenReturn(List.of(new Lease(
                        "sign-k3v9",
                        "mail",
                        loan.toResource(),
                        List.of("sign"),
                        "git commit",
                        Instant.EPOCH,
                        new End.Uses(5),
                        3)));
        var reply = management.handle(new MethodCall(
                ":1.7",
                Management.PATH,
                Management1.NAME,
                Management1.ListLeases.MEMBER,
                Management1.ListLeases.SIGNATURE,
                List.of()));
        Map<String, Variant<?>> listed =
                Values.dictionary(Values.list(reply.values().getFirst()).getFirst());
        assertEquals(Variants.of("s", "key"), listed.get("kind"));
        assertEquals(Variants.of("s", loan.fingerprint()), listed.get("resource"));
        assertEquals(Variants.of("s", "sign"), listed.get("access"));
        assertEquals(Variants.of("b", true), listed.get("seen"));
        assertEquals(Variants.of("s", "uses"), listed.get("end"));
        assertEquals(Variants.of("t", 2L), listed.get("uses-left"));
    }

    private List<Object> reload() throws Exception {
        return management
                .handle(new MethodCall(
                        ":1.7",
                        Management.PATH,
                        Management1.NAME,
                        Management1.ReloadPolicy.MEMBER,
                        Management1.ReloadPolicy.SIGNATURE,
                        List.of()))
                .values();
    }

    @Test
    void aGoodPolicyIsCounted() throws Exception {
        policy = PolicyReader.parse("test", "{\"version\": 1, \"instances\": {}}");
        assertEquals(List.of(0, List.of()), reload());
    }

    @Test
    void everyProblemOfABadPolicyIsTold() throws Exception {
        policy = org.junit.jupiter.api.Assertions.assertThrows(
                PolicyException.class, () -> PolicyReader.parse("test", "{\n\"version\": 2}"));
        List<Map<String, Variant<?>>> problems =
                Values.list(reload().get(1)).stream().map(Values::dictionary).toList();
        assertEquals(2, problems.size());
        assertEquals(Variants.of("u", 2), problems.getFirst().get("line"));
    }

    @Test
    void aFolderAndItsCompanionsAreToldApart() throws Exception {
        var what = new HostEntries(
                Path.of("/v"),
                List.of(
                        new HostEntry("page.html", HostEntry.Kind.FILE, new HostEntry.Node(1, 2)),
                        new HostEntry("page_files", HostEntry.Kind.DIRECTORY, new HostEntry.Node(1, 3))));
        when(leases.list())
                .thenReturn(List.of(new Lease(
                        "page-k3v9",
                        "mail",
                        what.toResource(),
                        List.of("write"),
                        "",
                        Instant.EPOCH,
                        new End.Policy(),
                        0)));
        var reply = management.handle(new MethodCall(
                ":1.7",
                Management.PATH,
                Management1.NAME,
                Management1.ListLeases.MEMBER,
                Management1.ListLeases.SIGNATURE,
                List.of()));
        Map<String, Variant<?>> listed =
                Values.dictionary(Values.list(reply.values().getFirst()).getFirst());
        assertEquals(Variants.of("s", "file"), listed.get("kind"));
        assertEquals(Variants.of("s", "write"), listed.get("access"));
        assertEquals(Variants.of("s", "policy"), listed.get("end"));
        assertEquals(Variants.of("as", List.of("page_files")), listed.get("companions"));
    }

    @Test
    void aDeviceIsToldByNameNumbersAndPort() throws Exception {
        var loan = new UsbLoan(
                UsbIdentity.of("1-2.3", 0x0781, 0x5580, "", List.of(new UsbInterfaceCode(8, 6, 0x50))),
                "SanDisk Ultra",
                false);
        when(leases.list())
                .thenReturn(List.of(new Lease(
                        "usb-1-2-3-k3v9",
                        "mail",
                        loan.toResource(),
                        List.of("attach"),
                        "",
                        Instant.EPOCH,
                        new End.InstanceStops(),
                        0)));
        var reply = management.handle(new MethodCall(
                ":1.7",
                Management.PATH,
                Management1.NAME,
                Management1.ListLeases.MEMBER,
                Management1.ListLeases.SIGNATURE,
                List.of()));
        Map<String, Variant<?>> listed =
                Values.dictionary(Values.list(reply.values().getFirst()).getFirst());
        assertEquals(Variants.of("s", "usb"), listed.get("kind"));
        assertEquals(Variants.of("s", "1-2.3"), listed.get("resource"));
        assertEquals(Variants.of("s", "SanDisk Ultra"), listed.get("name"));
        assertEquals(Variants.of("s", "0781:5580"), listed.get("numbers"));
        assertEquals(Variants.of("b", false), listed.get("shared"));
    }
}
