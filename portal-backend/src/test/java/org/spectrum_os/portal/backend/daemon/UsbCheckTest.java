// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.backend.daemon.Doctor.Finding;
import org.spectrum_os.portal.backend.daemon.Doctor.State;
import org.spectrum_os.portal.backend.policy.Policy;
import org.spectrum_os.portal.backend.policy.PolicyReader;
import org.spectrum_os.portal.transport.Listener;
import org.spectrum_os.portal.transport.SocketKind;

/** With real sockets, and a folder that looks like a computer's root. */
class UsbCheckTest {
    @TempDir
    Path root;

    private Path folder;
    private Path socket;

    @BeforeEach
    void machine() throws IOException {
        folder = Files.createDirectory(
                root.resolve("vm"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        socket = folder.resolve("work.sock");
        Files.createDirectories(root.resolve("proc/net"));
        Files.writeString(root.resolve("proc/net/netlink"), """
                sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode
                0000000000000000 0   0          00000000 0        0        0     2        0        10
                0000000000000000 15  0          00000000 0        0        0     2        0        11
                """);
        Files.createDirectories(root.resolve("usr/share/misc"));
        Files.writeString(root.resolve("usr/share/misc/usb.ids"), "0781  SanDisk Corp.\n");
        device("1-0:1.0", "09", "", "");
        device("1-1", "09", "1", "2");
        device("1-1.2", "00", "1", "7");
    }

    private void device(String port, String baseClass, String bus, String number) throws IOException {
        Path sys = Files.createDirectories(root.resolve("sys/bus/usb/devices").resolve(port));
        Files.writeString(sys.resolve("bDeviceClass"), baseClass + "\n");
        Files.writeString(sys.resolve("busnum"), bus + "\n");
        Files.writeString(sys.resolve("devnum"), number + "\n");
    }

    private Path node() throws IOException {
        Path bus = Files.createDirectories(root.resolve("dev/bus/usb/001"));
        return Files.writeString(bus.resolve("007"), "");
    }

    private Policy policy(String kind, String rules) throws Exception {
        return PolicyReader.parse(
                "test",
                "{\"version\": 1, \"instances\": {\"work\": {\"colour\": \"#000000\", \"link\": {\"vsock\": 3}, \"rules\": {},"
                        + " \"machine\": {\"" + kind + "\": \"" + socket + "\"}, \"usb\": [" + rules + "]}}}");
    }

    private List<Finding> machine(MachineCheck.Answer answer, String kind) throws Exception {
        return new UsbCheck(root, answer).of(policy(kind, ""));
    }

    private static String told(List<Finding> findings) {
        return findings.stream()
                .map(finding -> finding.check() + ": " + finding.state().word() + ", " + finding.found())
                .reduce("", (all, line) -> all + line + "\n");
    }

    @Test
    void whatHasNoMachineIsNotLookedAt() throws Exception {
        Policy policy = PolicyReader.parse("test", "{\"version\": 1, \"instances\": {}}");
        assertEquals(List.of(), new UsbCheck(root, MachineCheck::connect).of(policy));
    }

    @Test
    void aMonitorThatAnswersIsGoodAndOneThatIsNotThereDoesNotRun() throws Exception {
        assertEquals(
                "machine of work: care, " + socket + " is not there, so the VM does not run\n",
                told(machine(MachineCheck::connect, "crosvm")));
        try (Listener monitor = Listener.unix(socket, SocketKind.SEQPACKET, Listener.Identity.SOCKET)) {
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rwx------"));
            assertEquals(
                    "machine of work: good, crosvm at " + socket + " is there\n",
                    told(machine(MachineCheck::connect, "crosvm")));
            List<Finding> asQemu = machine(MachineCheck::connect, "qemu");
            assertEquals(State.WRONG, asQemu.getFirst().state(), "another kind of socket, so another monitor");
        }
    }

    @Test
    void whatNobodyListensAtIsToldApartFromWhatIsNoSocket() throws Exception {
        Listener monitor = Listener.unix(socket, SocketKind.STREAM, Listener.Identity.SOCKET);
        Path kept = Files.createLink(folder.resolve("kept"), socket);
        monitor.close();
        if (!Files.exists(socket)) {
            Files.move(kept, socket);
        }
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rwx------"));
        assertTrue(told(machine(MachineCheck::connect, "qemu")).contains("care, nobody listens"));
        Files.delete(socket);
        Files.writeString(socket, "");
        assertTrue(told(machine(MachineCheck::connect, "qemu")).contains("is no socket"));
    }

    @Test
    void whoeverElseCanReachTheMonitorIsTold() throws Exception {
        try (Listener monitor = Listener.unix(socket, SocketKind.SEQPACKET, Listener.Identity.SOCKET)) {
            Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rwxrwxrwx"));
            assertEquals(
                    State.GOOD,
                    machine(MachineCheck::connect, "crosvm").getFirst().state(),
                    "the folder is closed");
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-x---"));
            assertTrue(told(machine(MachineCheck::connect, "crosvm")).contains("by others of its group"));
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            assertTrue(told(machine(MachineCheck::connect, "crosvm")).contains("by every user"));
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rwx------"));
            assertEquals(
                    State.GOOD,
                    machine(MachineCheck::connect, "crosvm").getFirst().state(),
                    "the socket is closed");
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
            assertTrue(
                    told(machine(MachineCheck::connect, "crosvm")).contains("by every user"),
                    "who can put another in its place");
        }
    }

    @Test
    void aMonitorThatHangsHoldsNobodyUp() throws Exception {
        var never = new CountDownLatch(1);
        try (Listener monitor = Listener.unix(socket, SocketKind.SEQPACKET, Listener.Identity.SOCKET)) {
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rwx------"));
            MachineCheck.Answer hangs = _ -> {
                try {
                    never.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            };
            List<Finding> findings = assertTimeoutPreemptively(Duration.ofSeconds(30), () -> machine(hangs, "crosvm"));
            assertTrue(told(findings).contains("does not answer"), told(findings));
        } finally {
            never.countDown();
        }
    }

    private String computer() throws Exception {
        return told(new UsbCheck(root, _ -> {})
                .of(policy("crosvm", "{\"port\": \"1-2\", \"mode\": \"ask\"}")).stream()
                        .filter(finding -> finding.check().startsWith("USB"))
                        .toList());
    }

    @Test
    void whatThisComputerNeedsIsLookedAt() throws Exception {
        Path node = node();
        String good = computer();
        assertTrue(good.contains("USB devices: good, 1 can be opened\n"), good);
        assertTrue(good.contains("USB changes: good"), good);
        assertTrue(good.contains("USB names: good, " + root.resolve("usr/share/misc/usb.ids")), good);

        Files.delete(node);
        Files.delete(root.resolve("usr/share/misc/usb.ids"));
        Files.writeString(root.resolve("proc/net/netlink"), "sk Eth Pid\n0 15 4711 00000001\n");
        String bad = computer();
        assertTrue(bad.contains("USB devices: care, 1 of 1 cannot be opened by this user: 1-1.2\n"), bad);
        assertTrue(bad.contains("USB changes: wrong"), bad);
        assertTrue(bad.contains("USB names: care"), bad);
    }
}
