// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.hypervisor.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.backend.hypervisor.Heard;
import org.spectrum_os.portal.backend.hypervisor.MachineException;
import org.spectrum_os.portal.backend.hypervisor.Plug;
import org.spectrum_os.portal.backend.hypervisor.UsbNodes;
import org.spectrum_os.portal.backend.hypervisor.life.SocketFolders;
import org.spectrum_os.portal.backend.policy.MachineAddress;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.FileNode;

/** The driver against a real QEMU that runs no guest; a second monitor shows what it did. */
@Timeout(120)
class QemuMachineTest {
    private static final Path QEMU = Path.of("/usr/bin/qemu-system-x86_64");

    @TempDir
    Path folder;

    private final Heard heard = new Heard();
    private SocketFolders folders;
    private QemuMachine machine;
    private Descriptor node;

    @BeforeEach
    void open() throws IOException {
        assertTrue(Files.isExecutable(QEMU), "needs " + QEMU);
        folders = new SocketFolders();
        node = UsbNodes.open(folder, UsbNodes.USB_2, 0x0781, 0x5580);
        machine = new QemuMachine(new MachineAddress.Qemu(folder.resolve("ours")), folders, heard);
        machine.start();
    }

    @AfterEach
    void close() {
        if (machine != null) {
            machine.close();
            folders.close();
            node.close();
        }
    }

    /** A QEMU, running: while it is stopped it keeps descriptors that are removed; and its other monitor. */
    private final class Vm implements AutoCloseable {
        private final Process process;
        private final Monitor other;

        Vm(String... more) throws Exception {
            var command = new ArrayList<>(
                    List.of(QEMU.toString(), "-nodefaults", "-display", "none", "-m", "32", "-accel", "tcg"));
            for (String each : List.of("theirs", "ours")) {
                command.addAll(List.of("-qmp", "unix:" + folder.resolve(each) + ",server=on,wait=off"));
            }
            command.addAll(List.of(more));
            process = new ProcessBuilder(command).inheritIO().start();
            heard.expect("started");
            other = new Monitor(folder.resolve("theirs"));
        }

        long openFiles() throws IOException {
            try (var files = Files.list(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
                return files.count();
            }
        }

        @Override
        public void close() throws Exception {
            other.close();
            process.destroyForcibly();
            assertTrue(process.waitFor(20, TimeUnit.SECONDS));
        }
    }

    private static final class Monitor implements AutoCloseable {
        private final SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        private final BufferedReader lines;

        Monitor(Path socket) throws IOException {
            assertTrue(channel.connect(UnixDomainSocketAddress.of(socket)));
            lines = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
            assertTrue(lines.readLine().contains("QMP"));
            JsonNode _ = run("qmp_capabilities", "{}");
        }

        JsonNode run(String command, String arguments) throws IOException {
            channel.write(StandardCharsets.UTF_8.encode(
                    "{\"execute\":\"" + command + "\",\"arguments\":" + arguments + "}\n"));
            while (true) {
                JsonNode message = new ObjectMapper().readTree(lines.readLine());
                assertFalse(message.has("error"), message::toString);
                if (message.has("return")) {
                    return message.get("return");
                }
            }
        }

        List<String> devices() throws IOException {
            var names = new ArrayList<String>();
            for (JsonNode device : run("qom-list", "{\"path\":\"/machine/peripheral\"}")) {
                names.add(device.get("name").asText());
            }
            names.remove("type");
            return names;
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private Vm withController() throws Exception {
        return new Vm("-machine", "q35", "-device", "qemu-xhci,id=usb");
    }

    @Test
    void whatIsNoDeviceIsRefusedAndNothingOfItStays() throws Exception {
        try (Vm vm = withController();
                Descriptor none = FileNode.openForWriting(Path.of("/dev/null"))) {
            long files = vm.openFiles();
            for (int i = 0; i < 20; i++) {
                assertThrows(MachineException.DeviceRefused.class, () -> machine.attach(node, "a"));
                assertThrows(MachineException.DeviceRefused.class, () -> machine.attach(none, "b"));
            }
            assertEquals(files, vm.openFiles());
            assertEquals("[]", vm.other.run("query-fdsets", "{}").toString());
        }
    }

    @Test
    void whatItDoesNotTakeItselfIsTakenBackWhole() throws Exception {
        try (Vm vm = withController();
                Descriptor none = FileNode.openForWriting(Path.of("/dev/null"))) {
            MachineException met = assertThrows(MachineException.class, () -> machine.attachSecurityKey(none, "a"));
            assertTrue(
                    met instanceof MachineException.DeviceRefused || met instanceof MachineException.Unsupported,
                    met::toString);
            assertEquals(List.of("usb"), vm.other.devices());
            assertEquals(List.of(), machine.plugs());
            for (JsonNode set : vm.other.run("query-fdsets", "{}")) {
                assertEquals(0, set.get("fds").size(), set::toString);
            }
        }
    }

    @Test
    void onlyWhatCameFromHereIsListedAndTakenOut() throws Exception {
        // The longest label, which is the name of a lease.
        String name = "spectrum-usb-" + "x".repeat(64) + ".0627.0001";
        try (Vm vm = withController()) {
            vm.other.run("device_add", "{\"driver\":\"usb-kbd\",\"id\":\"" + name + "\",\"bus\":\"usb.0\"}");
            vm.other.run("device_add", "{\"driver\":\"usb-mouse\",\"id\":\"theirs\",\"bus\":\"usb.0\"}");
            List<Plug> plugs = machine.plugs();
            assertEquals(List.of(new Plug(name, null, 0x0627, 1)), plugs);
            machine.detach(plugs.getFirst());
            machine.detach(plugs.getFirst());
            assertEquals(List.of(), machine.plugs());
            assertTrue(vm.other.devices().contains("theirs"));
            assertThrows(IllegalArgumentException.class, () -> machine.detach(new Plug("theirs", null, 0x0627, 1)));
        }
    }

    @Test
    void withoutAControllerItIsUnsupported() throws Exception {
        try (Vm _ = new Vm("-machine", "none");
                Descriptor none = FileNode.openForWriting(Path.of("/dev/null"))) {
            String said = assertThrows(MachineException.Unsupported.class, () -> machine.attachSecurityKey(none, "a"))
                    .toString();
            assertTrue(said.contains("-device qemu-xhci"), said);
        }
        heard.expect("stopped");
    }

    @Test
    void aResetIsANewRunAndWhatWasPluggedInIsOut() throws Exception {
        try (Vm vm = withController()) {
            vm.other.run(
                    "device_add", "{\"driver\":\"usb-kbd\",\"id\":\"spectrum-usb-x.0627.0001\",\"bus\":\"usb.0\"}");
            vm.other.run("system_reset", "{}");
            heard.expect("stopped");
            heard.expect("started");
            assertEquals(List.of(), machine.plugs());
            assertEquals(List.of("usb"), vm.other.devices());
            vm.process.destroyForcibly();
            heard.expect("stopped");
            assertThrows(MachineException.NotRunning.class, () -> machine.attach(node, "a"));
            assertFalse(machine.isRunning());
        }
    }

    @Test
    void aGuestThatResetsItselfAgainAndAgainIsFollowedNowAndThen() throws Exception {
        try (Vm vm = withController()) {
            for (int i = 0; i < 20; i++) {
                vm.other.run("system_reset", "{}");
            }
            for (int i = 0; i < 2; i++) {
                heard.expect("stopped");
                heard.expect("started");
            }
            heard.expectNothing();
        }
    }

    @Test
    void aMonitorThatSomebodyElseUsesIsSaidToBeBusy() throws Exception {
        try (Vm _ = withController()) {
            // The machine has the monitor; a second one waits until it is free.
            var second = new Heard();
            try (var waiting = new QemuMachine(new MachineAddress.Qemu(folder.resolve("ours")), folders, second)) {
                waiting.start();
                String said;
                do {
                    Thread.sleep(20);
                    said = assertThrows(MachineException.class, waiting::plugs).toString();
                } while (said.contains("has not been seen yet"));
                assertTrue(said.contains("who else uses this monitor"), said);
                second.expectNothing();
                machine.close();
                second.expect("started");
            }
        }
    }
}
