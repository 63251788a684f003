// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.backend.usb.device.HostDevices.Change;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Kind;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Reason;
import org.spectrum_os.portal.transport.FileNode;

/** The devices of a folder that looks like a computer's. */
@Timeout(60)
class SysfsDevicesTest {
    @TempDir
    Path folder;

    private static List<String> ports(HostDevices devices) {
        return devices.now().stream().map(device -> device.identity().port()).toList();
    }

    @Test
    void whatIsPluggedInIsListedByPortWithWhatItIs() throws Exception {
        try (var usb = new UsbFixture(
                folder,
                "init",
                "plug hub 1-2",
                "plug keyboard 1-2.10",
                "plug receiver 1-2.9",
                "plug security-key 1-1",
                "plug webcam 2-1",
                "plug serial 2-2",
                "plug android 2-3",
                "plug ethernet 2-4",
                "plug dfu 2-5",
                "plug bluetooth 2-6",
                "plug tablet 2-7",
                "plug smart-card 2-8",
                "plug phone 2-9",
                "plug printer 2-10")) {
            assertEquals(
                    List.of(
                            "1-1", "1-2", "1-2.9", "1-2.10", "2-1", "2-2", "2-3", "2-4", "2-5", "2-6", "2-7", "2-8",
                            "2-9", "2-10"),
                    ports(usb.devices));
            assertEquals(
                    List.of(Kind.SECURITY_KEY, Kind.SMART_CARD, Kind.KEYBOARD),
                    usb.at("1-1").kinds());
            assertEquals(Optional.of(Reason.HUB), usb.at("1-2").refusal());
            assertEquals(List.of(Kind.KEYBOARD, Kind.POINTER), usb.at("1-2.9").kinds());
            assertEquals(List.of(Kind.KEYBOARD), usb.at("1-2.10").kinds());
            assertEquals(List.of(Kind.CAMERA, Kind.SOUND), usb.at("2-1").kinds());
            assertEquals(List.of(Kind.SERIAL, Kind.SPECIAL), usb.at("2-2").kinds());
            assertEquals(
                    List.of(Kind.SCANNER_OR_PHONE, Kind.SPECIAL), usb.at("2-3").kinds());
            assertEquals(List.of(Kind.NETWORK, Kind.SPECIAL), usb.at("2-4").kinds());
            assertEquals(List.of(Kind.FIRMWARE), usb.at("2-5").kinds());
            assertEquals(List.of(Kind.BLUETOOTH), usb.at("2-6").kinds());
            assertEquals(List.of(Kind.POINTER), usb.at("2-7").kinds());
            assertEquals(List.of(Kind.SMART_CARD), usb.at("2-8").kinds());
            assertEquals(List.of(Kind.SCANNER_OR_PHONE), usb.at("2-9").kinds());
            assertEquals(List.of(Kind.PRINTER), usb.at("2-10").kinds());
            HostDevice webcam = usb.at("2-1");
            assertEquals("046d:0825", webcam.identity().numbers());
            assertEquals("7CC6F2A0", webcam.identity().serial());
            assertEquals(
                    "[010100, 010200, 0e0100, 0e0200]",
                    webcam.identity().interfaces().toString());
            assertEquals(Set.of("uvcvideo", "snd-usb-audio"), webcam.drivers());
            assertEquals("Logitech, Inc.", webcam.vendorName());
            assertEquals("Webcam C270", webcam.productName());
            assertEquals(0x12, webcam.release());
            assertEquals(
                    "[020600, 0a0000, ffff00]",
                    usb.at("2-4").identity().interfaces().toString());
            assertEquals(Optional.empty(), webcam.refusal());
            assertTrue(usb.changes.isEmpty());
        }
    }

    @Test
    void pluggingInAndPullingOutIsTold() throws Exception {
        try (var usb = new UsbFixture(folder, "init", "plug stick 1-1")) {
            usb.run("plug nameless-stick 1-3");
            Change.Plugged plugged = assertInstanceOf(Change.Plugged.class, usb.nextChange());
            assertEquals(List.of(Kind.STORAGE), plugged.device().kinds());
            assertEquals("", plugged.device().identity().serial());
            assertEquals(Set.of("usb-storage"), plugged.device().drivers());
            usb.run("unplug 1-3");
            assertEquals(new Change.Unplugged(plugged.device()), usb.nextChange());
            HostDevice before = usb.at("1-1");
            usb.run("replace stick 1-1");
            assertEquals(new Change.Unplugged(before), usb.nextChange());
            Change.Plugged again = assertInstanceOf(Change.Plugged.class, usb.nextChange());
            assertEquals(before.identity(), again.device().identity());
            assertFalse(before.isSameAs(again.device()));
            assertThrows(DeviceGoneException.class, () -> usb.devices.open(before));
        }
    }

    @Test
    void aDeviceIsToldWhenItHasSettled() throws Exception {
        try (var usb = new UsbFixture(folder, "init")) {
            usb.run("plug receiver 1-1 --unsettled");
            usb.run("plug keyboard 1-2");
            assertEquals("1-2", usb.nextChange().port());
            assertEquals(List.of("1-2"), ports(usb.devices));
            usb.run("settle 1-1");
            Change.Plugged plugged = assertInstanceOf(Change.Plugged.class, usb.nextChange());
            assertEquals(List.of(Kind.KEYBOARD, Kind.POINTER), plugged.device().kinds());
            assertEquals(Set.of("usbhid"), plugged.device().drivers());
        }
    }

    @Test
    void whatNeverSettlesIsToldAfterAWhileAndWithoutUdevTheNodeIsEnough() throws Exception {
        try (var usb = new UsbFixture(folder, "init --no-udev")) {
            usb.run("plug smart-card 1-2");
            assertEquals("1-2", usb.nextChange().port());
            usb.run("plug serial 1-1 --unsettled");
            Change.Plugged plugged = assertInstanceOf(Change.Plugged.class, usb.nextChange());
            assertEquals("[ffffff]", plugged.device().identity().interfaces().toString());
        }
    }

    @Test
    void mountsAreSeenThroughMappingsAndTheSystemsDisksAreRefused() throws Exception {
        try (var usb =
                new UsbFixture(folder, "init", "plug stick 1-1", "plug nameless-stick 1-3", "mount 1-1 /media/sda1")) {
            assertEquals(List.of("/media/sda1"), usb.at("1-1").mounts());
            assertEquals(List.of(), usb.at("1-3").mounts());
            usb.run("crypt 1-3 luks-of-mine");
            usb.run("mount 1-3 /media/dm-0");
            assertEquals(
                    List.of("/media/dm-0"),
                    assertInstanceOf(Change.Changed.class, usb.nextChange())
                            .device()
                            .mounts());
            assertEquals(Optional.empty(), usb.at("1-3").refusal());
            usb.run("mount 1-3 /home");
            assertEquals(
                    Optional.of(Reason.SYSTEM_DISK),
                    assertInstanceOf(Change.Changed.class, usb.nextChange())
                            .device()
                            .refusal());
            usb.run("swap 1-1");
            assertEquals(
                    Optional.of(Reason.SYSTEM_DISK),
                    assertInstanceOf(Change.Changed.class, usb.nextChange())
                            .device()
                            .refusal());
        }
    }

    @Test
    void unmountingGoesOnUntilNothingIsMountedAndSaysWhatStays() throws Exception {
        try (var usb = new UsbFixture(
                folder,
                "init",
                "plug stick 1-1",
                "mount 1-1 /media/sda --partition 0",
                "mount 1-1 /media/sda1",
                "plug nameless-stick 1-3",
                "mount 1-3 /somewhere/else")) {
            usb.devices.unmount(usb.at("1-1"));
            while (!assertInstanceOf(Change.Changed.class, usb.nextChange())
                    .device()
                    .mounts()
                    .isEmpty()) {
                // One after the other.
            }
            IOException refused = assertThrows(IOException.class, () -> usb.devices.unmount(usb.at("1-3")));
            assertTrue(refused.toString().contains("sdb1"), refused.toString());
        }
    }

    @Test
    void theOnlyKeyboardAndTheOnlyPointerStay() throws Exception {
        try (var usb =
                new UsbFixture(folder, "init --bare", "plug keyboard 1-1", "plug security-key 1-2", "plug mouse 1-3")) {
            assertEquals(Optional.of(Reason.ONLY_KEYBOARD), usb.at("1-1").refusal());
            assertEquals(Optional.of(Reason.ONLY_POINTER), usb.at("1-3").refusal());
            assertEquals(Optional.empty(), usb.at("1-2").refusal());
            usb.run("plug receiver 2-1");
            while (usb.at("1-1").refusal().isPresent()
                    || usb.at("1-3").refusal().isPresent()) {
                usb.nextChange();
            }
            assertEquals(Optional.empty(), usb.at("1-1").refusal());
            assertEquals(Optional.empty(), usb.at("1-3").refusal());
            assertEquals(Optional.empty(), usb.at("2-1").refusal());
            usb.run("driver 2-1 usbfs");
            while (!usb.at("2-1").drivers().equals(Set.of("usbfs"))
                    || usb.at("1-1").refusal().isEmpty()
                    || usb.at("1-3").refusal().isEmpty()) {
                usb.nextChange();
            }
            assertEquals(Optional.of(Reason.ONLY_KEYBOARD), usb.at("1-1").refusal());
            assertEquals(List.of(Kind.KEYBOARD, Kind.POINTER), usb.at("2-1").kinds());
            assertEquals(Set.of("usbfs"), usb.at("2-1").drivers());
        }
    }

    @Test
    void aDeviceWithoutANodeForThisUserIsListedAndRefused() throws Exception {
        try (var usb = new UsbFixture(folder, "init", "plug serial 1-1 --no-node", "plug stick 1-2")) {
            assertEquals(Optional.of(Reason.NO_ACCESS), usb.at("1-1").refusal());
            assertEquals(Optional.empty(), usb.at("1-2").refusal());
            assertThrows(DeviceGoneException.class, () -> usb.devices.open(usb.at("1-1")));
        }
    }

    @Test
    void theNodeIsOpenedForBothAndAnotherDevicesNodeIsNot() throws Exception {
        try (var usb = new UsbFixture(folder, "init", "plug stick 1-1", "plug keyboard 1-2", "plug security-key 1-3")) {
            try (DeviceNode node = usb.devices.open(usb.at("1-1"))) {
                assertTrue(FileNode.isReadWrite(node.descriptor()));
            }
            try (DeviceNode node = usb.devices.openSecurityKey(usb.at("1-3"))) {
                assertTrue(FileNode.isReadWrite(node.descriptor()));
            }
            assertThrows(IOException.class, () -> usb.devices.openSecurityKey(usb.at("1-2")));
            Path stick = usb.folder.resolve("dev/bus/usb/001/002");
            Path keyboard = usb.folder.resolve("dev/bus/usb/001/003");
            Files.copy(keyboard, stick, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            assertThrows(DeviceGoneException.class, () -> usb.devices.open(usb.at("1-1")));
            Files.delete(stick);
            Files.createSymbolicLink(stick, keyboard);
            IOException refused = assertThrows(IOException.class, () -> usb.devices.open(usb.at("1-1")));
            assertTrue(refused.toString().contains("symbolic link"), refused.toString());
        }
    }

    @Test
    void whatHasComeIntoUseSinceItWasListedIsNotOpened() throws Exception {
        try (var usb = new UsbFixture(folder, "init", "plug stick 1-1", "plug serial 1-2", "plug nameless-stick 1-3")) {
            HostDevice stick = usb.at("1-1");
            HostDevice serial = usb.at("1-2");
            HostDevice disk = usb.at("1-3");
            usb.run("mount 1-1 /media/sda1");
            usb.run("driver 1-2 usbfs --interface 0");
            usb.run("mount 1-3 /home");
            expectRefused("unmount it", () -> usb.devices.open(stick));
            expectRefused("another program", () -> usb.devices.open(serial));
            expectRefused("SYSTEM_DISK", () -> usb.devices.open(disk));
            usb.run("umount /media/sda1");
            usb.devices.open(stick).close();
        }
    }

    private static void expectRefused(String why, org.junit.jupiter.api.function.Executable opening) {
        IOException refused = assertThrows(IOException.class, opening);
        assertFalse(refused instanceof DeviceGoneException, refused::toString);
        assertTrue(refused.toString().contains(why), refused::toString);
    }

    @Test
    void aPoolOfWhichNobodyKnowsWhetherItIsInUseIsTakenForInUse() throws Exception {
        try (var usb = new UsbFixture(folder, "init", "plug stick 1-1")) {
            HostDevice stick = usb.at("1-1");
            assertEquals(Optional.empty(), stick.refusal());
            try (DirectoryStream<Path> blocks = Files.newDirectoryStream(usb.folder.resolve("run/udev/data"), "b*")) {
                for (Path block : blocks) {
                    Files.writeString(block, "E:ID_FS_TYPE=zfs_member\n");
                }
            }
            expectRefused("SYSTEM_DISK", () -> usb.devices.open(stick));
        }
    }

    @Test
    void otherEntriesOfAFolderDoNotCrowdOutTheWantedOnes() throws Exception {
        for (int i = 0; i < 5000; i++) {
            Files.createFile(folder.resolve("1-1:" + i));
        }
        Files.createFile(folder.resolve("1-1"));
        assertEquals(List.of(folder.resolve("1-1")), HostRoot.entries(folder, Ports::isPort));
    }

    @Test
    void itsDriversAreAskedForAndComeBack() throws Exception {
        try (var usb = new UsbFixture(folder, "init", "plug receiver 1-1", "driver 1-1 none")) {
            HostDevice receiver = usb.at("1-1");
            assertEquals(Set.of(), receiver.drivers());
            usb.devices.restoreDrivers(receiver);
            assertEquals(
                    "1-1:1.0\n1-1:1.1\n1-1:1.2\n", Files.readString(usb.folder.resolve("sys/bus/usb/drivers_probe")));
            usb.run("probe");
            while (!assertInstanceOf(Change.Changed.class, usb.nextChange())
                    .device()
                    .drivers()
                    .equals(Set.of("usbhid"))) {
                // One interface after the other.
            }
            usb.run("driver 1-1 usbfs --interface 0");
            usb.devices.restoreDrivers(usb.at("1-1"));
            assertEquals("", Files.readString(usb.folder.resolve("sys/bus/usb/drivers_probe")));
            usb.run("unplug 1-1");
            while (!(usb.nextChange() instanceof Change.Unplugged)) {
                // What its interfaces did before.
            }
            usb.devices.restoreDrivers(receiver);
        }
    }

    @Test
    void nonsenseOfOneDeviceHidesNoOther() throws Exception {
        try (var usb = new UsbFixture(
                folder,
                "init",
                "plug stick 1-1 --descriptors 00",
                "plug serial 1-2 --descriptors 120100020000004003040160000601020301",
                "plug broken 1-3",
                "plug keyboard 1-4")) {
            assertEquals(List.of("1-2", "1-3", "1-4"), ports(usb.devices));
            assertEquals("[ffffff]", usb.at("1-2").identity().interfaces().toString());
            assertEquals(List.of(Kind.SPECIAL), usb.at("1-3").kinds());
            assertEquals("?".repeat(126), usb.at("1-3").ownVendor());
        }
    }
}
