// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.backend.agent.LinkDoor;
import org.spectrum_os.portal.backend.agent.LinkException;
import org.spectrum_os.portal.backend.agent.Requests;
import org.spectrum_os.portal.backend.consent.ConsentDesk;
import org.spectrum_os.portal.backend.file.FileLending;
import org.spectrum_os.portal.backend.file.GivenFiles;
import org.spectrum_os.portal.backend.filevm.FileVms;
import org.spectrum_os.portal.backend.lease.Access;
import org.spectrum_os.portal.backend.lease.Grant;
import org.spectrum_os.portal.backend.lease.HostEntries;
import org.spectrum_os.portal.backend.lease.HostEntry;
import org.spectrum_os.portal.backend.lease.KeyLoan;
import org.spectrum_os.portal.backend.lease.KeyUse;
import org.spectrum_os.portal.backend.lease.LeaseTable;
import org.spectrum_os.portal.backend.lease.UsbIdentity;
import org.spectrum_os.portal.backend.lease.UsbInterfaceCode;
import org.spectrum_os.portal.backend.lease.UsbLoan;
import org.spectrum_os.portal.backend.policy.PolicyException;
import org.spectrum_os.portal.backend.policy.PolicyReader;
import org.spectrum_os.portal.protocol.Ports;
import org.spectrum_os.portal.store.End;
import org.spectrum_os.portal.store.MachineTime;
import org.spectrum_os.portal.store.audit.AuditBook;
import org.spectrum_os.portal.store.lease.Lease;
import org.spectrum_os.portal.store.lease.Leases;
import org.spectrum_os.portal.store.lease.Resource;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.ErrnoException;
import org.spectrum_os.portal.transport.SocketKind;

/** Another policy, with real sockets, files and stores. */
class PolicyInForceTest {
    @TempDir
    Path folder;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final FileLending lending = mock();
    private final LentFiles mounts = mock();
    private final FileVms vms = mock();
    private final ConsentDesk desk = mock();
    private final PolicyInForce.Devices devices = mock();
    private final List<AutoCloseable> open = new ArrayList<>();
    private Path file;
    private Path music;
    private Path notes;
    private LeaseTable leases;
    private LinkDoor door;
    private PolicyInForce inForce;
    private PolicyInForce.Parts parts;

    @BeforeEach
    void open() throws Exception {
        file = folder.resolve("policy.json");
        music = Files.createDirectory(folder.resolve("Music")).toRealPath();
        notes = Files.writeString(folder.resolve("notes.txt"), "x").toRealPath();
        AuditBook audit = AuditBook.open(folder.resolve("state"), InstantSource.system());
        open.add(audit);
        var time = new MachineTime(timer);
        Leases store = Leases.open(folder.resolve("state"), List.of(), time);
        open.add(store);
        write(instance("mail", "ask", given(music, "read")), instance("web", "ask", ""));
        inForce = new PolicyInForce(file, PolicyReader.read(file));
        when(lending.restore(any()))
                .thenAnswer(call ->
                        HostEntries.of(call.<Lease>getArgument(0).resource()).orElseThrow());
        leases = new LeaseTable(store, audit, lending, inForce::allows, Runnable::run, time);
        var given = new GivenFiles(leases, lending);
        door = new LinkDoor(
                inForce.now().instances(),
                mock(Requests.class),
                (_, connection) -> connection.close(),
                Map.of(),
                audit);
        open.add(door);
        parts = new PolicyInForce.Parts(door, leases, new FileSources(mounts, vms), given, desk, devices);
        door.open();
        leases.restore();
        inForce.bringFiles(given);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
        timer.close();
    }

    private String instance(String name, String rule, String files) {
        return "\"" + name + "\": {\"colour\": \"#3584e4\", \"link\": {\"unix\": \"" + folder.resolve(name + ".vsock")
                + "\"}, \"rules\": {\"file\": \"" + rule + "\"}, \"files\": [" + files + "]}";
    }

    private static String given(Path path, String access) {
        return "{\"path\": \"" + path + "\", \"access\": \"" + access + "\"}";
    }

    private void write(String... instances) throws IOException {
        Files.writeString(file, "{\"version\": 1, \"instances\": {" + String.join(", ", instances) + "}}");
    }

    private Lease lend(String instance, Path path, End end) throws IOException {
        var what = HostEntries.of(path, HostEntry.Kind.FILE, new HostEntry.Node(1, 2));
        return leases.grant(new Grant(instance, what, Access.READ, "", "1", end), _ -> {});
    }

    private List<String> lent() {
        return leases.list().stream()
                .map(lease -> lease.owner() + " " + lease.name().replaceAll("-[a-z2-9]{4}$", "") + " "
                        + String.join(",", lease.access()) + " " + lease.end().word())
                .sorted()
                .toList();
    }

    private Connection connect(String name) throws IOException {
        Connection connection = Connection.connectUnix(
                Ports.unixSocket(folder.resolve(name + ".vsock"), Ports.LINK), SocketKind.STREAM);
        open.add(connection);
        return connection;
    }

    /** Another file server is there just when the policy is read again. */
    @Test
    void whatIsBroughtWhileThePolicyChangesIsOfTheNewOne() throws Exception {
        for (int i = 0; i < 60; i++) {
            Thread bringing = Thread.ofPlatform().start(() -> inForce.bringFiles(parts.files()));
            boolean odd = i % 2 == 1;
            write(
                    instance("mail", "ask", odd ? given(music, "read") : given(notes, "read")),
                    instance("web", "ask", ""));
            inForce.reload(parts);
            bringing.join();
            assertEquals(List.of(odd ? "mail music read policy" : "mail notes read policy"), lent());
        }
    }

    @Test
    void whatThePolicyGivesIsThereFromTheStart() throws Exception {
        assertEquals(List.of("mail music read policy"), lent());
        verify(lending).give(any(), any());
    }

    @Test
    void whatIsNotAllowedAnyMoreEndsAndTheRestStays() throws Exception {
        lend("mail", notes, new End.Never());
        Lease kept = lend("web", notes, new End.InstanceStops());
        write(instance("mail", "deny", given(music, "write")), instance("web", "ask", given(notes, "read")));
        inForce.reload(parts);
        assertEquals(
                List.of("mail music write policy", "web notes read instance-stops", "web notes read policy"), lent());
        assertTrue(leases.list().contains(kept));
        assertThrows(IOException.class, () -> lend("mail", notes, new End.Never()));
        verify(desk).policyChanged(inForce.now().timing(), null);
        verify(mounts, never()).cut(any());
    }

    @Test
    void whatIsReadTwiceChangesNothing() throws Exception {
        List<Lease> before = leases.list();
        inForce.reload(parts);
        assertEquals(before, leases.list());
        verify(lending, never()).end(any());
    }

    @Test
    void thePlainNameIsForWhomThePolicyNamesFirst() throws Exception {
        for (List<String> names : List.of(List.of("zebra", "mail", "alpha"), List.of("alpha", "mail", "zebra"))) {
            write();
            inForce.reload(parts);
            write(names.stream()
                    .map(name -> instance(name, "ask", given(notes, "read")))
                    .toArray(String[]::new));
            inForce.reload(parts);
            assertEquals(
                    List.of("notes", "notes-" + names.get(1), "notes-" + names.get(2)),
                    leases.list().stream().map(Lease::name).toList());
        }
    }

    @Test
    void aFileThatIsAnotherByNowIsGivenAnew() throws Exception {
        write(instance("mail", "ask", given(notes, "read")));
        inForce.reload(parts);
        Lease before = leases.list().getFirst();
        Files.move(notes, folder.resolve("kept"));
        Files.writeString(notes, "another");
        inForce.reload(parts);
        assertEquals(1, leases.list().size());
        assertFalse(leases.list().contains(before));
    }

    @Test
    void symbolicLinksOfThePolicyAreFollowedOnce() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder);
        write(instance("mail", "ask", given(link.resolve("notes.txt"), "read")));
        inForce.reload(parts);
        assertEquals(notes.toString(), leases.list().getFirst().resource().name());
        inForce.reload(parts);
        assertEquals(1, leases.list().size());
    }

    @Test
    void whatIsMissingStandsInNobodysWay() throws Exception {
        write(instance("mail", "ask", given(folder.resolve("absent"), "read") + ", " + given(music, "read")));
        inForce.reload(parts);
        assertEquals(List.of("mail music read policy"), lent());
    }

    @Test
    void aBadPolicyChangesNothing() throws Exception {
        List<Lease> before = leases.list();
        write(instance("new", "ask", ""), instance("mail", "perhaps", ""), instance("web", "never", ""));
        var bad = assertThrows(PolicyException.class, () -> inForce.reload(parts));
        assertEquals(2, bad.problems().size());
        assertEquals(before, leases.list());
        assertTrue(inForce.instance("web").isPresent());
        assertThrows(IOException.class, () -> connect("new"));
        assertFalse(Files.exists(Ports.unixSocket(folder.resolve("new.vsock"), Ports.LINK)));
    }

    @Test
    void aPlaceThatCannotBeListenedOnChangesNothing() throws Exception {
        write(
                instance("new", "ask", ""),
                "\"other\": {\"colour\": \"#3584e4\", \"link\": {\"unix\": \"/no/such/folder/vsock\"}, \"rules\": {}}");
        List<Lease> before = leases.list();
        assertThrows(LinkException.class, () -> inForce.reload(parts));
        assertEquals(before, leases.list());
        assertTrue(inForce.instance("mail").isPresent());
        assertThrows(IOException.class, () -> connect("new"));
        connect("mail");
    }

    @Test
    void instancesComeAndGo() throws Exception {
        Connection mail = connect("mail");
        Connection web = connect("web");
        lend("mail", notes, new End.Never());
        write(instance("web", "ask", ""), instance("new", "ask", ""));
        inForce.reload(parts);
        assertEnds(mail);
        verify(mounts).cut("mail");
        assertThrows(IOException.class, () -> connect("mail"));
        assertEquals(List.of(), lent());
        connect("new");
        assertThrows(
                SocketTimeoutException.class,
                () -> web.read(ByteBuffer.allocate(1), Duration.ofMillis(200)),
                "the others' stay");
    }

    private static void assertEnds(Connection link) throws IOException {
        try {
            assertEquals(-1, link.read(ByteBuffer.allocate(1), Duration.ofSeconds(20)), "its link ends");
        } catch (ErrnoException e) {
            // Nobody had accepted it when its place was closed.
            assertEquals(ErrnoException.ECONNRESET, e.errno());
        }
    }

    @Test
    void aNameWithAnotherLinkIsAnotherVm() throws Exception {
        Connection mail = connect("mail");
        write(instance("mail", "ask", given(music, "read")).replace("mail.vsock", "mail2.vsock"));
        inForce.reload(parts);
        assertEnds(mail);
        verify(mounts).cut("mail");
        connect("mail2");
    }

    private static final String KEY = "0123456789ABCDEF0123456789ABCDEF01234567";

    private void writeWithKey(String rule) throws IOException {
        write(
                instance("mail", "deny", "").replace("\"rules\"", "\"keys\": [" + rule + "], \"rules\""),
                instance("web", "ask", ""));
    }

    private static Lease keyLease(String owner, String fingerprint, String use, End end) {
        return keyLease(owner, new Resource("key", fingerprint, Map.of("use", use)), end);
    }

    private static Lease keyLease(String owner, Resource key, End end) {
        return new Lease("key-1", owner, key, List.of("use"), "1", Instant.EPOCH, end, 0);
    }

    private boolean allows(String owner, String fingerprint, String use) {
        return inForce.allows(keyLease(owner, fingerprint, use, new End.InstanceStops()));
    }

    @Test
    void aKeyIsUsedAgainUnaskedOnlyWhileItsRuleOffersThat() throws Exception {
        writeWithKey("{\"gpg\": \"" + KEY + "\", \"sign\": \"ask\", \"certify\": \"ask\", \"again\": \"5 times\"}");
        inForce.reload(parts);
        assertTrue(allows("mail", KEY, "sign"));
        assertTrue(inForce.allows(keyLease("mail", KEY, "sign", new End.Uses(5))));
        for (String other : List.of("decrypt", "authenticate", "certify", "")) {
            assertFalse(allows("mail", KEY, other), other);
        }
        assertFalse(allows("web", KEY, "sign"), "another instance, though it may ask for files");
        assertFalse(allows("mail", KEY.replace('0', 'F'), "sign"), "another key");
        assertFalse(allows("gone", KEY, "sign"));
        assertFalse(
                inForce.allows(keyLease("mail", new Resource("key", KEY, Map.of()), new End.InstanceStops())),
                "damaged");

        writeWithKey("{\"gpg\": \"" + KEY + "\", \"sign\": \"ask\", \"again\": \"10m\"}");
        inForce.reload(parts);
        assertTrue(allows("mail", KEY, "sign"), "another offer is one too");

        writeWithKey(
                "{\"gpg\": \"" + KEY + "\", \"sign\": \"ask\", \"content\": \"required\", \"again\": \"5 times\"}");
        inForce.reload(parts);
        assertFalse(allows("mail", KEY, "sign"), "of what is not seen");
        assertTrue(inForce.allows(keyLease("mail", new KeyLoan(KEY, KeyUse.SIGN, true).toResource(), new End.Uses(5))));

        writeWithKey("{\"gpg\": \"" + KEY + "\", \"decrypt\": \"ask\", \"again\": \"5 times\"}");
        inForce.reload(parts);
        assertFalse(allows("mail", KEY, "sign"), "for something else");
        assertTrue(allows("mail", KEY, "decrypt"));

        writeWithKey("{\"gpg\": \"" + KEY + "\", \"sign\": \"ask\"}");
        inForce.reload(parts);
        assertFalse(allows("mail", KEY, "sign"), "it is asked for each time now");

        writeWithKey("");
        inForce.reload(parts);
        assertFalse(allows("mail", KEY, "sign"));
    }

    private static final UsbLoan STICK = new UsbLoan(
            UsbIdentity.of("1-2.3", 0x0781, 0x5580, "A1", List.of(new UsbInterfaceCode(8, 6, 0x50))), "Stick", false);

    private void writeWithDevices(String machine, String rules) throws IOException {
        write(
                instance("mail", "deny", "")
                        .replace("\"rules\"", "\"machine\": " + machine + ", \"usb\": [" + rules + "], \"rules\""),
                instance("web", "ask", ""));
    }

    private Lease lendStick() throws IOException {
        return leases.grant(new Grant("mail", STICK, List.of("attach"), "", "1", new End.InstanceStops()), _ -> {});
    }

    @Test
    void aDeviceStaysLentWhileSomeRuleFitsItOfWhateverMode() throws Exception {
        String crosvm = "{\"crosvm\": \"/run/vm/mail.sock\"}";
        writeWithDevices(crosvm, "{\"device\": \"0781:5580\", \"mode\": \"ask\"}");
        inForce.reload(parts);
        Lease lease = lendStick();
        assertFalse(inForce.allows(new Lease(
                "usb-1", "web", STICK.toResource(), List.of(), "", Instant.EPOCH, new End.InstanceStops(), 0)));

        for (String rule : List.of(
                "{\"port\": \"1-2.3\", \"mode\": \"manual\"}",
                "{\"interfaces\": {\"one-of\": [\"storage\"]}, \"mode\": \"ask\", \"for\": \"5m\"}",
                "{\"device\": \"0781:5580:A1\", \"mode\": \"auto\"}")) {
            writeWithDevices(crosvm, rule);
            inForce.reload(parts);
            assertEquals(List.of(lease), leases.list(), rule);
        }
        for (String rule : List.of(
                "{\"port\": \"1-2\", \"mode\": \"ask\"}",
                "{\"device\": \"0781:5580:A2\", \"mode\": \"ask\"}",
                "{\"port\": \"1-2.3\", \"interfaces\": {\"none-of\": [\"storage\"]}, \"mode\": \"ask\"}")) {
            writeWithDevices(crosvm, rule);
            inForce.reload(parts);
            assertEquals(List.of(), leases.list(), rule);
            assertThrows(IOException.class, this::lendStick, rule);
            writeWithDevices(crosvm, "{\"device\": \"0781:*\", \"mode\": \"ask\"}");
            inForce.reload(parts);
            lendStick();
        }
    }

    /** A VM that does not let go of a device must not keep a key. */
    @Test
    void whatDevicesHaveBecomeIsLookedAtWhenEverythingElseIsOver() throws Exception {
        writeWithDevices("{\"crosvm\": \"/run/vm/mail.sock\"}", "{\"device\": \"0781:*\", \"mode\": \"ask\"}");
        inForce.reload(parts);
        lendStick();
        writeWithDevices("{\"crosvm\": \"/run/vm/mail.sock\"}", "");
        var looked = new ArrayList<Integer>();
        doAnswer(_ -> looked.add(leases.list().size())).when(devices).endWhatMayNotHaveBecome();
        inForce.reload(parts);
        var order = inOrder(devices);
        order.verify(devices).changing(any(), any());
        order.verify(devices).endWhatMayNotHaveBecome();
        order.verify(devices).changed(any());
        assertEquals(List.of(0), looked);
    }

    @Test
    void aDeviceIsTakenBackWhenItsVmHasAnotherMonitor() throws Exception {
        String rule = "{\"device\": \"0781:*\", \"mode\": \"ask\"}";
        writeWithDevices("{\"crosvm\": \"/run/vm/mail.sock\"}", rule);
        inForce.reload(parts);
        lendStick();
        writeWithDevices("{\"qemu\": \"/run/vm/mail.sock\"}", rule);
        inForce.reload(parts);
        assertEquals(List.of(), leases.list());
        lendStick();
        assertEquals(1, leases.list().size(), "and can be lent there");
    }

    @Test
    void theLogNamesTheDevice() throws Exception {
        writeWithDevices("{\"crosvm\": \"/run/vm/mail.sock\"}", "{\"device\": \"0781:*\", \"mode\": \"ask\"}");
        inForce.reload(parts);
        lendStick();
        String log = Files.readString(folder.resolve("state/mail/audit.jsonl"));
        assertTrue(log.contains("Stick, 0781:5580 at 1-2.3"), log);
    }
}
