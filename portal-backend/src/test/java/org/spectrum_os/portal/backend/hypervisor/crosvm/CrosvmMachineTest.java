// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.hypervisor.crosvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.spectrum_os.portal.backend.hypervisor.Heard;
import org.spectrum_os.portal.backend.hypervisor.MachineException;
import org.spectrum_os.portal.backend.hypervisor.Plug;
import org.spectrum_os.portal.backend.hypervisor.UsbNodes;
import org.spectrum_os.portal.backend.hypervisor.life.SocketFolders;
import org.spectrum_os.portal.backend.policy.MachineAddress;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.SocketKind;

/** The driver against tests/crosvm-double, with each of its traps. */
@Timeout(120)
class CrosvmMachineTest {
    private static final int VENDOR = 0x0781;
    private static final int PRODUCT = 0x5580;
    private static final String FIRST = "1=0781:5580";

    @TempDir
    Path folder;

    private Path socket;
    private SocketFolders folders;
    private Descriptor node;
    private final Heard heard = new Heard();
    private CrosvmMachine machine;

    @BeforeEach
    void open() throws IOException {
        socket = folder.resolve("vm.sock");
        folders = new SocketFolders();
        node = UsbNodes.open(folder, UsbNodes.USB_2, VENDOR, PRODUCT);
        machine = new CrosvmMachine(new MachineAddress.Crosvm(socket), folders, heard);
        machine.start();
    }

    @AfterEach
    void close() {
        machine.close();
        folders.close();
        node.close();
    }

    private CrosvmDouble running(String... options) throws IOException, InterruptedException {
        CrosvmDouble vm = CrosvmDouble.start(socket, options);
        heard.expect("started");
        return vm;
    }

    private void expectNothingAttached(CrosvmDouble vm) throws IOException, InterruptedException {
        assertEquals(List.of(), vm.devices());
        assertEquals(List.of(), machine.plugs());
    }

    /** Until what was attached late is off again, which nothing tells of. */
    private static void awaitNothingAttached(CrosvmDouble vm) throws IOException, InterruptedException {
        while (!vm.devices().isEmpty()) {
            Thread.sleep(50);
        }
    }

    @Test
    void aDeviceIsOnAPortOfItsSpeedUntilItIsDetached() throws Exception {
        try (CrosvmDouble vm = running();
                Descriptor fast = UsbNodes.open(folder, UsbNodes.USB_3, 0x1234, 0xfffe)) {
            Plug slow = machine.attach(node, "a");
            Plug quick = machine.attach(fast, "b");
            assertEquals(new Plug(slow.handle(), 1, VENDOR, PRODUCT), slow);
            assertEquals(new Plug(quick.handle(), 9, 0x1234, 0xfffe), quick);
            assertEquals(List.of(slow, quick), machine.plugs());
            machine.detach(slow);
            machine.detach(slow);
            assertEquals(List.of(quick), machine.plugs());
            assertEquals(List.of("9=1234:fffe"), vm.devices());
        }
    }

    @Test
    void theLastPortIsSeenAndAFullControllerIsToldFromAGuestThatIsNotUp() throws Exception {
        try (CrosvmDouble vm = running()) {
            var _ = vm.tell("fill");
            assertEquals(16, machine.plugs().size());
            assertEquals(16, machine.plugs().getLast().guestPort());
            String all = assertThrows(MachineException.NoPort.class, () -> machine.attach(node, "a"))
                    .toString();
            assertTrue(all.contains("each of its ports for USB 2"), all);
            for (Plug plug : machine.plugs()) {
                machine.detach(plug);
            }
            vm.trap("guest-down");
            String down = assertThrows(MachineException.NoPort.class, () -> machine.attach(node, "a"))
                    .toString();
            assertTrue(down.contains("driver for xHCI is not up"), down);
            expectNothingAttached(vm);
        }
    }

    @Test
    void whileTheGuestBootsLeakedPortsAreFreedAndTheAttachIsTriedAgain() throws Exception {
        try (CrosvmDouble vm = running("--trap", "guest-down=1")) {
            machine.attach(node, "a");
            assertEquals(List.of(FIRST), vm.devices());
        }
    }

    @Test
    void aSecurityKeyIsSharedAndShowsItselfAsCrosvmsOwn() throws Exception {
        try (CrosvmDouble vm = running();
                Descriptor key = UsbNodes.openSecurityKey(folder)) {
            Plug plug = machine.attachSecurityKey(key, "key");
            assertEquals("18d1:f1d0", "%04x:%04x".formatted(plug.vendor(), plug.product()));
            assertThrows(MachineException.DeviceRefused.class, () -> machine.attachSecurityKey(node, "no-key"));
            vm.trap("no-key-words");
            assertThrows(MachineException.Unsupported.class, () -> machine.attachSecurityKey(key, "key"));
            machine.detach(plug);
            expectNothingAttached(vm);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"NoSuchDevice", "FailedToOpenDevice", "FailedToInitHostDevice", "NoSuchPort"})
    void aDeviceThatItDoesNotTakeIsRefused(String word) throws Exception {
        try (CrosvmDouble vm = running("--trap", "refuse=" + word)) {
            assertThrows(MachineException.DeviceRefused.class, () -> machine.attach(node, "a"));
            expectNothingAttached(vm);
        }
    }

    @Test
    void whatIsNoDeviceIsNotEvenPassedOn() throws Exception {
        try (CrosvmDouble vm = running();
                Descriptor none = UsbNodes.openSecurityKey(folder)) {
            assertThrows(MachineException.DeviceRefused.class, () -> machine.attach(none, "a"));
            assertFalse(vm.tell("state").get("requests").has("AttachDevice"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"wrong-device*1", "wrong-port*1"})
    void anOkThatTheListDoesNotBearOutIsUndone(String trap) throws Exception {
        try (CrosvmDouble vm = running("--trap", trap)) {
            assertThrows(MachineException.NoAnswer.class, () -> machine.attach(node, "a"));
            expectNothingAttached(vm);
            machine.attach(node, "a");
            assertEquals(List.of(FIRST), vm.devices());
        }
    }

    @Test
    void aLateAnswerShiftsAllOthersAndThatIsAllowedFor() throws Exception {
        try (CrosvmDouble vm = running("--tube-timeout", "0.3")) {
            vm.trap("sick=0.7*1");
            assertThrows(MachineException.NoAnswer.class, () -> machine.attach(node, "a"));
            expectNothingAttached(vm);
            Plug plug = machine.attach(node, "a");
            assertEquals(List.of(FIRST), vm.devices());
            machine.detach(plug);
            expectNothingAttached(vm);
        }
    }

    @Test
    void aControllerThatIsBehindFromTheStartIsFoundOut() throws Exception {
        try (CrosvmDouble vm = running("--trap", "desync")) {
            Plug plug = machine.attach(node, "a");
            assertEquals(List.of(plug), machine.plugs());
            vm.untrap("desync");
            machine.detach(plug);
            expectNothingAttached(vm);
        }
    }

    @Test
    void aDeadControllerIsToldFromOneThatNeverWas() throws Exception {
        try (CrosvmDouble vm = running("--trap", "no-usb")) {
            String never = assertThrows(MachineException.Unsupported.class, () -> machine.attach(node, "a"))
                    .toString();
            assertTrue(never.contains("--no-usb"), never);
            vm.untrap("no-usb");
            assertEquals(List.of(), machine.plugs());
            vm.trap("dead");
            assertThrows(MachineException.ControllerDead.class, () -> machine.attach(node, "a"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-usb-build", "no-usb-words"})
    void aBuildWithoutUsbIsUnsupported(String trap) throws Exception {
        try (CrosvmDouble vm = running("--trap", trap)) {
            assertThrows(MachineException.Unsupported.class, () -> machine.attach(node, "a"));
            assertEquals(List.of(), vm.devices());
        }
    }

    @Test
    void anOlderBuildThatDoesNotNameItsProcessWorks() throws Exception {
        try (CrosvmDouble vm = running("--trap", "no-pid-words")) {
            machine.attach(node, "a");
            assertEquals(List.of(FIRST), vm.devices());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"half", "pieces", "close", "not-json", "huge", "wrong-type", "silent"})
    void anAnswerThatIsNoneLeavesNothingAttached(String trap) throws Exception {
        try (CrosvmDouble vm = running()) {
            assertEquals(List.of(), machine.plugs());
            vm.trap(trap);
            assertThrows(MachineException.NoAnswer.class, () -> machine.attach(node, "a"));
            vm.untrap(trap);
            expectNothingAttached(vm);
            machine.attach(node, "a");
            assertEquals(List.of(FIRST), vm.devices());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"half", "close", "not-json", "silent", "wrong-type", "late=6"})
    void whatWasAttachedWithoutAWordIsTakenOff(String trap) throws Exception {
        try (CrosvmDouble vm = running("--trap", trap + "@AttachDevice*1")) {
            assertThrows(MachineException.NoAnswer.class, () -> machine.attach(node, "a"));
            assertEquals(
                    1, vm.tell("state").get("requests").path("AttachDevice").asInt());
            awaitNothingAttached(vm);
        }
    }

    @Test
    void descriptorsThatComeAlongAreClosed() throws Exception {
        try (CrosvmDouble vm = running("--trap", "descriptor")) {
            machine.detach(machine.attach(node, "a"));
            long before = openFiles();
            for (int i = 0; i < 20; i++) {
                machine.detach(machine.attach(node, "a"));
            }
            assertTrue(openFiles() <= before + 1, openFiles() + " after " + before);
            expectNothingAttached(vm);
        }
    }

    @Test
    void aDetachIsOverWhenTheListSaysSo() throws Exception {
        try (CrosvmDouble vm = running()) {
            Plug plug = machine.attach(node, "a");
            vm.trap("keeps=0.5*1");
            long begun = System.nanoTime();
            machine.detach(plug);
            assertTrue(System.nanoTime() - begun >= 400_000_000L);
            expectNothingAttached(vm);
        }
    }

    @Test
    void aVmThatAnswersAfterTwoSecondsWorks() throws Exception {
        try (CrosvmDouble vm = running()) {
            assertEquals(List.of(), machine.plugs());
            vm.trap("late=2@AttachDevice*1");
            machine.attach(node, "a");
            assertEquals(List.of(FIRST), vm.devices());
        }
    }

    @Test
    void aVmThatAnswersTooLateIsGivenUpInTimeAndWhatItDoesThenIsUndone() throws Exception {
        isGivenUpAndUndone(15);
    }

    @Test
    @Tag("soak")
    void soIsOneThatAnswersAfterAMinute() throws Exception {
        isGivenUpAndUndone(60);
    }

    private void isGivenUpAndUndone(int late) throws Exception {
        try (CrosvmDouble vm = running()) {
            assertEquals(List.of(), machine.plugs());
            vm.trap("late=" + late + "@AttachDevice*1");
            long begun = System.nanoTime();
            assertThrows(MachineException.NoAnswer.class, () -> machine.attach(node, "a"));
            assertTrue(System.nanoTime() - begun < Math.min(late, 30) * 1_000_000_000L);
            assertEquals(List.of(FIRST), vm.devices());
            awaitNothingAttached(vm);
            assertTrue(System.nanoTime() - begun > (late - 5) * 1_000_000_000L);
        }
    }

    @Test
    void aVmThatTakesConnectionsButDoesNotAnswerHasNotStarted() throws Exception {
        try (CrosvmDouble vm = CrosvmDouble.start(socket, "--trap", "silent")) {
            while (vm.tell("state").get("requests").path("ListDevice").asInt() == 0) {
                Thread.sleep(20);
            }
            assertFalse(machine.isRunning());
            assertThrows(MachineException.NoAnswer.class, () -> machine.attach(node, "a"));
            heard.expectNothing();
        }
    }

    @Test
    void anotherProcessThanTheOneListeningIsNoVm() throws Exception {
        try (CrosvmDouble _ = CrosvmDouble.start(socket, "--trap", "wrong-pid")) {
            awaitWrongPeer();
        }
    }

    @Test
    void anotherUsersSocketIsNoVm() throws Exception {
        assumeTrue((int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0, "needs to be another user");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        var nobody = List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
        try (CrosvmDouble vm = CrosvmDouble.start(nobody, socket)) {
            awaitWrongPeer();
            assertFalse(vm.tell("state").get("requests").has("AttachDevice"));
        }
    }

    private void awaitWrongPeer() throws InterruptedException {
        MachineException met;
        do {
            Thread.sleep(20);
            met = assertThrows(MachineException.class, () -> machine.attach(node, "a"));
        } while (met instanceof MachineException.NotRunning || met instanceof MachineException.NoAnswer);
        assertInstanceOf(MachineException.WrongPeer.class, met);
        heard.expectNothing();
    }

    @Test
    void aRestartEndsAllPlugsOfTheEarlierRun() throws Exception {
        try (CrosvmDouble vm = running()) {
            Plug old = machine.attach(node, "a");
            var _ = vm.tell("restart");
            heard.expect("stopped");
            heard.expect("started");
            Plug now = machine.attach(node, "a");
            machine.detach(old);
            assertEquals(List.of(now), machine.plugs());
        }
        heard.expect("stopped");
        assertThrows(MachineException.NotRunning.class, () -> machine.attach(node, "a"));
    }

    @Test
    void aCrashIsAnEndAndTheNextVmAtTheSamePlaceIsAnother() throws Exception {
        CrosvmDouble crashed = running();
        Plug old = machine.attach(node, "a");
        crashed.kill();
        heard.expect("stopped");
        assertTrue(Files.exists(socket));
        assertThrows(MachineException.NotRunning.class, () -> machine.plugs());
        machine.detach(old);
        Files.delete(socket);
        try (CrosvmDouble vm = running()) {
            assertEquals(List.of(), machine.plugs());
            assertEquals(List.of(), vm.devices());
        }
    }

    @Test
    void aVmWhoseSocketHasGoneGoesOnAndWhatIsInItStaysIn() throws Exception {
        CrosvmDouble vm = running();
        Plug plug = machine.attach(node, "a");
        Files.delete(socket);
        assertThrows(MachineException.NoAnswer.class, () -> machine.detach(plug));
        assertThrows(MachineException.NoAnswer.class, () -> machine.plugs());
        assertEquals(List.of(FIRST), vm.devices());
        heard.expectNothing();
        vm.close();
        heard.expect("stopped");
        assertThrows(MachineException.NotRunning.class, () -> machine.plugs());
        machine.detach(plug);
    }

    @Test
    void anotherVmAtTheSocketOfOneThatGoesOnIsGivenNothingBeforeThatOneHasEnded() throws Exception {
        CrosvmDouble vm = running();
        Plug plug = machine.attach(node, "a");
        Files.delete(socket);
        try (CrosvmDouble other = CrosvmDouble.start(socket)) {
            assertThrows(MachineException.NoAnswer.class, () -> machine.attach(node, "b"));
            assertThrows(MachineException.NoAnswer.class, () -> machine.detach(plug));
            assertEquals(List.of(FIRST), vm.devices());
            assertFalse(other.tell("state").get("requests").has("AttachDevice"));
            assertFalse(other.tell("state").get("requests").has("DetachDevice"));
            heard.expectNothing();
            vm.kill();
            heard.expect("stopped");
            heard.expect("started");
            machine.attach(node, "b");
            assertEquals(List.of(FIRST), other.devices());
        }
        heard.expect("stopped");
    }

    @Test
    void aLatePlugOutLeavesALikeDeviceThatTookThePortAlone() throws Exception {
        try (CrosvmDouble vm = running()) {
            Plug first = machine.attach(node, "a");
            var _ = vm.tell("unplug 1");
            Plug second = machine.attach(node, "b");
            assertEquals(first.guestPort(), second.guestPort());
            machine.detach(first);
            assertEquals(List.of(second), machine.plugs());
            machine.detach(second);
            expectNothingAttached(vm);
        }
    }

    @Test
    void aVmThatHangsSoLongThatNobodyCanConnectAnyMoreGivesNoAnswer() throws Exception {
        var waiting = new ArrayList<Connection>();
        try (CrosvmDouble vm = running()) {
            Plug plug = machine.attach(node, "a");
            vm.signal("STOP");
            try {
                assertThrows(SocketTimeoutException.class, () -> {
                    while (true) {
                        waiting.add(Connection.connectUnix(socket, SocketKind.SEQPACKET, Duration.ofMillis(300)));
                    }
                });
                assertThrows(MachineException.NoAnswer.class, () -> machine.detach(plug));
            } finally {
                vm.signal("CONT");
                waiting.forEach(Connection::close);
            }
            machine.detach(plug);
            expectNothingAttached(vm);
        }
    }

    @Test
    void aFailureOfThisSideIsNoEndAndWhenItIsOverAllGoesOn() throws Exception {
        try (CrosvmDouble vm = running()) {
            Plug plug = machine.attach(node, "a");
            Path aside = folder.resolve("aside");
            Files.move(socket, aside);
            // Following it fails here, as opening one file too many would.
            Files.createSymbolicLink(socket, socket);
            assertThrows(MachineException.NoAnswer.class, () -> machine.detach(plug));
            Files.move(aside, socket, StandardCopyOption.REPLACE_EXISTING);
            heard.expectNothing();
            assertEquals(List.of(plug), machine.plugs());
            machine.detach(plug);
            expectNothingAttached(vm);
        }
        heard.expect("stopped");
    }

    @Test
    void aVmThatDiesBetweenARequestAndItsAnswerHasStoppedAndNothingIsInIt() throws Exception {
        CrosvmDouble vm = running("--trap", "silent@AttachDevice");
        assertEquals(List.of(), machine.plugs());
        var attaching = new FutureTask<>(() -> assertThrows(MachineException.class, () -> machine.attach(node, "a")));
        Thread.ofPlatform().daemon().start(attaching);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (vm.tell("state").get("requests").path("AttachDevice").asInt() == 0) {
            assertTrue(System.nanoTime() < deadline, "it was never asked");
        }
        vm.kill();
        MachineException met = attaching.get(30, TimeUnit.SECONDS);
        assertTrue(
                met instanceof MachineException.NoAnswer || met instanceof MachineException.NotRunning, met::toString);
        heard.expect("stopped");
        assertThrows(MachineException.NotRunning.class, () -> machine.plugs());
    }

    @Test
    void aSocketIsFoundWhenItsFolderDoesNotExistYet() throws Exception {
        Path deep = folder.resolve("run").resolve("vm").resolve("s");
        var elsewhere = new Heard();
        try (var other = new CrosvmMachine(new MachineAddress.Crosvm(deep), folders, elsewhere)) {
            other.start();
            Files.createDirectories(deep.getParent());
            try (CrosvmDouble _ = CrosvmDouble.start(deep)) {
                elsewhere.expect("started");
                assertTrue(other.isRunning());
            }
            elsewhere.expect("stopped");
        }
    }

    @Test
    void aThousandRoundsLeaveNothingOpen() throws Exception {
        try (CrosvmDouble vm = running()) {
            machine.detach(machine.attach(node, "a"));
            long ownFiles = openFiles();
            int ownThreads = Thread.activeCount();
            int itsFiles = vm.openFiles();
            for (int i = 0; i < 1000; i++) {
                machine.detach(machine.attach(node, "round-" + i));
            }
            assertTrue(openFiles() <= ownFiles + 1, openFiles() + " after " + ownFiles);
            assertTrue(Thread.activeCount() <= ownThreads, "threads");
            assertTrue(vm.openFiles() <= itsFiles + 1, vm.openFiles() + " after " + itsFiles);
            expectNothingAttached(vm);
        }
    }

    private static long openFiles() throws IOException {
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }
}
